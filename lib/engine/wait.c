/*
 * wait.c - the step that waits: for a duration, until a date, until the contact
 * meets a condition, for a window of days and hours; and what ends it.  Here
 * is decided what to wait for; when that is on the clock, hookline.run_record
 * reckons, because PostgreSQL knows zones and windows.
 *
 * A wait ends when it is due.  What the run has as `wait` says meanwhile what
 * it is, for people and for the run when it is woken before its time: by a
 * change of its contact (it listens where that can end the wait: there is a
 * condition, or a goal ahead), or by hand.
 */
#include "config.h"

#include "engine/passage.h"

#include "base/json.h"
#include "flow/cond.h"
#include "flow/duration.h"

#include <string.h>

#include "base/banned.h"

#define LATE_AFTER "1 hour"
#define OUTSIDE_AFTER "1 minute"
#define DAY_S 86400
#define MONTH_DAYS 30

/* The wait as people see it, in the making. */
static struct json_object *
wait_of(struct passage *p)
{
	struct json_object *wait = json_get(p->record, "wait");

	if (wait == NULL) {
		wait = json_object_new_object();
		json_object_object_add(p->record, "wait", wait);
	}
	return wait;
}

static int
says(const struct passage *p, const char *field, const char *word)
{
	const char *rule = json_get_string(p->step->json, field);

	return rule != NULL && strcmp(rule, word) == 0;
}

/* A duration, rendered and read; 1, 0 when the field is not there, or -1. */
static int
duration_of(struct passage *p, const char *field, struct duration *d,
	    const char **text, struct err *e)
{
	*text = step_text(p, field, e);
	if (*text == NULL)
		return e->kind == ERR_NONE ? 0 : -1;
	if (duration_parse(*text, d, e) == -1)
		return err_context(e, "%s", field);
	return 1;
}

/* What is done with the step behind, as continue, skip_step or end say. */
static enum step_end
go_by_rule(struct passage *p, const char *field)
{
	if (says(p, field, "end"))
		return STEP_FINISH;
	p->skips_next = says(p, field, "skip_step");
	return STEP_DONE;
}

/* Not before the window is open. */
static void
ask_for_window(struct passage *p)
{
	struct json_object *window = json_get(p->step->json, "window");
	const char *whose = json_get_string(window, "timezone");

	if (window == NULL)
		return;
	json_object_object_add(p->record, "window", json_object_get(window));
	json_object_object_add(wait_of(p), "window", json_object_get(window));
	if (whose != NULL && strcmp(whose, "contact") == 0)
		json_set_string(p->record, "window_timezone",
				json_get_string(p->run->contact, "timezone"));
}

/* From here on the run waits, and listens where its contact can end that. */
static enum step_end
begin(struct passage *p, int has_condition)
{
	int has_goal = plan_goal(p->plan, p->step) != NULL;

	if (has_goal)
		json_object_object_add(wait_of(p), "goal",
				       json_object_new_boolean(1));
	if (has_condition)
		json_object_object_add(wait_of(p), "condition",
				       json_object_new_boolean(1));
	if (p->run->contact_id != NULL && (has_condition || has_goal)) {
		json_object_object_add(p->record, "is_listening",
				       json_object_new_boolean(1));
		json_set_string(p->record, "contact_stamp",
				p->run->contact_stamp);
	}
	ask_for_window(p);
	wait_of(p);
	return STEP_WAIT;
}

static enum step_end
wait_for(struct passage *p, const struct duration *d, const char *text)
{
	char interval[64];

	duration_interval(d, interval);
	json_set_string(p->record, "interval", interval);
	json_set_string(wait_of(p), "for", text);
	return begin(p, 0);
}

static int
add_offset(struct passage *p, int64_t *us, struct err *e)
{
	const char *text;
	struct duration d;
	char interval[64];
	int rc = duration_of(p, "offset", &d, &text, e);

	if (rc != 1)
		return rc;
	json_set_string(wait_of(p), "offset", text);
	duration_interval(&d, interval);
	return run_instant_add(p->engine->db, us, interval, p->run->zone, e);
}

static enum step_end
wait_until(struct passage *p, struct json_object *detail, const char *text,
	   struct err *e)
{
	struct date_env env = passage_date_env(p);
	enum step_end end;
	char due[32];
	int64_t us;

	if (date_instant(text, &env, &us, e) == -1) {
		err_context(e, "until");
		return STEP_FAILED;
	}
	json_set_string(wait_of(p), "date", text);
	if (add_offset(p, &us, e) == -1)
		return STEP_FAILED;
	date_format_utc(us, due);
	json_set_string(detail, "until", due);
	if (us <= p->run->now_us) {
		json_set_string(detail, "reason",
				"the moment had passed already");
		end = go_by_rule(p, "if_past");
		if (end == STEP_FINISH || p->skips_next ||
		    json_get(p->step->json, "window") == NULL)
			return end;
	}
	json_set_string(p->record, "due_at", due);
	return begin(p, 0);
}

/* 1: the step's condition is met, 0: not, or there is none; -1. */
static int
is_met(struct passage *p, struct err *e)
{
	struct json_object *cond = json_get(p->step->json, "until_condition");
	struct date_env env = passage_date_env(p);
	int truth;

	if (cond == NULL)
		return 0;
	if (p->assumes_met && p->run->is_after_wait)
		return 1;
	truth = cond_eval(cond, p->scope, &env, p->mem, e);
	return truth == -1 ? err_context(e, "until_condition") : truth;
}

static void
note_met(struct passage *p, struct json_object *detail, int truth)
{
	struct json_object *result = json_object_new_object();

	json_object_object_add(detail, "met", json_object_new_boolean(truth));
	json_object_object_add(result, "met", json_object_new_boolean(truth));
	json_object_object_add(p->run->results, p->step->id, result);
}

/* The condition is met; where there is a window, that still has to open. */
static enum step_end
met(struct passage *p, struct json_object *detail)
{
	note_met(p, detail, 1);
	if (json_get(p->step->json, "window") == NULL)
		return STEP_DONE;
	json_object_object_add(wait_of(p), "met", json_object_new_boolean(1));
	return begin(p, 0);
}

static enum step_end
wait_until_condition(struct passage *p, struct json_object *detail,
		     struct err *e)
{
	struct duration d;
	const char *text;
	char interval[64];

	switch (is_met(p, e)) {
	case -1:
		return STEP_FAILED;
	case 1:
		return met(p, detail);
	}
	if (duration_of(p, "timeout", &d, &text, e) != 1) {
		if (e->kind == ERR_NONE)
			err_set(e, ERR_PERM, "there is no timeout");
		return STEP_FAILED;
	}
	duration_interval(&d, interval);
	json_set_string(p->record, "interval", interval);
	json_set_string(wait_of(p), "timeout", text);
	return begin(p, 1);
}

enum step_end
perform_wait(struct passage *p, struct json_object *detail, struct err *e)
{
	struct duration d;
	const char *text;
	int rc;

	json_object_object_del(p->record, "wait"); /* of one before */
	if (json_get(p->step->json, "until_condition") != NULL)
		return wait_until_condition(p, detail, e);
	rc = duration_of(p, "for", &d, &text, e);
	if (rc == 1)
		return wait_for(p, &d, text);
	if (rc == 0)
		text = step_text(p, "until", e);
	if (e->kind != ERR_NONE)
		return STEP_FAILED;
	if (text != NULL)
		return wait_until(p, detail, text, e);
	return begin(p, 0); /* for its window alone */
}

/* Nothing that ends the wait has happened: it goes on as it was. */
static enum step_end
wait_on(struct passage *p)
{
	const struct run *run = p->run;

	json_object_object_add(p->record, "wait", json_copy(run->wait));
	json_set_string(p->record, "due_at",
			json_get_string(run->wait, "until"));
	json_object_object_add(p->record, "wait_goes_on",
			       json_object_new_boolean(1));
	json_object_object_add(p->record, "is_listening",
			       json_object_new_boolean(1));
	json_set_string(p->record, "contact_stamp", run->contact_stamp);
	return STEP_WAIT;
}

/* The contact has changed. */
static enum step_end
look_at_contact(struct passage *p, struct json_object *detail, struct err *e)
{
	const struct plan_step *goal = passage_goal_met(p);
	enum step_end end;

	if (goal != NULL) {
		json_set_string(detail, "ended_by", "goal");
		p->jumped_from = p->step->id;
		p->next = goal;
		return STEP_DONE;
	}
	if (json_get(p->run->wait, "condition") == NULL)
		return wait_on(p);
	switch (is_met(p, e)) {
	case -1:
		return STEP_FAILED;
	case 0:
		return wait_on(p);
	}
	end = met(p, detail);
	if (end == STEP_WAIT)
		json_object_object_add(p->record, "wait_goes_on",
				       json_object_new_boolean(1));
	return end;
}

static int64_t
seconds_of(const struct duration *d)
{
	return ((int64_t)d->months * MONTH_DAYS + d->days) * DAY_S + d->seconds;
}

/* By how many seconds the wait ended later than late_after allows; 0: it did
 * not, or -1. */
static int64_t
lateness(struct passage *p, int minds_window, struct err *e)
{
	int64_t late_s = (p->run->now_us - p->run->due_us) / 1000000;
	const char *text;
	struct duration d;
	int rc = duration_of(p, "late_after", &d, &text, e);

	if (rc == 0)
		rc = duration_parse(minds_window ? OUTSIDE_AFTER : LATE_AFTER,
				    &d, e);
	if (rc == -1)
		return -1;
	return late_s > seconds_of(&d) ? late_s : 0;
}

/* Nobody was there when the wait was due: what then? */
static enum step_end
go_late(struct passage *p, struct json_object *detail, struct err *e)
{
	int has_window = json_get(p->step->json, "window") != NULL;
	int minds_window = has_window && !says(p, "if_late", "run") &&
			   !says(p, "if_late", "skip_step");
	int64_t late_s = lateness(p, minds_window, e);

	if (late_s == -1)
		return STEP_FAILED;
	if (late_s == 0)
		return STEP_DONE;
	json_object_object_add(detail, "late_s", json_object_new_int64(late_s));
	if (minds_window && p->run->is_window_open)
		return STEP_DONE;
	if (minds_window) {
		json_object_object_add(wait_of(p), "late_s",
				       json_object_new_int64(late_s));
		json_object_object_add(p->record, "wait_goes_on",
				       json_object_new_boolean(1));
		return begin(p, 0);
	}
	return go_by_rule(p, "if_late");
}

/* It is due: a condition's time is up. */
static enum step_end
is_due(struct passage *p, struct json_object *detail, struct err *e)
{
	int has_condition = json_get(p->run->wait, "condition") != NULL;
	int truth = has_condition ? is_met(p, e) : 0;
	enum step_end end;

	if (truth == -1)
		return STEP_FAILED;
	if (has_condition && truth == 0) {
		note_met(p, detail, 0);
		json_set_string(detail, "reason", "its time was up");
		end = go_by_rule(p, "if_timeout");
		if (end == STEP_FINISH || p->skips_next)
			return end;
	} else if (has_condition) {
		note_met(p, detail, 1);
	}
	return go_late(p, detail, e);
}

enum step_end
wait_go_on(struct passage *p, struct json_object *detail, struct err *e)
{
	const char *by = p->run->woken_by;
	struct json_object *wait = p->run->wait;

	if (wait != NULL) {
		json_object_object_foreach (wait, name, v)
			json_object_object_add(detail, name, json_copy(v));
	}
	if (by != NULL && strcmp(by, "contact") == 0)
		return look_at_contact(p, detail, e);
	if (by == NULL)
		return is_due(p, detail, e);
	json_set_string(detail, "ended_by", "hand");
	if (json_get(wait, "condition") != NULL)
		note_met(p, detail, 0);
	return STEP_DONE;
}
