-- 0007: who may do what.  Roles belong to the whole server and need CREATEROLE;
-- where the owner may not make them (shared hosting), one role does all, and
-- `hookline db migrate` can be run again after an administrator made them.

create function hookline.grant_roles() returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
	v_role     text;
	v_missing  text[] := '{}';
begin
	-- One at a time: the server refuses two GRANTs on one object at once.
	perform from hookline.migration m where m.version = 1 for update;

	foreach v_role in array array['hookline_hook', 'hookline_executor', 'hookline_builder', 'hookline_reader'] loop
		if not exists (select from pg_roles where rolname = v_role) then
			begin
				execute format('create role %I nologin', v_role);
			exception
				when insufficient_privilege then
					v_missing := v_missing || v_role;
					continue;
				when duplicate_object or unique_violation then
					null; -- somebody else was quicker
			end;
		end if;
		execute format('grant usage on schema hookline to %I', v_role);
		execute format('grant select on hookline.migration to %I', v_role);
	end loop;

	revoke execute on all functions in schema hookline from public;

	if 'hookline_hook' <> all (v_missing) then
		grant execute on function hookline.hook_resolve(bytea),
			hookline.hook_receive(jsonb, bytea),
			hookline.hook_receipt(bytea, bigint),
			hookline.unsubscribe_show(bigint, bigint),
			hookline.unsubscribe_set(bigint, bigint, boolean) to hookline_hook;
	end if;
	if 'hookline_executor' <> all (v_missing) then
		grant select on hookline.account, hookline.custom_field, hookline.workflow,
			hookline.workflow_version, hookline.secret
			to hookline_executor;
		-- Locking a row takes the right to change one of its columns.
		grant update (updated_at) on hookline.workflow to hookline_executor;
		grant select, insert, update on hookline.workflow_run, hookline.contact, hookline.run_step,
			hookline.contact_identity to hookline_executor;
		grant select, insert on hookline.former_contact to hookline_executor;
		grant select, insert, update, delete on hookline.executor, hookline.destination
			to hookline_executor;
		grant select, update on hookline.upkeep to hookline_executor;
		grant execute on function hookline.run_record(jsonb),
			hookline.contact_patch(bigint, bigint, jsonb),
			hookline.contact_stop(bigint, bigint, text[], boolean),
			hookline.contact_stop_by(bigint, bigint, jsonb),
			hookline.contact_opted_out(bigint, bigint, text),
			hookline.contact_take(bigint, bigint, text, text),
			hookline.contact_set(bigint, bigint, jsonb),
			hookline.contact_mark(bigint, text, text),
			hookline.contact_marks(bigint, jsonb),
			hookline.tags_changed(text[], jsonb, jsonb),
			hookline.moment_of(timestamp, text),
			hookline.moment_after(timestamptz, interval, text),
			hookline.zone_known(text, text),
			hookline.window_opens(timestamptz, jsonb, text),
			hookline.run_enrol(bigint, bigint, text, jsonb),
			hookline.run_start(jsonb, boolean),
			hookline.run_act(bigint, bigint, bigint, jsonb),
			hookline.run_unenrol(bigint, bigint, bigint, text, text),
			hookline.run_adopt(bigint, bigint, bigint),
			hookline.user_addresses(bigint, jsonb),
			hookline.delivery_partition_ensure(integer),
			hookline.delivery_partition_drop(integer),
			hookline.delivery_forget(integer, integer),
			hookline.leftovers_forget(bigint, integer),
			hookline.hook_resolve(bytea),
			hookline.hook_receive(jsonb, bytea) to hookline_executor;
	end if;
	if 'hookline_builder' <> all (v_missing) then
		grant select, insert, update, delete on all tables in schema hookline to hookline_builder;
		revoke insert, update, delete on hookline.migration from hookline_builder;
		revoke update, delete on hookline.workflow_version from hookline_builder;
		grant usage on all sequences in schema hookline to hookline_builder;
		grant execute on all functions in schema hookline to hookline_builder;
	end if;
	if 'hookline_reader' <> all (v_missing) then
		grant select on all tables in schema hookline to hookline_reader;
		revoke all on hookline.app_user, hookline.user_session, hookline.secret from hookline_reader;
	end if;
	return array_to_string(v_missing, ' ');
end
$$;
comment on function hookline.grant_roles() is
	'Makes the roles where it may, and grants each the least it needs; returns the names of those that are missing';

select hookline.grant_roles();
