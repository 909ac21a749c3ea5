-- migration_table(): is there a table of applied migrations?
select to_regclass('hookline.migration') is not null
