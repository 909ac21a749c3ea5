-- login_passed($1 hash of the address typed): its failures are forgotten
delete from hookline.login_throttle where key = $1::bytea
