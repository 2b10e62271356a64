CREATE TYPE "public"."drift_policy" AS ENUM('restore', 'leave');--> statement-breakpoint
ALTER TABLE "enrolment_tokens" ADD COLUMN "is_ephemeral" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "proxies" ADD COLUMN "is_ephemeral" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "proxy_reports" ADD COLUMN "agent_starts" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "proxy_reports" ADD COLUMN "copied_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "drift_policy" "drift_policy" DEFAULT 'restore' NOT NULL;--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "ephemeral_silence_minutes" integer DEFAULT 60 NOT NULL;
--> statement-breakpoint
-- Root may change these as well.
grant update (drift_policy, ephemeral_silence_minutes) on settings to apm_app;
