-- login_failed($1 hash of the address typed, $2 of the network address): counts it
select hookline.login_failed(array[$1::bytea, $2::bytea])
