-- What agents found on their disks is observed: no audit entry, one row a proxy, replaced by the next find.
grant select, insert, update on proxy_files to apm_app;
