-- prune_partition($1 days): drops the oldest partition of delivery whose rows
-- are all older; null: there is none
select case when p.partition is not null then json_build_object(
	'partition', p.partition, 'deliveries', p.deliveries, 'bytes', p.bytes,
	'problem', p.problem) end
  from hookline.delivery_partition_drop($1::integer) p
