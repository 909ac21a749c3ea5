-- workflow_names($1 account): [{id, name, status}] by name, those that are archived last
select json_build_object('id', w.id::text, 'name', w.name, 'status', w.status)
  from hookline.workflow w
 where w.account_id = $1::bigint
 order by w.status = 'archived', w.name, w.id
