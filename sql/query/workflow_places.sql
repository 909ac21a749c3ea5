-- workflow_places($1 account, $2 workflow): how many live runs are where
select hookline.run_places($1::bigint, $2::bigint)
