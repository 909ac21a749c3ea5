-- prune_windows(): the windows of dedup in documents that deliveries may meet
select to_json(y."window")
  from (select w.draft -> 'trigger' -> 'dedup' ->> 'window' as "window"
	  from hookline.workflow w where w.status <> 'archived'
	union
	select v.trigger -> 'dedup' ->> 'window'
	  from hookline.workflow w
	  join hookline.workflow_version v on v.account_id = w.account_id
	   and v.workflow_id = w.id and v.version = w.version
	 where w.status <> 'archived') y
 where y."window" is not null
