CREATE TABLE "second_factors" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"sealed_secret" text,
	"enabled_at" timestamp (3) with time zone,
	"last_step" integer DEFAULT 0 NOT NULL,
	"recovery_hashes" text[] DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "turn" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "turned_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "end_reason" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "copied_from" text;--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "confirm_approvals" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "second_factors" ADD CONSTRAINT "second_factors_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- How often a cookie was renewed is observed, as the beacon that renews it; everything else in the table is audited.
drop trigger audit_guard_update on sessions;
--> statement-breakpoint
create constraint trigger audit_guard_update after update on sessions
  deferrable initially deferred for each row
  when ((to_jsonb(old) - 'last_beacon' - 'turn' - 'turned_at')
    is distinct from (to_jsonb(new) - 'last_beacon' - 'turn' - 'turned_at'))
  execute function apm_require_audit();
--> statement-breakpoint
create constraint trigger audit_guard after insert or update or delete on second_factors
  deferrable initially deferred for each row execute function apm_require_audit();
--> statement-breakpoint
grant select, insert, update on second_factors to apm_app;
--> statement-breakpoint
grant update (confirm_approvals) on settings to apm_app;
