-- partition_ensure($1 months ahead): returns how many partitions were made
select hookline.delivery_partition_ensure($1::integer)
