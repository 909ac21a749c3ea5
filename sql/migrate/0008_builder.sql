-- 0008: what the builder keeps

-- --- logging in ---------------------------------------------------------------

-- A login asks all accounts: nobody types the name of theirs.
create index app_user_by_email on hookline.app_user (email);

-- Logins that failed, by a hash of who was tried or who tried.  It is of no account: nobody is
-- logged in yet.
create table hookline.login_throttle (
	key        bytea primary key,
	failures   integer not null default 0,
	failed_at  timestamptz not null default now(),
	constraint login_throttle_key_is_hashed check (octet_length(key) = 32),
	constraint login_throttle_counts_up check (failures >= 0)
);
comment on table hookline.login_throttle is 'Logins that failed lately: how long the next one waits';
comment on column hookline.login_throttle.key is 'SHA-256 of the address that was typed, or of the network address that it came from';
comment on column hookline.login_throttle.failures is 'How many failed in a row';
comment on column hookline.login_throttle.failed_at is 'When the last one failed';

-- After p_free failures the wait doubles from one second up to 15 minutes.
create function hookline.login_wait(p_key bytea, p_free integer) returns integer
language sql stable set search_path = pg_catalog, pg_temp
as $$
	select coalesce(max(ceil(extract(epoch from
			t.failed_at + make_interval(secs => least(900, power(2, least(t.failures - p_free, 10)))) - now())))::integer, 0)
	  from hookline.login_throttle t
	 where t.key = p_key and t.failures >= p_free
	   and t.failed_at + make_interval(secs => least(900, power(2, least(t.failures - p_free, 10)))) > now()
$$;
comment on function hookline.login_wait(bytea, integer) is 'Seconds until a login by this key may be tried; 0: now';

create function hookline.login_failed(p_keys bytea[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
	delete from hookline.login_throttle t
	 using (select o.key from hookline.login_throttle o
		 where o.failed_at < now() - interval '1 day'
		 limit 100 for update skip locked) o
	 where t.key = o.key;
	insert into hookline.login_throttle as t (key, failures)
	select k, 1 from unnest(p_keys) k order by k
	on conflict (key) do update set failures = t.failures + 1, failed_at = now();
end
$$;
comment on function hookline.login_failed(bytea[]) is 'Counts a failure for each key, and forgets those of yesterday';

revoke execute on function hookline.login_wait(bytea, integer), hookline.login_failed(bytea[]) from public;

-- --- undoing ------------------------------------------------------------------

-- What a draft was before each of its last changes.
create table hookline.workflow_undo (
	account_id   bigint not null,
	workflow_id  bigint not null,
	no           integer not null,
	draft        json not null,
	label        text not null,
	user_id      bigint,
	kept_at      timestamptz not null default now(),
	primary key (account_id, workflow_id, no),
	foreign key (account_id, workflow_id) references hookline.workflow (account_id, id),
	constraint workflow_undo_counts_from_one check (no >= 1)
);
comment on table hookline.workflow_undo is 'The last 50 changes of a draft in the builder, so that they can be undone';
comment on column hookline.workflow_undo.account_id is 'Whose workflow';
comment on column hookline.workflow_undo.workflow_id is 'Which workflow';
comment on column hookline.workflow_undo.no is '1, 2, 3 ... within the workflow: the highest is undone first';
comment on column hookline.workflow_undo.draft is 'The workflow document as it was before the change';
comment on column hookline.workflow_undo.label is 'What was changed, in words';
comment on column hookline.workflow_undo.user_id is 'Who changed it; a user who was removed since keeps the number';
comment on column hookline.workflow_undo.kept_at is 'When the change began';

-- --- who may do it ------------------------------------------------------------
select hookline.grant_roles();
