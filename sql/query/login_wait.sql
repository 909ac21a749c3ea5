-- login_wait($1 hash of the address typed, $2 of the network address): seconds to wait, 0: none
select greatest(hookline.login_wait($1::bytea, 5), hookline.login_wait($2::bytea, 30))
