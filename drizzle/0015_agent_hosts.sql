ALTER TABLE "proxy_problems" RENAME TO "proxy_hosts";--> statement-breakpoint
ALTER TABLE "proxy_hosts" DROP CONSTRAINT "proxy_problems_proxy_id_proxies_id_fk";
--> statement-breakpoint
ALTER TABLE "proxy_hosts" ADD COLUMN "parents_out" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "proxy_hosts" ADD CONSTRAINT "proxy_hosts_proxy_id_proxies_id_fk" FOREIGN KEY ("proxy_id") REFERENCES "public"."proxies"("id") ON DELETE no action ON UPDATE no action;