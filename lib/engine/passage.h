/*
 * passage.h - one leased run on its way through its steps: what the files of
 * the executor share.  advance.c tells the story, steps.c does what needs
 * nobody else, wait.c waits, control.c says where to go, effect.c prepares and
 * judges calls to the outside, executor.c and its neighbours claim and record.
 */
#ifndef ENGINE_PASSAGE_H
#define ENGINE_PASSAGE_H

#include "act/net.h"
#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/token.h"
#include "flow/backoff.h"
#include "flow/breaker.h"
#include "flow/date.h"
#include "flow/plan.h"
#include "store/run.h"

struct mail;
struct passage;

/* What the executor lends to every passage. */
struct engine {
	struct db *db;
	const struct secrets *secrets;
	const struct conf *conf;
	struct sms *sms; /* its gateway for text messages (sms.h) */
	struct backoff backoff;
	double (*dice)(void); /* [0,1) */
	/* Of a rehearsal (rehearse.h): told before each step is begun; else
	 * NULL. */
	void (*watch)(void *arg, struct passage *p);
	void *watch_arg;
};

/* Why advancing stopped. */
enum passage_state {
	PASSAGE_ADVANCING,
	PASSAGE_CALL,	  /* at a step that talks to the outside */
	PASSAGE_ACT,	  /* at a step that the database carries out */
	PASSAGE_WAITING,  /* until its due time */
	PASSAGE_FINISHED, /* completed, failed or cancelled */
};

struct passage {
	const struct engine *engine;
	struct mem *mem;
	struct run *run;
	struct plan *plan;
	struct json_object *document;

	enum passage_state state;
	const struct plan_step *step; /* present one; NULL: the end */
	const struct plan_step *next; /* set by a step that branches */
	const struct plan_step *last; /* written down last; NULL: none yet */
	const char *jumped_from;      /* the step left for a goal that is met */
	int attempt;		      /* of the present step */
	int seq;		      /* steps executed */
	int skips_next;		      /* a wait said: skip the step after it */
	int is_refused;		      /* its data stay as they are */
	int assumes_met; /* in a rehearsal: the wait's condition is met now */
	const char *status; /* "completed", "failed" */
	const char *error;

	struct json_object *scope;  /* borrows the run's objects */
	struct json_object *record; /* what run_record takes, so far */
	struct json_object *steps;  /* record's list of executed steps */
	struct json_object *act;    /* of PASSAGE_ACT */
	struct json_object *found;  /* the contact that it makes the run's */

	struct net_call call;
	struct json_object *call_scope; /* of what is sent: has secrets */
	struct hidden *hidden;		/* these (effect_secret.c) */
	int is_operators_login;		/* the call has the configuration's */
	struct buf message;		/* what the call sends */
	const struct mail *mail;    /* what that is made of; NULL: no mail */
	struct json_object *detail; /* of the call's step */
	int64_t started_ms;	    /* monotonic clock */
	int is_calling, is_answered;
};

/* What a step's deed ends with. */
enum step_end {
	STEP_DONE,   /* go on; p->next, when set, is where */
	STEP_CALL,   /* p->call is ready to be started */
	STEP_ACT,    /* p->act is for the database */
	STEP_WAIT,   /* p->record says for how long */
	STEP_FINISH, /* the run ends here */
	STEP_SKIP,   /* nothing was done, `detail` says why: go on */
	STEP_FAILED, /* *e says why; ERR_TEMP may be tried again */
};

/* A kind of step: what is done.  `detail` is an object to fill for people. */
struct deed {
	const char *type;
	enum step_end (*perform)(struct passage *p, struct json_object *detail,
				 struct err *e);
};

/* The deeds of this version, ended by a row without type. */
extern const struct deed deeds[];

/* steps.c */

/* What dates in conditions and waits need. */
struct date_env passage_date_env(const struct passage *p);

enum step_end perform_if_else(struct passage *p, struct json_object *detail,
			      struct err *e);
enum step_end perform_set_variable(struct passage *p,
				   struct json_object *detail, struct err *e);
enum step_end perform_update_contact(struct passage *p,
				     struct json_object *detail, struct err *e);
enum step_end perform_add_tag(struct passage *p, struct json_object *detail,
			      struct err *e);
enum step_end perform_remove_tag(struct passage *p, struct json_object *detail,
				 struct err *e);
enum step_end perform_enrol(struct passage *p, struct json_object *detail,
			    struct err *e);
enum step_end perform_unenrol(struct passage *p, struct json_object *detail,
			      struct err *e);
enum step_end perform_end(struct passage *p, struct json_object *detail,
			  struct err *e);

/* wait.c */
enum step_end perform_wait(struct passage *p, struct json_object *detail,
			   struct err *e);

/* The run was leased at a wait: is it over?  It is due, or something woke it
 * before its time (run.h, woken_by). */
enum step_end wait_go_on(struct passage *p, struct json_object *detail,
			 struct err *e);

/* find.c, notify.c */
enum step_end perform_find_contact(struct passage *p,
				   struct json_object *detail, struct err *e);
enum step_end perform_notify(struct passage *p, struct json_object *detail,
			     struct err *e);

/* The contact that was found is the run's from here on. */
void find_apply(struct passage *p);

/* control.c */
enum step_end perform_split(struct passage *p, struct json_object *detail,
			    struct err *e);
enum step_end perform_go_to(struct passage *p, struct json_object *detail,
			    struct err *e);
enum step_end perform_goal(struct passage *p, struct json_object *detail,
			   struct err *e);

/* The first goal ahead that is met; NULL when there is none. */
const struct plan_step *passage_goal_met(struct passage *p);

/* Go to it, if there is one. */
void passage_seek_goal(struct passage *p);

/* Has the run executed as many steps as a run may? */
int passage_is_too_long(struct passage *p);

/* The act was carried out: let the passage's own contact show it. */
void act_apply(struct passage *p);

/* effect.c */
enum step_end perform_send_email(struct passage *p, struct json_object *detail,
				 struct err *e);

/* effect_call.c */
enum step_end perform_call_webhook(struct passage *p,
				   struct json_object *detail, struct err *e);

/* effect_sms.c */
enum step_end perform_send_sms(struct passage *p, struct json_object *detail,
			       struct err *e);

/* effect.c: send this message, whose sender, identity and date are filled in:
 * the step's sender, else the workflow's, else the installation's. */
enum step_end effect_mail(struct passage *p, struct mail *mail,
			  struct json_object *detail, struct err *e);

/* Put what the call's answer gave into the scope (steps.ID, and by save_as
 * steps.NAME and custom_variables.NAME) and into the step's detail. */
void effect_keep_answer(struct passage *p);

/* What the call's end says of its destination.  Its text may be shown from
 * then on. */
enum breaker_sign effect_sign(struct passage *p);

/* The destination's name without secrets: what comes out of one is told by a
 * fingerprint. */
const char *effect_destination(struct passage *p, const char *name);

/* May the present step's effect be repeated when its outcome is unknown? */
int effect_is_repeatable(const struct passage *p);

/* advance.c */

/* Begin with a freshly leased run; p->mem and p->engine are set. */
void passage_begin(struct passage *p, struct run *run, struct plan *plan,
		   struct json_object *document);

/* A run that can't be carried out, or whose data can't be recorded: it ends as
 * failed. */
void passage_refuse(struct passage *p, struct run *run, const char *why);

/* Make the scope anew: the run's contact has changed. */
void passage_scope(struct passage *p);

/* Go on until something outside of memory is needed: p->state says what. */
void passage_advance(struct passage *p);

/* The call ended: judge it, and go on. */
void passage_answered(struct passage *p);

/* The act was recorded, and carried out unless there was a problem: go on. */
void passage_acted(struct passage *p, const char *problem);

/* Stop here, at a call that did not begin, and give the lease back. */
void passage_give_back(struct passage *p);

/* Stop here for `ms`: the call did nothing, because `destination` is not to be
 * called now.  That is no attempt. */
void passage_hold(struct passage *p, int64_t ms, const char *destination,
		  const char *why);

/* Make p->record complete, for run_record; returns it. */
struct json_object *passage_record(struct passage *p);

/* The record was taken; forget it. */
void passage_recorded(struct passage *p);

/* A text field of the present step, rendered; NULL when absent or, with *e
 * set, when it could not be. */
const char *step_text(struct passage *p, const char *field, struct err *e);

#endif
