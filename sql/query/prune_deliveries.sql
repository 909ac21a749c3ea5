-- prune_deliveries($1 days, $2 most): deletes single deliveries; returns how many
select hookline.delivery_forget($1::integer, $2::integer)
