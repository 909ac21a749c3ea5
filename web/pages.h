/*
 * pages.h - what the rows of routes.c call: a function for each page (GET) and
 * each deed (POST).  For routes.c and the page_*.c files.
 */
#ifndef WEB_PAGES_H
#define WEB_PAGES_H

struct page;

/* the door: page_login.c, page_status.c, assets.c */
void page_login(struct page *p);
void do_login(struct page *p);
void do_logout(struct page *p);
void page_status(struct page *p);
void page_style_sheet(struct page *p);
void page_script(struct page *p);

/* workflows: page_home.c, page_new.c, page_workflow.c */
void page_home(struct page *p);
void page_new(struct page *p);
void do_new(struct page *p);
void do_import(struct page *p);
void page_workflow_settings(struct page *p);
void do_workflow_settings(struct page *p);
void do_workflow_duplicate(struct page *p);
void do_workflow_archive(struct page *p);
void page_workflow_export(struct page *p);

/* the trigger and its mapping: page_trigger.c, trigger_form.c, page_mapping.c
 */
void page_trigger(struct page *p);
void page_trigger_requests(struct page *p);
void do_save_trigger(struct page *p);
void do_choose_sample(struct page *p);
void do_rotate(struct page *p);
void page_mapping(struct page *p);
void page_mapping_preview(struct page *p);
void do_save_mapping(struct page *p);

/* steps, publishing, versions: page_steps.c, do_step.c, page_step.c,
 * page_publish.c, page_versions.c */
void page_steps(struct page *p);
void page_step_add(struct page *p);
void do_step_add(struct page *p);
void page_step(struct page *p);
void do_step_save(struct page *p);
void page_step_move(struct page *p);
void do_step(struct page *p);
void do_undo(struct page *p);
void page_check(struct page *p);
void page_publish(struct page *p);
void do_publish(struct page *p);
void do_unpublish(struct page *p);
void page_versions(struct page *p);
void do_restore(struct page *p);

/* trying it: page_try.c, try_real.c */
void page_try(struct page *p);
void do_try(struct page *p);
void do_try_real(struct page *p);

/* runs: page_runs.c, page_run.c */
void page_runs(struct page *p);
void do_runs_act(struct page *p);
void page_run(struct page *p);

/* deliveries: page_deliveries.c, page_delivery.c */
void page_deliveries(struct page *p);
void do_deliveries_replay(struct page *p);
void page_delivery(struct page *p);
void page_delivery_again(struct page *p);

/* contacts: page_contacts.c, page_contact*.c, page_import*.c */
void page_contacts(struct page *p);
void page_contacts_export(struct page *p);
void page_contact_new(struct page *p);
void do_contact_new(struct page *p);
void page_contact(struct page *p);
void do_contact_tags(struct page *p);
void do_contact_identity(struct page *p);
void do_contact_stop(struct page *p);
void page_contact_edit(struct page *p);
void do_contact_edit(struct page *p);
void page_contact_merge(struct page *p);
void do_contact_merge(struct page *p);
void page_contact_merges(struct page *p);
void do_contact_unmerge(struct page *p);
void page_contact_erase(struct page *p);
void do_contact_erase(struct page *p);
void page_contact_import(struct page *p);
void do_contact_import(struct page *p);
void page_contact_import_job(struct page *p);
void do_contact_import_job(struct page *p);
void do_contact_import_remove(struct page *p);

/* settings and health: page_health.c, page_settings.c, page_fields.c,
 * page_secrets.c, page_users.c */
void page_health(struct page *p);
void page_settings(struct page *p);
void do_settings(struct page *p);
void do_test_mail(struct page *p);
void page_fields(struct page *p);
void do_field_add(struct page *p);
void page_field(struct page *p);
void do_field(struct page *p);
void page_field_remove(struct page *p);
void do_field_remove(struct page *p);
void page_constants(struct page *p);
void do_constant_set(struct page *p);
void page_constant_remove(struct page *p);
void do_constant_remove(struct page *p);
void page_secrets(struct page *p);
void do_secret_set(struct page *p);
void page_secret_remove(struct page *p);
void do_secret_remove(struct page *p);
void page_users(struct page *p);
void do_user_add(struct page *p);
void page_user_remove(struct page *p);
void do_user_remove(struct page *p);
void do_password(struct page *p);

#endif
