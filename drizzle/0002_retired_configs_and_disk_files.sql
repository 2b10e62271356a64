CREATE TABLE "proxy_files" (
	"proxy_id" uuid PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"files" jsonb NOT NULL,
	"records" jsonb NOT NULL,
	"reported_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
DROP INDEX "configs_name_key";--> statement-breakpoint
ALTER TABLE "configs" ADD COLUMN "retired_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "proxy_files" ADD CONSTRAINT "proxy_files_proxy_id_proxies_id_fk" FOREIGN KEY ("proxy_id") REFERENCES "public"."proxies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "version_files_hash_idx" ON "version_files" USING btree ("hash");--> statement-breakpoint
CREATE UNIQUE INDEX "configs_name_key" ON "configs" USING btree (lower("name")) WHERE "configs"."retired_at" is null;