CREATE TYPE "public"."actor_kind" AS ENUM('user', 'agent', 'system', 'anonymous');--> statement-breakpoint
CREATE TYPE "public"."apply_outcome" AS ENUM('applied', 'unchanged', 'rejected_by_ats', 'rolled_back', 'refused', 'failed');--> statement-breakpoint
CREATE TYPE "public"."approval_policy" AS ENUM('same_user', 'second_person');--> statement-breakpoint
CREATE TYPE "public"."channel" AS ENUM('ui', 'api', 'agent', 'system');--> statement-breakpoint
CREATE TYPE "public"."client_action" AS ENUM('allow', 'deny');--> statement-breakpoint
CREATE TYPE "public"."config_status" AS ENUM('draft', 'pending_approval', 'active');--> statement-breakpoint
CREATE TYPE "public"."entity_kind" AS ENUM('config', 'proxy', 'user', 'session', 'api_token', 'enrolment_token', 'settings');--> statement-breakpoint
CREATE TYPE "public"."role" AS ENUM('root', 'admin', 'regular');--> statement-breakpoint
CREATE TYPE "public"."route" AS ENUM('direct', 'parent');--> statement-breakpoint
CREATE TYPE "public"."rule_kind" AS ENUM('domain', 'host', 'ip_range');--> statement-breakpoint
CREATE TYPE "public"."version_status" AS ENUM('active', 'superseded');--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"scopes" text[] NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "audit_logs" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"action" text NOT NULL,
	"actor_kind" "actor_kind" NOT NULL,
	"actor_id" uuid,
	"actor_name" text NOT NULL,
	"entity_kind" "entity_kind" NOT NULL,
	"entity_id" uuid,
	"entity_name" text NOT NULL,
	"old_value" jsonb,
	"new_value" jsonb,
	"address" text NOT NULL,
	"channel" "channel" NOT NULL,
	"request_id" text NOT NULL,
	"written_in" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"nonce" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "client_rules" (
	"config_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"range" text NOT NULL,
	"action" "client_action" NOT NULL,
	CONSTRAINT "client_rules_config_id_position_pk" PRIMARY KEY("config_id","position")
);
--> statement-breakpoint
CREATE TABLE "config_proxies" (
	"config_id" uuid NOT NULL,
	"proxy_id" uuid NOT NULL,
	CONSTRAINT "config_proxies_config_id_proxy_id_pk" PRIMARY KEY("config_id","proxy_id")
);
--> statement-breakpoint
CREATE TABLE "config_versions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"config_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"status" "version_status" DEFAULT 'active' NOT NULL,
	"document" jsonb NOT NULL,
	"config_hash" text NOT NULL,
	"submitted_by" uuid,
	"submitted_at" timestamp (3) with time zone NOT NULL,
	"approved_by" uuid,
	"approved_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "configs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"status" "config_status" DEFAULT 'draft' NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"revised_in" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"default_action" "route" NOT NULL,
	"failover" jsonb NOT NULL,
	"author_ids" uuid[] DEFAULT '{}' NOT NULL,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"submitted_by" uuid,
	"submitted_at" timestamp (3) with time zone,
	"approved_by" uuid,
	"approved_at" timestamp (3) with time zone,
	"config_hash" text,
	"submitted_proxies" jsonb,
	"active_version_id" uuid
);
--> statement-breakpoint
CREATE TABLE "domain_rules" (
	"id" uuid NOT NULL,
	"config_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" "rule_kind" NOT NULL,
	"value" text NOT NULL,
	"action" "route" NOT NULL,
	"enabled" boolean NOT NULL,
	"note" text NOT NULL,
	"owner" text NOT NULL,
	"expires_at" timestamp (3) with time zone,
	CONSTRAINT "domain_rules_config_id_id_pk" PRIMARY KEY("config_id","id")
);
--> statement-breakpoint
CREATE TABLE "enrolment_tokens" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"config_id" uuid,
	"token_hash" text NOT NULL,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"max_uses" integer NOT NULL,
	"uses" integer DEFAULT 0 NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "instance_keys" (
	"purpose" text PRIMARY KEY NOT NULL,
	"jwk" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ip_range_rules" (
	"id" uuid NOT NULL,
	"config_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" "rule_kind" NOT NULL,
	"value" text NOT NULL,
	"action" "route" NOT NULL,
	"enabled" boolean NOT NULL,
	"note" text NOT NULL,
	"owner" text NOT NULL,
	"expires_at" timestamp (3) with time zone,
	CONSTRAINT "ip_range_rules_config_id_id_pk" PRIMARY KEY("config_id","id")
);
--> statement-breakpoint
CREATE TABLE "parent_proxies" (
	"config_id" uuid NOT NULL,
	"host" text NOT NULL,
	"port" integer NOT NULL,
	"priority" integer NOT NULL,
	"enabled" boolean NOT NULL,
	CONSTRAINT "parent_proxies_config_id_priority_pk" PRIMARY KEY("config_id","priority")
);
--> statement-breakpoint
CREATE TABLE "proxies" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"hostname" text NOT NULL,
	"public_key" text NOT NULL,
	"version_id" uuid,
	"follows_config_id" uuid,
	"sequence" integer DEFAULT 0 NOT NULL,
	"ats_version" text,
	"ats_generation" text,
	"agent_version" text,
	"enrolment_token_id" uuid,
	"enrolled_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "proxy_reports" (
	"proxy_id" uuid PRIMARY KEY NOT NULL,
	"current_config_hash" text,
	"attempted_hash" text,
	"attempted_sequence" integer,
	"attempted_outcome" "apply_outcome",
	"attempted_message" text,
	"attempted_at" timestamp (3) with time zone,
	"reload_requested_at" timestamp (3) with time zone,
	"loaded_at" timestamp (3) with time zone,
	"last_seen_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"secret_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_beacon" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"address" text NOT NULL,
	"user_agent" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"instance_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"approval_policy" "approval_policy" DEFAULT 'same_user' NOT NULL,
	"outbound_exceptions" jsonb DEFAULT '[]'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"role" "role" NOT NULL,
	"password_hash" text NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "version_files" (
	"version_id" uuid NOT NULL,
	"generation" text NOT NULL,
	"hash" text NOT NULL,
	"files" jsonb NOT NULL,
	"records" jsonb NOT NULL,
	CONSTRAINT "version_files_version_id_generation_pk" PRIMARY KEY("version_id","generation")
);
--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "client_rules" ADD CONSTRAINT "client_rules_config_id_configs_id_fk" FOREIGN KEY ("config_id") REFERENCES "public"."configs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "config_proxies" ADD CONSTRAINT "config_proxies_config_id_configs_id_fk" FOREIGN KEY ("config_id") REFERENCES "public"."configs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "config_proxies" ADD CONSTRAINT "config_proxies_proxy_id_proxies_id_fk" FOREIGN KEY ("proxy_id") REFERENCES "public"."proxies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "config_versions" ADD CONSTRAINT "config_versions_config_id_configs_id_fk" FOREIGN KEY ("config_id") REFERENCES "public"."configs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "config_versions" ADD CONSTRAINT "config_versions_submitted_by_users_id_fk" FOREIGN KEY ("submitted_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "config_versions" ADD CONSTRAINT "config_versions_approved_by_users_id_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "configs" ADD CONSTRAINT "configs_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "configs" ADD CONSTRAINT "configs_submitted_by_users_id_fk" FOREIGN KEY ("submitted_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "configs" ADD CONSTRAINT "configs_approved_by_users_id_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "configs" ADD CONSTRAINT "configs_active_version_id_config_versions_id_fk" FOREIGN KEY ("active_version_id") REFERENCES "public"."config_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "domain_rules" ADD CONSTRAINT "domain_rules_config_id_configs_id_fk" FOREIGN KEY ("config_id") REFERENCES "public"."configs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolment_tokens" ADD CONSTRAINT "enrolment_tokens_config_id_configs_id_fk" FOREIGN KEY ("config_id") REFERENCES "public"."configs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolment_tokens" ADD CONSTRAINT "enrolment_tokens_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ip_range_rules" ADD CONSTRAINT "ip_range_rules_config_id_configs_id_fk" FOREIGN KEY ("config_id") REFERENCES "public"."configs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parent_proxies" ADD CONSTRAINT "parent_proxies_config_id_configs_id_fk" FOREIGN KEY ("config_id") REFERENCES "public"."configs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proxies" ADD CONSTRAINT "proxies_version_id_config_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."config_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proxies" ADD CONSTRAINT "proxies_follows_config_id_configs_id_fk" FOREIGN KEY ("follows_config_id") REFERENCES "public"."configs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proxies" ADD CONSTRAINT "proxies_enrolment_token_id_enrolment_tokens_id_fk" FOREIGN KEY ("enrolment_token_id") REFERENCES "public"."enrolment_tokens"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proxy_reports" ADD CONSTRAINT "proxy_reports_proxy_id_proxies_id_fk" FOREIGN KEY ("proxy_id") REFERENCES "public"."proxies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "version_files" ADD CONSTRAINT "version_files_version_id_config_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."config_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_tokens_token_hash_key" ON "api_tokens" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "audit_logs_entity_idx" ON "audit_logs" USING btree ("entity_id","id");--> statement-breakpoint
CREATE INDEX "audit_logs_actor_idx" ON "audit_logs" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "audit_logs_action_idx" ON "audit_logs" USING btree ("action","id");--> statement-breakpoint
CREATE INDEX "audit_logs_at_idx" ON "audit_logs" USING btree ("at");--> statement-breakpoint
CREATE INDEX "audit_logs_written_in_idx" ON "audit_logs" USING btree ("written_in");--> statement-breakpoint
CREATE INDEX "config_proxies_proxy_idx" ON "config_proxies" USING btree ("proxy_id");--> statement-breakpoint
CREATE UNIQUE INDEX "config_versions_number_key" ON "config_versions" USING btree ("config_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "config_versions_one_active_key" ON "config_versions" USING btree ("config_id") WHERE "config_versions"."status" = 'active';--> statement-breakpoint
CREATE UNIQUE INDEX "configs_name_key" ON "configs" USING btree (lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "enrolment_tokens_token_hash_key" ON "enrolment_tokens" USING btree ("token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "proxies_hostname_key" ON "proxies" USING btree ("hostname") WHERE "proxies"."retired_at" is null;--> statement-breakpoint
CREATE INDEX "proxies_version_idx" ON "proxies" USING btree ("version_id");--> statement-breakpoint
CREATE INDEX "proxies_follows_idx" ON "proxies" USING btree ("follows_config_id");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_secret_hash_key" ON "sessions" USING btree ("secret_hash");--> statement-breakpoint
CREATE INDEX "sessions_open_idx" ON "sessions" USING btree ("last_beacon") WHERE "sessions"."ended_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_key" ON "users" USING btree (lower("email"));