CREATE TYPE "public"."log_gap" AS ENUM('skipped', 'limit', 'slow', 'truncated');--> statement-breakpoint
CREATE TYPE "public"."log_source" AS ENUM('debug', 'access');--> statement-breakpoint
CREATE TABLE "log_captures" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"proxy_id" uuid NOT NULL,
	"started_by" uuid NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"filter" jsonb NOT NULL,
	"most_lines" integer NOT NULL,
	"stopped_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "proxy_log_ends" (
	"proxy_id" uuid PRIMARY KEY NOT NULL,
	"position" bigint DEFAULT 0 NOT NULL,
	"ends" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"lines_per_second" real NOT NULL,
	"bytes_per_second" real NOT NULL,
	"ats_cpu_percent" real,
	"problem" text,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "proxy_logs" (
	"proxy_id" uuid NOT NULL,
	"position" bigint NOT NULL,
	"stored_at" timestamp (3) with time zone NOT NULL,
	"epoch" bigint NOT NULL,
	"offset" bigint NOT NULL,
	"source" "log_source" NOT NULL,
	"at" timestamp (3) with time zone,
	"text" text NOT NULL,
	"transaction" text,
	"client" text,
	"method" text,
	"url" text,
	"host" text,
	"rule_line" integer,
	"parent" text,
	"status" smallint,
	"duration_ms" integer,
	"gap" "log_gap",
	"lost" integer,
	CONSTRAINT "proxy_logs_proxy_id_position_stored_at_pk" PRIMARY KEY("proxy_id","position","stored_at")
) PARTITION BY RANGE ("stored_at");
--> statement-breakpoint
ALTER TABLE "proxies" ADD COLUMN "capture_logs_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "log_hours" integer DEFAULT 24 NOT NULL;--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "log_lines_per_capture" integer DEFAULT 200000 NOT NULL;--> statement-breakpoint
ALTER TABLE "log_captures" ADD CONSTRAINT "log_captures_proxy_id_proxies_id_fk" FOREIGN KEY ("proxy_id") REFERENCES "public"."proxies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_captures" ADD CONSTRAINT "log_captures_started_by_users_id_fk" FOREIGN KEY ("started_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "log_captures_open_idx" ON "log_captures" USING btree ("proxy_id","until") WHERE "log_captures"."stopped_at" is null;--> statement-breakpoint
-- What Drizzle can't say: partitions, the guard, and the application's rights. Partitions lie in a schema of their own,
-- where the application has none: it reads and writes through their parent, and asks these functions for the rest.
create schema logs;
--> statement-breakpoint
-- Makes the part of an hour unless it is there. Attached, not created in place: that would lock out everybody who reads.
create function apm_make_log_part(stored timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog, public, logs set timezone = 'UTC' as $$
declare
  lower_at timestamptz := date_trunc('hour', stored);
  part_name text := 'proxy_logs' || to_char(date_trunc('hour', stored), '_YYYYMMDD_HH24');
begin
  if to_regclass('logs.' || part_name) is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(727100004); -- two proxies' lines miss the same part at the same time
  if not exists (select from pg_class where relname = part_name and relnamespace = 'logs'::regnamespace) then
    execute format('create table logs.%I (like public.proxy_logs including all)', part_name);
    execute format('alter table public.proxy_logs attach partition logs.%I for values from (%L) to (%L)',
      part_name, lower_at, lower_at + interval '1 hour');
  end if;
end
$$;
--> statement-breakpoint
-- Drops every part that ends before a time. Gives up rather than keep readers waiting: it is called again.
create function apm_drop_log_parts(before timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog, public, logs set timezone = 'UTC' set lock_timeout = '2s' as $$
declare
  old record;
begin
  for old in
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.proxy_logs'::regclass
  loop
    -- Not in the query: that may read the time out of any other table's name.
    continue when to_timestamp(right(old.name, 11), 'YYYYMMDD_HH24') + interval '1 hour' > before;
    execute format('drop table logs.%I', old.name);
  end loop;
end
$$;
--> statement-breakpoint
revoke all on function apm_make_log_part, apm_drop_log_parts from public;
--> statement-breakpoint
grant execute on function apm_make_log_part, apm_drop_log_parts to apm_app;
--> statement-breakpoint
create constraint trigger audit_guard after insert or update or delete on log_captures
  deferrable initially deferred for each row execute function apm_require_audit();
--> statement-breakpoint
grant select, insert, update on log_captures to apm_app;
--> statement-breakpoint
-- Captured lines are observed: no audit entry for each. People may delete them, which is audited by its verb.
grant select, insert, delete on proxy_logs to apm_app;
--> statement-breakpoint
grant select, insert, update on proxy_log_ends to apm_app;
--> statement-breakpoint
-- Root may say how long lines are kept, and how many.
grant update (log_hours, log_lines_per_capture) on settings to apm_app;
