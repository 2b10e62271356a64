ALTER TABLE "users" ALTER COLUMN "password_hash" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD COLUMN "config_ids" uuid[];--> statement-breakpoint
ALTER TABLE "api_tokens" ADD COLUMN "last_used_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD COLUMN "last_used_address" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "confirmed_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "ends_at" timestamp (3) with time zone DEFAULT now() + interval '12 hours' NOT NULL;--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "session_hours" integer DEFAULT 12 NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "password_link_hash" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "password_link_expires_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "sessions_user_idx" ON "sessions" USING btree ("user_id","last_beacon");--> statement-breakpoint
CREATE UNIQUE INDEX "users_password_link_key" ON "users" USING btree ("password_link_hash");
--> statement-breakpoint
-- When and from where a token was last used is observed; everything else in the table is audited.
drop trigger audit_guard on api_tokens;
--> statement-breakpoint
create constraint trigger audit_guard after insert or delete on api_tokens
  deferrable initially deferred for each row execute function apm_require_audit();
--> statement-breakpoint
-- "write" was two things.
update api_tokens
  set scopes = array(select distinct unnest(array_replace(scopes, 'write', 'author') || array['operate']::text[]))
  where 'write' = any(scopes);
--> statement-breakpoint
create constraint trigger audit_guard_update after update on api_tokens
  deferrable initially deferred for each row
  when ((to_jsonb(old) - 'last_used_at' - 'last_used_address')
    is distinct from (to_jsonb(new) - 'last_used_at' - 'last_used_address'))
  execute function apm_require_audit();
--> statement-breakpoint
grant update (session_hours) on settings to apm_app;
