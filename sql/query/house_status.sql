-- house_status(): the schema's version, and seconds since an executor was seen
-- (null: never)
select (select max(version) from hookline.migration) as schema_version,
       (select extract(epoch from now() - max(seen_at))::bigint from hookline.executor) as executor_seen_s
