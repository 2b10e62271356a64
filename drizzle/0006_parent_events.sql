CREATE TYPE "public"."parent_event_kind" AS ENUM('failing', 'down', 'restored', 'reset');--> statement-breakpoint
CREATE TABLE "parent_events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"proxy_id" uuid NOT NULL,
	"host" text,
	"port" integer,
	"kind" "parent_event_kind" NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "parent_events_once_key" UNIQUE NULLS NOT DISTINCT("proxy_id","host","port","at","kind")
);
--> statement-breakpoint
ALTER TABLE "parent_events" ADD CONSTRAINT "parent_events_proxy_id_proxies_id_fk" FOREIGN KEY ("proxy_id") REFERENCES "public"."proxies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "parent_events_newest_idx" ON "parent_events" USING btree ("proxy_id","id");--> statement-breakpoint
-- What ATS did with its parents is observed: no audit entry; never changed, the oldest make room.
grant select, insert, delete on parent_events to apm_app;
--> statement-breakpoint
grant usage on sequence parent_events_id_seq to apm_app;
