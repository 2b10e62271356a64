CREATE TABLE "proxy_problems" (
	"proxy_id" uuid PRIMARY KEY NOT NULL,
	"problems" jsonb NOT NULL,
	"reported_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "proxy_problems" ADD CONSTRAINT "proxy_problems_proxy_id_proxies_id_fk" FOREIGN KEY ("proxy_id") REFERENCES "public"."proxies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- What agents find on their hosts is observed: no audit entry, one row a proxy, replaced by the next look.
grant select, insert, update on proxy_problems to apm_app;
