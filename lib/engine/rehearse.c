/*
 * rehearse.c - a rehearsal as a story: make the draft fit for it, let the
 * delivery be received by its rules, or a run begin with a contact, have that
 * go on, and say what was seen; then all is rolled back.  See rehearse.h.
 */
#include "config.h"

#include "engine/rehearsing.h"

#include "engine/publish.h"
#include "engine/publish_names.h"
#include "engine/receiving.h"
#include "engine/replaying.h"
#include "engine/sms.h"

#include "base/json.h"
#include "flow/plan.h"
#include "store/contact.h"
#include "store/run.h"
#include "store/run_list.h"
#include "store/workflow.h"

#include <limits.h>
#include <string.h>

#include "base/banned.h"

static void
end_as(struct rehearsing *rh, const char *status, const char *reason)
{
	json_set_string(rh->out, "status", status);
	json_set_string(rh->out, "reason", reason);
}

/* --- the draft as a version ------------------------------------------------
 */

static const char *
as_text(struct mem *m, struct json_object *o)
{
	struct buf b = BUF_INIT;
	const char *text;

	json_write(&b, o);
	text = mem_strndup(m, b.s, b.len);
	buf_free(&b);
	return text;
}

/* Not as long as a real run may be: nobody reads that. */
static void
shorten(struct rehearsing *rh)
{
	struct json_object *settings;
	int most;

	rh->playing = json_pool(rh->m, json_copy(rh->document));
	settings = json_get(rh->playing, "settings");
	if (settings == NULL) {
		settings = json_object_new_object();
		json_object_object_add(rh->playing, "settings", settings);
	}
	most = (int)json_get_int(settings, "max_steps",
				 rh->in->conf->max_steps);
	if (most <= REHEARSE_STEPS_MAX)
		return;
	rh->is_shortened = 1;
	json_object_object_add(settings, "max_steps",
			       json_object_new_int(REHEARSE_STEPS_MAX));
}

static int
make_version(struct rehearsing *rh, struct err *e)
{
	struct json_object *refs =
		json_pool(rh->m, plan_webhook_refs(rh->document));

	rh->version = (struct rehearsal_version){
		.account_id = rh->in->account_id,
		.workflow_id = rh->in->workflow_id,
		.document = as_text(rh->m, rh->document),
		.webhook_refs = as_text(rh->m, refs),
	};
	shorten(rh);
	rh->plan = plan_open(rh->m, rh->playing);
	return rehearsal_number(rh->in->db, &rh->version, e);
}

static const char *
first_step(const struct rehearsing *rh)
{
	const struct plan_step *s = plan_first(rh->plan);

	return s != NULL ? s->id : NULL;
}

/* --- received by its rules -------------------------------------------------
 */

/* Who sent what never came, by which method and how often, is not asked. */
static struct json_object *
without_checks(struct rehearsing *rh, struct json_object *trigger)
{
	static const char *const kept[] = { "type", "map", "filter", "split" };
	struct json_object *o = json_pool(rh->m, json_object_new_object());
	size_t i;

	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (json_get(trigger, kept[i]) != NULL)
			json_object_object_add(
				o, kept[i],
				json_object_get(json_get(trigger, kept[i])));
	return o;
}

static int
use_rules(void *arg, struct hook *h, struct err *e)
{
	struct rehearsing *rh = arg;
	const struct rehearsal *in = rh->in;

	if (strcmp(h->workflow_id, in->workflow_id) != 0)
		return err_set(e, ERR_GONE,
			       "it came to the URL of another workflow");
	h->is_published = 1;
	h->version = rh->version.version;
	h->trigger = json_get(rh->document, "trigger");
	if (in->imagined != NULL)
		h->trigger = without_checks(rh, h->trigger);
	h->settings = json_get(rh->document, "settings");
	h->webhook_refs = json_pool(rh->m, plan_webhook_refs(rh->document));
	h->first_step = first_step(rh);
	h->stamp = NULL;
	return contact_custom_types(in->db, in->account_id, rh->m,
				    &h->custom_fields, e);
}

static int
begin(void *arg, struct err *e)
{
	struct rehearsing *rh = arg;

	db_guard(rh->in->db);
	return workflow_version_try(rh->in->db, rh->in->account_id,
				    rh->in->workflow_id, rh->version.version,
				    rh->version.document, e);
}

/* --- the run ---------------------------------------------------------------
 */

static int
play(struct rehearsing *rh, struct err *e)
{
	const struct rehearsal *in = rh->in;
	struct json_object *run;
	const char *status;

	if (rehearse_run(rh, e) == -1 ||
	    run_show(in->db, in->account_id, rh->run_id, rh->m, &run, e) == -1)
		return -1;
	status = json_get_string(run, "status");
	end_as(rh, status, json_get_string(run, "last_error"));
	json_object_object_add(rh->out, "timezone",
			       json_object_get(json_get(run, "timezone")));
	json_object_object_add(rh->out, "variables",
			       json_object_get(json_get(run, "variables")));
	rehearse_tell_steps(rh, run);
	if (rh->is_shortened && strcmp(status, "failed") == 0 &&
	    json_object_array_length(json_get(run, "steps")) >=
		    REHEARSE_STEPS_MAX)
		end_as(rh, "stopped",
		       mem_printf(rh->m,
				  "a rehearsal ends after %d steps: is this a "
				  "loop?",
				  REHEARSE_STEPS_MAX));
	return 0;
}

/* Begin a run that the re-entry rule does not allow: what the steps would do is
 * asked for all the same. */
static int
start(struct rehearsing *rh, const struct rehearsal_start *s, struct err *e)
{
	if (rehearsal_start(rh->in->db, &rh->version, s, rh->m, &rh->run_id,
			    e) == -1)
		return -1;
	return play(rh, e);
}

/* One element of the delivery, or all of it. */
struct enrolled {
	const char *status, *reason, *contact_id, *run_id, *delivery_id;
	struct json_object *row;
};

static void
take_part(struct rehearsing *rh, const struct replaying *rg, size_t i,
	  struct enrolled *out)
{
	struct json_object *part =
		json_object_array_get_idx(rg->r->answer.parts, i);

	*out = (struct enrolled){
		.status = json_get_string(part, "status"),
		.reason = json_get_string(part, "reason"),
		.contact_id = json_get_string(part, "contact"),
		.run_id = json_get_string(part, "run"),
		.delivery_id = json_get_string(part, "delivery"),
		.row = json_object_array_get_idx(json_get(rg->r->row, "parts"),
						 i),
	};
	json_object_object_add(rh->out, "part",
			       json_object_new_int((int)i + 1));
}

/* Of a split delivery the first part that starts a run, else the first. */
static struct enrolled
choose(struct rehearsing *rh, const struct replaying *rg)
{
	const struct answer *a = &rg->r->answer;
	struct enrolled el = { a->outcome, a->reason,	   a->contact_id,
			       a->run_id,  a->delivery_id, rg->r->row };
	size_t i, n;

	if (a->parts == NULL)
		return el;
	n = json_object_array_length(a->parts);
	json_object_object_add(rh->out, "parts", json_object_new_int((int)n));
	for (i = 0; i < n; i++) {
		take_part(rh, rg, i, &el);
		if (el.run_id != NULL)
			return el;
	}
	if (n > 0)
		take_part(rh, rg, 0, &el);
	return el;
}

static int
within(void *arg, struct replaying *rg, struct err *e)
{
	struct rehearsing *rh = arg;
	struct enrolled el = choose(rh, rg);
	struct rehearsal_start s = { .contact_id = el.contact_id,
				     .delivery_id = el.delivery_id,
				     .step_id = first_step(rh) };

	if (el.run_id != NULL) {
		rh->run_id = mem_strdup(rh->m, el.run_id);
		return play(rh, e);
	}
	if (strcmp(el.status, "updated") != 0) {
		end_as(rh, "not_enrolled",
		       el.reason != NULL ? el.reason : el.status);
		return 0;
	}
	json_set_string(rh->out, "anyway",
			el.reason != NULL
				? el.reason
				: "the contact is or was in the workflow, and "
				  "its re-entry rule does not allow another "
				  "run");
	s.variables = as_text(rh->m, json_get(el.row, "variables"));
	s.webhook = as_text(rh->m, json_get(el.row, "webhook"));
	return start(rh, &s, e);
}

/* --- the three ways in -----------------------------------------------------
 */

static int
with_delivery(struct rehearsing *rh, struct err *e)
{
	const struct rehearsal *in = rh->in;
	struct receive_rules rules = { .secrets = in->secrets,
				       .keep_refused = INT_MAX,
				       .instant = run_instant,
				       .arg = in->db };
	struct replay_trial trial = { rh, use_rules, begin, within };
	struct replay rp = { .db = in->db,
			     .account_id = in->account_id,
			     .rules = &rules,
			     .apart = in->apart,
			     .is_dry = 1,
			     .trial = &trial };
	struct json_object *told;
	int rc;

	if (in->imagined != NULL)
		rc = replay_imagined(&rp, in->trigger_id, in->imagined, rh->m,
				     &told, e);
	else
		rc = replay_delivery(&rp, in->delivery_id, rh->m, &told, e);
	if (rc == -1)
		return -1;
	json_object_object_add(rh->out, "delivery", json_object_get(told));
	if (json_get(rh->out, "status") == NULL)
		end_as(rh, "not_enrolled", json_get_string(told, "reason"));
	return 0;
}

static int
with_contact(struct rehearsing *rh, struct err *e)
{
	const struct rehearsal *in = rh->in;
	struct rehearsal_start s = {
		.contact_id = in->contact_id,
		.step_id = first_step(rh),
		.variables = in->variables != NULL
				     ? as_text(rh->m, in->variables)
				     : "{}",
		.webhook = "{}",
	};
	int rc;

	if (db_begin(in->db, e) == -1)
		return -1;
	rc = begin(rh, e);
	if (rc == 0)
		rc = start(rh, &s, e);
	db_rollback(in->db);
	return rc;
}

/* --- the whole -------------------------------------------------------------
 */

static int
add_warnings(struct rehearsing *rh, struct err *e)
{
	struct faults f = FAULTS_INIT(rh->m);
	struct json_object *known, *o;
	size_t i;

	if (publish_known(rh->in->db, rh->in->account_id, rh->m, &known, e) ==
	    -1)
		return -1;
	document_warnings(rh->document, known, &f);
	for (i = 0; i < f.n; i++) {
		o = json_object_new_object();
		json_set_string(o, "path", f.list[i].path);
		json_set_string(o, "detail", f.list[i].detail);
		json_object_array_add(json_get(rh->out, "warnings"), o);
	}
	return 0;
}

static double
no_dice(void)
{
	return 0;
}

/* What the passage is lent.  Nothing is tried twice: the schedule is empty. */
static int
lend(struct rehearsing *rh, struct err *e)
{
	const struct rehearsal *in = rh->in;
	struct conf without = *in->conf;
	struct err ignored = ERR_INIT;

	rh->engine = (struct engine){ .db = in->db,
				      .secrets = in->secrets,
				      .conf = in->conf,
				      .dice = no_dice,
				      .watch = rehearse_watch,
				      .watch_arg = rh };
	rh->engine.sms = sms_open(in->conf, &ignored);
	if (rh->engine.sms != NULL)
		return 0;
	/* Its password may be the executor's alone, and is not needed here. */
	without.sms_password_file = "";
	rh->engine.sms = sms_open(&without, e);
	return rh->engine.sms != NULL ? 0 : -1;
}

static int
perform(struct rehearsing *rh, struct err *e)
{
	if (!rehearse_draft(rh)) {
		end_as(rh, "faulty", NULL);
		return 0;
	}
	if (add_warnings(rh, e) == -1 || make_version(rh, e) == -1)
		return -1;
	return rh->in->delivery_id != NULL || rh->in->imagined != NULL
		       ? with_delivery(rh, e)
		       : with_contact(rh, e);
}

int
rehearse(const struct rehearsal *in, struct mem *m, struct json_object **out,
	 struct err *e)
{
	struct rehearsing rh = { .in = in, .m = m };
	int rc;

	*out = rh.out = json_pool(m, json_object_new_object());
	json_object_object_add(rh.out, "faults", json_object_new_array());
	json_object_object_add(rh.out, "warnings", json_object_new_array());
	rh.told = json_pool(m, json_object_new_object());
	if (lend(&rh, e) == -1)
		return -1;
	rc = perform(&rh, e);
	sms_free(rh.engine.sms);
	return rc;
}
