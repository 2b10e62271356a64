-- What Drizzle can't say: the audit guard, immutability, and the application's role.

-- One settings row, made before the guard so that it needs no author.
insert into settings (id) values (1);
--> statement-breakpoint
alter table settings add constraint settings_one_row check (id = 1);
--> statement-breakpoint

-- Lock 1: no COMMIT that changes an audited table without an audit entry of the same transaction.
-- Transaction ids start again after a restore, so the door's nonce has to match as well.
create function apm_require_audit() returns trigger language plpgsql as $$
begin
  if not exists (
    select 1 from audit_logs
    where written_in = pg_current_xact_id()
      and nonce = nullif(current_setting('apm.nonce', true), '')::uuid
  ) then
    raise exception 'change of "%" without an audit entry in the same transaction', tg_table_name
      using errcode = 'AP001', hint = 'write through op.change';
  end if;
  return null;
end
$$;
--> statement-breakpoint
do $$
declare audited text;
begin
  foreach audited in array array[
    'users', 'api_tokens', 'configs', 'config_versions', 'version_files', 'proxies', 'enrolment_tokens', 'settings'
  ] loop
    execute format(
      'create constraint trigger audit_guard after insert or update or delete on %I
         deferrable initially deferred for each row execute function apm_require_audit()', audited);
  end loop;
end
$$;
--> statement-breakpoint
-- Two tables have one observed column each (a beacon, a heartbeat); everything else in them is audited.
create constraint trigger audit_guard after insert or delete on sessions
  deferrable initially deferred for each row execute function apm_require_audit();
--> statement-breakpoint
create constraint trigger audit_guard_update after update on sessions
  deferrable initially deferred for each row
  when ((to_jsonb(old) - 'last_beacon') is distinct from (to_jsonb(new) - 'last_beacon'))
  execute function apm_require_audit();
--> statement-breakpoint
create constraint trigger audit_guard after insert or delete on proxy_reports
  deferrable initially deferred for each row execute function apm_require_audit();
--> statement-breakpoint
create constraint trigger audit_guard_update after update on proxy_reports
  deferrable initially deferred for each row
  when ((to_jsonb(old) - 'last_seen_at') is distinct from (to_jsonb(new) - 'last_seen_at'))
  execute function apm_require_audit();
--> statement-breakpoint

-- Lock 2, for the lists below a config: 100,000 rules are not 100,000 checks. A statement on a child table needs
-- its config's revision raised in the same transaction; the config's own guard then asks for the audit entry.
create function apm_mark_revision() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new.revision > old.revision then
    new.revised_in := pg_current_xact_id();
  elsif new.revision < old.revision then
    raise exception 'a revision never falls' using errcode = 'AP001';
  else
    new.revised_in := old.revised_in;
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger mark_revision before insert or update on configs
  for each row execute function apm_mark_revision();
--> statement-breakpoint
create function apm_require_revision() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from (select distinct config_id from touched) t
    join configs c on c.id = t.config_id
    where c.revised_in <> pg_current_xact_id()
  ) then
    raise exception 'change of "%" without raising its config''s revision', tg_table_name
      using errcode = 'AP001', hint = 'raise configs.revision first, in the same transaction';
  end if;
  return null;
end
$$;
--> statement-breakpoint
do $$
declare child text;
begin
  foreach child in array array[
    'domain_rules', 'ip_range_rules', 'parent_proxies', 'client_rules', 'config_proxies'
  ] loop
    execute format('create trigger revision_guard_insert after insert on %I referencing new table as touched
      for each statement execute function apm_require_revision()', child);
    execute format('create trigger revision_guard_delete after delete on %I referencing old table as touched
      for each statement execute function apm_require_revision()', child);
    execute format('create trigger revision_guard_update_to after update on %I referencing new table as touched
      for each statement execute function apm_require_revision()', child);
    execute format('create trigger revision_guard_update_from after update on %I referencing old table as touched
      for each statement execute function apm_require_revision()', child);
  end loop;
end
$$;
--> statement-breakpoint

-- A version is what was approved: only its status moves on.
create function apm_keep_version() returns trigger language plpgsql as $$
begin
  if (to_jsonb(old) - 'status') is distinct from (to_jsonb(new) - 'status') then
    raise exception 'an approved version is immutable' using errcode = 'AP001';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger keep_version before update on config_versions
  for each row execute function apm_keep_version();
--> statement-breakpoint

-- Lock 3: the application's role can't rewrite history. Roles belong to the cluster, so it may exist already,
-- and two databases may be migrated at once.
do $$
begin
  create role apm_app nologin;
exception when duplicate_object or unique_violation then null;
end
$$;
--> statement-breakpoint
do $$
begin
  execute format('grant apm_app to %I', current_user);
exception when others then
  -- Another owner made the role and has granted it; connecting says what is missing.
  null;
end
$$;
--> statement-breakpoint
grant usage on schema public to apm_app;
--> statement-breakpoint
grant select on all tables in schema public to apm_app;
--> statement-breakpoint
grant insert, update on users, sessions, api_tokens, configs, proxies, proxy_reports, enrolment_tokens to apm_app;
--> statement-breakpoint
grant insert, update, delete on domain_rules, ip_range_rules, parent_proxies, client_rules, config_proxies to apm_app;
--> statement-breakpoint
grant insert on config_versions, version_files, audit_logs to apm_app;
--> statement-breakpoint
grant update (status) on config_versions to apm_app;
--> statement-breakpoint
grant update (approval_policy, outbound_exceptions) on settings to apm_app;
--> statement-breakpoint
grant usage on sequence audit_logs_id_seq to apm_app;
