-- Route tests are a list below a config, as rules are: no change without its config's revision raised.
create trigger revision_guard_insert after insert on config_route_tests referencing new table as touched
  for each statement execute function apm_require_revision();
--> statement-breakpoint
create trigger revision_guard_delete after delete on config_route_tests referencing old table as touched
  for each statement execute function apm_require_revision();
--> statement-breakpoint
create trigger revision_guard_update_to after update on config_route_tests referencing new table as touched
  for each statement execute function apm_require_revision();
--> statement-breakpoint
create trigger revision_guard_update_from after update on config_route_tests referencing old table as touched
  for each statement execute function apm_require_revision();
--> statement-breakpoint
grant select, insert, update, delete on config_route_tests to apm_app;
