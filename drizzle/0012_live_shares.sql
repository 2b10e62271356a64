ALTER TABLE "proxy_stats_newest" ADD COLUMN "error_rate" double precision;--> statement-breakpoint
ALTER TABLE "proxy_stats_newest" ADD COLUMN "ram_cache_hit_ratio" double precision;--> statement-breakpoint
-- New columns come last: a view is replaced only by one that begins alike.
create or replace view v_proxies_with_stats as
  select p.id as proxy_id, p.hostname, p.ats_generation, p.version_id, p.retired_at, n.at, n.ats_started_at, n.counters_continue,
    n.requests_per_second, n.current_client_connections, n.current_parent_connections, n.host_load,
    n.host_memory_total_bytes, n.host_memory_available_bytes, n.total_client_connections, n.requests,
    n.connect_requests, n.responses_2xx, n.responses_3xx, n.responses_4xx, n.responses_5xx, n.client_request_bytes,
    n.client_response_bytes, n.connect_failures, n.client_aborts, n.parent_connections, n.parent_retries,
    n.parent_mark_downs, n.cache_hits, n.cache_misses, n.ram_cache_hits, n.ram_cache_misses, n.error_rate,
    n.ram_cache_hit_ratio
  from proxies p left join proxy_stats_newest n on n.proxy_id = p.id;
