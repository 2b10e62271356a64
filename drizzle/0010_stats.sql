CREATE TABLE "fleet_stats" (
	"step" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"config_id" uuid,
	"proxies" integer NOT NULL,
	"restarts" integer NOT NULL,
	"current_client_connections" double precision,
	"current_client_connections_peak" double precision,
	"current_parent_connections" double precision,
	"total_client_connections" double precision,
	"requests" double precision,
	"connect_requests" double precision,
	"responses_2xx" double precision,
	"responses_3xx" double precision,
	"responses_4xx" double precision,
	"responses_5xx" double precision,
	"client_request_bytes" double precision,
	"client_response_bytes" double precision,
	"connect_failures" double precision,
	"client_aborts" double precision,
	"parent_connections" double precision,
	"parent_retries" double precision,
	"parent_mark_downs" double precision,
	"cache_hits" double precision,
	"cache_misses" double precision,
	"ram_cache_hits" double precision,
	"ram_cache_misses" double precision,
	CONSTRAINT "fleet_stats_key" UNIQUE NULLS NOT DISTINCT("step","config_id","at")
);
--> statement-breakpoint
CREATE TABLE "proxy_stats" (
	"proxy_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"stored_at" timestamp with time zone NOT NULL,
	"seconds" double precision,
	"restarts" smallint NOT NULL,
	"current_client_connections" real,
	"current_parent_connections" real,
	"host_load" real,
	"host_memory_total_bytes" real,
	"host_memory_available_bytes" real,
	"total_client_connections" bigint,
	"requests" bigint,
	"connect_requests" bigint,
	"responses_2xx" bigint,
	"responses_3xx" bigint,
	"responses_4xx" bigint,
	"responses_5xx" bigint,
	"client_request_bytes" bigint,
	"client_response_bytes" bigint,
	"connect_failures" bigint,
	"client_aborts" bigint,
	"parent_connections" bigint,
	"parent_retries" bigint,
	"parent_mark_downs" bigint,
	"cache_hits" bigint,
	"cache_misses" bigint,
	"ram_cache_hits" bigint,
	"ram_cache_misses" bigint,
	CONSTRAINT "proxy_stats_proxy_id_at_pk" PRIMARY KEY("proxy_id","at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "proxy_stats_day" (
	"proxy_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"samples" integer NOT NULL,
	"seconds" double precision,
	"restarts" integer NOT NULL,
	"current_client_connections_peak" real,
	"current_client_connections" real,
	"current_parent_connections" real,
	"host_load" real,
	"host_memory_total_bytes" real,
	"host_memory_available_bytes" real,
	"total_client_connections" bigint,
	"requests" bigint,
	"connect_requests" bigint,
	"responses_2xx" bigint,
	"responses_3xx" bigint,
	"responses_4xx" bigint,
	"responses_5xx" bigint,
	"client_request_bytes" bigint,
	"client_response_bytes" bigint,
	"connect_failures" bigint,
	"client_aborts" bigint,
	"parent_connections" bigint,
	"parent_retries" bigint,
	"parent_mark_downs" bigint,
	"cache_hits" bigint,
	"cache_misses" bigint,
	"ram_cache_hits" bigint,
	"ram_cache_misses" bigint,
	CONSTRAINT "proxy_stats_day_proxy_id_at_pk" PRIMARY KEY("proxy_id","at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "proxy_stats_hour" (
	"proxy_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"samples" integer NOT NULL,
	"seconds" double precision,
	"restarts" integer NOT NULL,
	"current_client_connections_peak" real,
	"current_client_connections" real,
	"current_parent_connections" real,
	"host_load" real,
	"host_memory_total_bytes" real,
	"host_memory_available_bytes" real,
	"total_client_connections" bigint,
	"requests" bigint,
	"connect_requests" bigint,
	"responses_2xx" bigint,
	"responses_3xx" bigint,
	"responses_4xx" bigint,
	"responses_5xx" bigint,
	"client_request_bytes" bigint,
	"client_response_bytes" bigint,
	"connect_failures" bigint,
	"client_aborts" bigint,
	"parent_connections" bigint,
	"parent_retries" bigint,
	"parent_mark_downs" bigint,
	"cache_hits" bigint,
	"cache_misses" bigint,
	"ram_cache_hits" bigint,
	"ram_cache_misses" bigint,
	CONSTRAINT "proxy_stats_hour_proxy_id_at_pk" PRIMARY KEY("proxy_id","at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "proxy_stats_minute" (
	"proxy_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"samples" integer NOT NULL,
	"seconds" double precision,
	"restarts" integer NOT NULL,
	"current_client_connections_peak" real,
	"current_client_connections" real,
	"current_parent_connections" real,
	"host_load" real,
	"host_memory_total_bytes" real,
	"host_memory_available_bytes" real,
	"total_client_connections" bigint,
	"requests" bigint,
	"connect_requests" bigint,
	"responses_2xx" bigint,
	"responses_3xx" bigint,
	"responses_4xx" bigint,
	"responses_5xx" bigint,
	"client_request_bytes" bigint,
	"client_response_bytes" bigint,
	"connect_failures" bigint,
	"client_aborts" bigint,
	"parent_connections" bigint,
	"parent_retries" bigint,
	"parent_mark_downs" bigint,
	"cache_hits" bigint,
	"cache_misses" bigint,
	"ram_cache_hits" bigint,
	"ram_cache_misses" bigint,
	CONSTRAINT "proxy_stats_minute_proxy_id_at_pk" PRIMARY KEY("proxy_id","at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "proxy_stats_newest" (
	"proxy_id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"ats_started_at" timestamp (3) with time zone,
	"counters_continue" boolean NOT NULL,
	"requests_per_second" double precision,
	"current_client_connections" bigint,
	"current_parent_connections" bigint,
	"host_load" real,
	"host_memory_total_bytes" bigint,
	"host_memory_available_bytes" bigint,
	"total_client_connections" bigint,
	"requests" bigint,
	"connect_requests" bigint,
	"responses_2xx" bigint,
	"responses_3xx" bigint,
	"responses_4xx" bigint,
	"responses_5xx" bigint,
	"client_request_bytes" bigint,
	"client_response_bytes" bigint,
	"connect_failures" bigint,
	"client_aborts" bigint,
	"parent_connections" bigint,
	"parent_retries" bigint,
	"parent_mark_downs" bigint,
	"cache_hits" bigint,
	"cache_misses" bigint,
	"ram_cache_hits" bigint,
	"ram_cache_misses" bigint
);
--> statement-breakpoint
CREATE TABLE "stats_totals" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"rolled_up_to" timestamp with time zone NOT NULL,
	"samples" bigint DEFAULT 0 NOT NULL,
	"restarts" bigint DEFAULT 0 NOT NULL,
	"total_client_connections" bigint,
	"requests" bigint,
	"connect_requests" bigint,
	"responses_2xx" bigint,
	"responses_3xx" bigint,
	"responses_4xx" bigint,
	"responses_5xx" bigint,
	"client_request_bytes" bigint,
	"client_response_bytes" bigint,
	"connect_failures" bigint,
	"client_aborts" bigint,
	"parent_connections" bigint,
	"parent_retries" bigint,
	"parent_mark_downs" bigint,
	"cache_hits" bigint,
	"cache_misses" bigint,
	"ram_cache_hits" bigint,
	"ram_cache_misses" bigint
);
--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "stats_sample_hours" integer DEFAULT 2 NOT NULL;--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "stats_minute_hours" integer DEFAULT 24 NOT NULL;--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "stats_hour_days" integer DEFAULT 90 NOT NULL;--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "stats_day_days" integer DEFAULT 730 NOT NULL;--> statement-breakpoint
CREATE INDEX "proxy_stats_stored_idx" ON "proxy_stats" USING brin ("stored_at");--> statement-breakpoint
CREATE INDEX "proxy_stats_minute_at_idx" ON "proxy_stats_minute" USING brin ("at");--> statement-breakpoint
-- What Drizzle can't say: partitions, the view, and the application's rights. Partitions lie in a schema of their own,
-- where the application has none: it reads and writes through their parents, and asks these functions for the rest.
create schema stats;
--> statement-breakpoint
create index fleet_stats_at_idx on fleet_stats (step, at);
--> statement-breakpoint
insert into stats_totals (id, rolled_up_to) values (1, now());
--> statement-breakpoint
alter table stats_totals add constraint stats_totals_one_row check (id = 1);
--> statement-breakpoint
create view v_proxies_with_stats as
  select p.id as proxy_id, p.hostname, p.ats_generation, p.version_id, p.retired_at, n.at, n.ats_started_at, n.counters_continue,
    n.requests_per_second, n.current_client_connections, n.current_parent_connections, n.host_load,
    n.host_memory_total_bytes, n.host_memory_available_bytes, n.total_client_connections, n.requests,
    n.connect_requests, n.responses_2xx, n.responses_3xx, n.responses_4xx, n.responses_5xx, n.client_request_bytes,
    n.client_response_bytes, n.connect_failures, n.client_aborts, n.parent_connections, n.parent_retries,
    n.parent_mark_downs, n.cache_hits, n.cache_misses, n.ram_cache_hits, n.ram_cache_misses
  from proxies p left join proxy_stats_newest n on n.proxy_id = p.id;
--> statement-breakpoint
-- The tables in parts, how much time is in each part, and how much of a page is left free for rows that are added to.
create view stats.parts as
  select * from (values
    ('proxy_stats', interval '1 hour', 100),
    ('proxy_stats_minute', interval '6 hours', 80),
    ('proxy_stats_hour', interval '7 days', 70),
    ('proxy_stats_day', interval '90 days', 70)) as part (parent, span, fill);
--> statement-breakpoint
-- Makes whatever parts are missing for samples from one time to another. Attached, not created in place: that would
-- lock out everybody who reads.
create function apm_make_stats_parts(since timestamptz, until timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog, public, stats set timezone = 'UTC' as $$
declare
  part record;
  lower_at timestamptz;
  part_name text;
begin
  if until - since > interval '30 days' then
    raise exception 'too long a time for new parts: % to %', since, until;
  end if;
  for part in select * from stats.parts loop
    lower_at := date_bin(part.span, since, timestamptz '2000-01-03');
    while lower_at <= until loop
      part_name := part.parent || to_char(lower_at, '_YYYYMMDD_HH24');
      if to_regclass('stats.' || part_name) is null then
        perform pg_advisory_xact_lock(727100002); -- replicas miss the same parts at the same time
      end if;
      -- Asked of the table: to_regclass may still remember that it was missing.
      if not exists (select from pg_class where relname = part_name and relnamespace = 'stats'::regnamespace) then
        execute format('create table stats.%I (like public.%I including all) with (fillfactor = %s)', part_name, part.parent, part.fill);
        execute format('alter table public.%I attach partition stats.%I for values from (%L) to (%L)',
          part.parent, part_name, lower_at, lower_at + part.span);
      end if;
      lower_at := lower_at + part.span;
    end loop;
  end loop;
end
$$;
--> statement-breakpoint
-- Drops every part of a table that ends before a time. Gives up rather than keep readers waiting: it is called again.
create function apm_drop_stats_parts(parent_name text, before timestamptz) returns integer
  language plpgsql security definer set search_path = pg_catalog, public, stats set timezone = 'UTC' set lock_timeout = '2s' as $$
declare
  part record;
  old record;
  dropped integer := 0;
begin
  select * into strict part from stats.parts where parent = parent_name;
  for old in
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ('public.' || quote_ident(part.parent))::regclass
  loop
    -- Not in the query: that may read the time out of any other table's name.
    continue when to_timestamp(right(old.name, 11), 'YYYYMMDD_HH24') + part.span > before;
    execute format('drop table stats.%I', old.name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;
--> statement-breakpoint
create function apm_drop_fleet_stats(of_step text, before timestamptz) returns void
  language sql security definer set search_path = pg_catalog, public as $$
  delete from public.fleet_stats where step = of_step and at < before;
$$;
--> statement-breakpoint
revoke all on function apm_make_stats_parts, apm_drop_stats_parts, apm_drop_fleet_stats from public;
--> statement-breakpoint
grant execute on function apm_make_stats_parts, apm_drop_stats_parts, apm_drop_fleet_stats to apm_app;
--> statement-breakpoint
-- Samples are observed: no audit entry. The application only adds and sums up; what is old goes by the functions above.
grant select, insert, update on proxy_stats_newest, proxy_stats_minute, proxy_stats_hour, proxy_stats_day, fleet_stats to apm_app;
--> statement-breakpoint
grant select, insert on proxy_stats to apm_app;
--> statement-breakpoint
grant select, update on stats_totals to apm_app;
--> statement-breakpoint
grant select on v_proxies_with_stats to apm_app;
--> statement-breakpoint
-- Root may say how long statistics are kept.
grant update (stats_sample_hours, stats_minute_hours, stats_hour_days, stats_day_days) on settings to apm_app;
