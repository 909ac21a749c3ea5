-- migration_list(): what was applied, oldest first
select version, name, checksum,
       to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  from hookline.migration order by version
