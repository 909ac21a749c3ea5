-- workflow_tally($1 about so many runs at a time): true while there is more to do
select hookline.workflow_tally($1::integer)
