CREATE TYPE "public"."route_expectation" AS ENUM('direct', 'parent', 'primary', 'denied');--> statement-breakpoint
CREATE TABLE "config_route_tests" (
	"config_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"target" text NOT NULL,
	"method" text NOT NULL,
	"client_address" text,
	"resolved_address" text,
	"expect" "route_expectation" NOT NULL,
	"note" text NOT NULL,
	CONSTRAINT "config_route_tests_config_id_position_pk" PRIMARY KEY("config_id","position")
);
--> statement-breakpoint
ALTER TABLE "config_route_tests" ADD CONSTRAINT "config_route_tests_config_id_configs_id_fk" FOREIGN KEY ("config_id") REFERENCES "public"."configs"("id") ON DELETE no action ON UPDATE no action;