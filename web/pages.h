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

/* contacts */

/* settings and health */
void page_health(struct page *p);

#endif
