/*
 * control.c - the steps that say where a run goes on: split, go_to and goal,
 * and how far a run may go.  All of it is decided in memory.
 */
#include "config.h"

#include "engine/passage.h"

#include "base/hash.h"
#include "base/json.h"
#include "flow/cond.h"

#include <string.h>

#include "base/banned.h"

/* 0 to 99, the same for the same run and step: no dice, so that a run that is
 * done again after its executor died falls the same way. */
static int
fall(const struct passage *p)
{
	unsigned char print[SHA256_SIZE];
	uint32_t n = 0;
	struct buf text = BUF_INIT;
	int i;

	buf_addf(&text, "%s/%s/%s", p->run->account_id, p->run->id,
		 p->step->id);
	sha256(text.s, text.len, print);
	buf_free(&text);
	for (i = 0; i < 4; i++)
		n = n << 8 | print[i];
	return (int)(n % 100);
}

enum step_end
perform_split(struct passage *p, struct json_object *detail, struct err *e)
{
	struct json_object *branches = json_get(p->step->json, "branches");
	struct json_object *branch = NULL;
	size_t i, n = json_object_array_length(branches);
	int64_t share, left = fall(p);

	(void)e; /* a valid document's shares are 100 in all */
	for (i = 0; i < n; i++) {
		branch = json_object_array_get_idx(branches, i);
		share = json_get_int(branch, "percent", 0);
		if (left < share)
			break;
		left -= share;
	}
	json_object_object_add(detail, "branch_no",
			       json_object_new_int((int)i + 1));
	json_set_string(detail, "branch", json_get_string(branch, "name"));
	p->next = plan_enter(p->plan, p->step, (int)i);
	return STEP_DONE;
}

enum step_end
perform_go_to(struct passage *p, struct json_object *detail, struct err *e)
{
	const char *to = json_get_string(p->step->json, "step");

	p->next = to != NULL ? plan_find(p->plan, to) : NULL;
	if (p->next == NULL) {
		err_set(e, ERR_PERM, "there is no step \"%.100s\"",
			to != NULL ? to : "");
		return STEP_FAILED;
	}
	json_set_string(detail, "step", to);
	return STEP_DONE;
}

/* 1: the run's goal is met, 0: it is not, -1: its condition is faulty. */
static int
is_met(struct passage *p, const struct plan_step *goal, const char *member,
       struct err *e)
{
	struct date_env env = passage_date_env(p);
	struct json_object *cond = json_get(goal->json, member);

	return cond != NULL ? cond_eval(cond, p->scope, &env, p->mem, e) : 1;
}

const struct plan_step *
passage_goal_met(struct passage *p)
{
	const struct plan_step *goal = p->step;
	struct err e = ERR_INIT; /* said when the run gets there */

	while ((goal = plan_goal(p->plan, goal)) != NULL)
		if (is_met(p, goal, "if", &e) == 1 &&
		    is_met(p, goal, "when", &e) == 1)
			return goal;
	return NULL;
}

void
passage_seek_goal(struct passage *p)
{
	const struct plan_step *goal;

	if (p->attempt > 1 || p->skips_next)
		return;
	goal = passage_goal_met(p);
	if (goal == NULL)
		return;
	p->jumped_from = p->step->id;
	p->step = goal;
}

enum step_end
perform_goal(struct passage *p, struct json_object *detail, struct err *e)
{
	const char *rule = json_get_string(p->step->json, "if_not_met");
	int truth = is_met(p, p->step, "when", e);

	if (truth == -1) {
		err_context(e, "when");
		return STEP_FAILED;
	}
	json_object_object_add(detail, "met", json_object_new_boolean(truth));
	json_set_string(detail, "jumped_from", p->jumped_from);
	p->jumped_from = NULL;
	if (truth == 1 || rule == NULL || strcmp(rule, "end") != 0)
		return STEP_DONE;
	json_set_string(detail, "reason", "the goal is not met");
	return STEP_FINISH;
}

int
passage_is_too_long(struct passage *p)
{
	return p->seq >= json_get_int(json_get(p->document, "settings"),
				      "max_steps", p->engine->conf->max_steps);
}
