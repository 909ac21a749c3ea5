-- migration_insert($1 version, $2 name, $3 checksum): a second migrator waits
-- here for the first, and then sees that the work is done
insert into hookline.migration (version, name, checksum)
values ($1::integer, $2::text, $3::text)
