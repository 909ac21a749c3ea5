-- timezone_list(): the time zones that are called by a place, a list of texts
select coalesce(json_agg(z.name order by z.name collate "C"), '[]')
  from pg_catalog.pg_timezone_names z
 where z.name ~ '^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/'
    or z.name = 'UTC'
