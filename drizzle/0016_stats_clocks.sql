ALTER TABLE "fleet_stats" ADD COLUMN "host_load" double precision;--> statement-breakpoint
ALTER TABLE "fleet_stats" ADD COLUMN "host_load_peak" double precision;--> statement-breakpoint
ALTER TABLE "fleet_stats" ADD COLUMN "host_memory_total_bytes" double precision;--> statement-breakpoint
ALTER TABLE "fleet_stats" ADD COLUMN "host_memory_available_bytes" double precision;--> statement-breakpoint
ALTER TABLE "fleet_stats" ADD COLUMN "host_memory_used_peak" double precision;--> statement-breakpoint
ALTER TABLE "stats_totals" ADD COLUMN "open_stretch" bigint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "stats_totals" ADD COLUMN "open_since" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "stats_totals" ADD COLUMN "summed_stretch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
-- What is in the sums already gets the last stretch that is, what was stored since the first that is not.
ALTER TABLE "proxy_stats" ADD COLUMN "stretch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
update "proxy_stats" set "stretch" = 1 where "stored_at" > (select "rolled_up_to" from "stats_totals");--> statement-breakpoint
ALTER TABLE "proxy_stats" ALTER COLUMN "stretch" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "proxy_stats" DROP COLUMN "stored_at";--> statement-breakpoint
CREATE INDEX "proxy_stats_stretch_idx" ON "proxy_stats" USING brin ("stretch");--> statement-breakpoint
-- Every row is updated each 30 s: with room beside it, the new one stands on the same page and no index hears of it.
alter table "proxy_stats_newest" set (fillfactor = 50);
