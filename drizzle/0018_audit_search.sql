ALTER TYPE "public"."entity_kind" ADD VALUE 'audit';
--> statement-breakpoint
-- The search of the trail works without its index as well, only slower: a PostgreSQL whose package leaves pg_trgm out,
-- or an owner who may not have it, must not keep the server from starting.
do $$
begin
  create extension if not exists pg_trgm;
  create index audit_logs_text_idx on audit_logs using gin ((
    entity_name || ' ' || actor_name || ' ' || coalesce(old_value::text, '') || ' ' || coalesce(new_value::text, '')
  ) gin_trgm_ops)
  where action not in ('proxy.assign', 'proxy.report', 'proxy.acknowledge')
    or new_value ->> 'outcome' not in ('applied', 'unchanged');
exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
  raise notice 'no index for searching the audit trail: %', sqlerrm;
end
$$;
