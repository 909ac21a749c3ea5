/*
 * desk.c - where deliveries meet the database.  See desk.h.  Two clerks, each
 * a thread with a connection of its own, serve the request threads: one tells
 * which trigger is behind a token's key, one keeps what was judged.  Each takes
 * all that lies before it at once.  What a delivery means is receive.c.
 */
#include "config.h"

#include "engine/desk.h"

#include "engine/connect.h"
#include "engine/known.h"
#include "store/contact.h"
#include "store/db.h"
#include "store/hook.h"
#include "store/run.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define LIST_MAX 256 /* more wait for the next list */

/* What a request thread waits for, on its stack. */
struct job {
	struct job *next;
	int64_t began_ms;
	struct stages *stages; /* as `mem` */
	struct mem *mem;       /* the request's; the clerk fills it meanwhile */
	const unsigned char *key;
	struct hook *hook;	     /* of the first clerk */
	struct receiving *receiving; /* for the second */
	struct err e;
	int rc;
	sem_t done;
};

struct clerk {
	struct desk *desk;
	struct db *db;
	void (*serve)(struct clerk *, struct job **, int n);
	pthread_t thread;
	pthread_cond_t work;
	struct job *first, **last;
	int is_started, is_over;
};

struct desk {
	struct receive_rules rules;
	pthread_mutex_t lock; /* of the queues */
	pthread_mutex_t side; /* of side_db */
	struct db *side_db;   /* receipts, and local times in filters */
	struct clerk finder, keeper;
	pthread_mutex_t standing; /* of free_seats */
	struct seat *free_seats;
};

/* What a request at the desk remembers of those before it: one request has it
 * at a time, the next one takes what was left last. */
struct seat {
	struct desk *desk;
	struct seat *next;
	struct known known;
};

/* --- the clerks ----------------------------------------------------------- */

static int64_t
oldest(struct job **jobs, int n)
{
	int64_t ms = jobs[0]->began_ms;

	for (int i = 1; i < n; i++)
		if (jobs[i]->began_ms < ms)
			ms = jobs[i]->began_ms;
	return ms;
}

/* Jobs with the same key share a place; returns how many places there are. */
static int
distinct_keys(struct job **jobs, int n, unsigned char *keys, int *place)
{
	int n_keys = 0, i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < n_keys; k++)
			if (memcmp(keys + k * TOKEN_KEY_SIZE, jobs[i]->key,
				   TOKEN_KEY_SIZE) == 0)
				break;
		if (k == n_keys)
			memcpy(keys + n_keys++ * TOKEN_KEY_SIZE, jobs[i]->key,
			       TOKEN_KEY_SIZE);
		place[i] = k;
	}
	return n_keys;
}

/* Each job gets a hook of its own: json-c counts references without locks. */
static void
find(struct clerk *c, struct job **jobs, int n)
{
	unsigned char keys[LIST_MAX * TOKEN_KEY_SIZE];
	int place[LIST_MAX], n_keys, i;
	struct db_result *rows;
	struct err e = ERR_INIT;

	n_keys = distinct_keys(jobs, n, keys, place);
	db_clock_from(c->db, oldest(jobs, n));
	if (hook_find(c->db, keys, n_keys, &rows, &e) == -1) {
		e.is_unknown = 0; /* it has only asked */
		for (i = 0; i < n; i++) {
			jobs[i]->rc = -1;
			jobs[i]->e = e;
		}
		return;
	}
	for (i = 0; i < n; i++)
		jobs[i]->rc =
			hook_read(rows, keys + place[i] * TOKEN_KEY_SIZE,
				  jobs[i]->mem, &jobs[i]->hook, &jobs[i]->e);
	db_result_free(rows);
}

static int
keep_list(struct clerk *c, struct job **jobs, int n, struct err *e)
{
	struct receiving *list[LIST_MAX];

	for (int i = 0; i < n; i++)
		list[i] = jobs[i]->receiving;
	db_clock_from(c->db, oldest(jobs, n));
	return receive_keep(c->db, list, n, e);
}

/* A list that the database will not take has a faulty one in it: alone, it is
 * told apart. */
static void
keep(struct clerk *c, struct job **jobs, int n)
{
	struct err e = ERR_INIT;
	int rc, one_by_one, i;

	for (i = 0; i < n; i++)
		stage_end(jobs[i]->stages, STAGE_WAIT);
	rc = keep_list(c, jobs, n, &e);
	one_by_one = rc == -1 && e.kind != ERR_TEMP && !e.is_unknown && n > 1;
	for (i = 0; i < n; i++) {
		if (one_by_one) {
			jobs[i]->rc = keep_list(c, jobs + i, 1, &jobs[i]->e);
			continue;
		}
		jobs[i]->rc = rc;
		jobs[i]->e = e;
	}
}

static int
take_jobs(struct clerk *c, struct job **jobs)
{
	int n = 0;

	while (c->first == NULL && !c->is_over)
		pthread_cond_wait(&c->work, &c->desk->lock);
	while (c->first != NULL && n < LIST_MAX) {
		jobs[n++] = c->first;
		c->first = c->first->next;
	}
	if (c->first == NULL)
		c->last = &c->first;
	return n;
}

static void *
clerk_main(void *arg)
{
	struct clerk *c = arg;
	struct job *jobs[LIST_MAX];
	int n, i;

	pthread_mutex_lock(&c->desk->lock);
	while ((n = take_jobs(c, jobs)) > 0) {
		pthread_mutex_unlock(&c->desk->lock);
		c->serve(c, jobs, n);
		for (i = 0; i < n; i++)
			sem_post(&jobs[i]->done);
		pthread_mutex_lock(&c->desk->lock);
	}
	pthread_mutex_unlock(&c->desk->lock);
	return NULL;
}

/* Lay a job before a clerk and wait until it is done: `stage` of it is.  A desk
 * without threads is its own clerk. */
static int
ask(struct clerk *c, struct job *job, enum stage stage, struct err *e)
{
	struct desk *desk = c->desk;

	if (!c->is_started) {
		c->serve(c, &job, 1);
	} else {
		pthread_mutex_lock(&desk->lock);
		job->next = NULL;
		*c->last = job;
		c->last = &job->next;
		pthread_cond_signal(&c->work);
		pthread_mutex_unlock(&desk->lock);
		while (sem_wait(&job->done) == -1 && errno == EINTR)
			;
	}
	stage_end(job->stages, stage);
	if (job->rc == -1)
		*e = job->e;
	return job->rc;
}

/* --- from outside --------------------------------------------------------- */

/* For flow/date.h, from any thread. */
static int
local_instant(void *arg, const char *timezone, const char *local, int64_t *us,
	      struct err *e)
{
	struct desk *desk = arg;
	int rc;

	pthread_mutex_lock(&desk->side);
	if (desk->side_db != desk->keeper.db)
		db_restart_clock(desk->side_db);
	rc = run_instant(desk->side_db, timezone, local, us, e);
	pthread_mutex_unlock(&desk->side);
	return rc;
}

static int
clerk_open(struct clerk *c, struct desk *desk, const struct conf *conf,
	   void (*serve)(struct clerk *, struct job **, int), struct err *e)
{
	c->desk = desk;
	c->serve = serve;
	c->last = &c->first;
	pthread_cond_init(&c->work, NULL);
	c->db = engine_db(conf, "hookline:hook", conf->request_deadline_ms, e);
	return c->db != NULL ? 0 : -1;
}

static int
clerk_start(struct clerk *c, struct err *e)
{
	if (pthread_create(&c->thread, NULL, clerk_main, c) != 0)
		return err_set(e, ERR_TEMP, "a thread could not be started");
	c->is_started = 1;
	return 0;
}

static void
clerk_close(struct clerk *c)
{
	if (c->desk == NULL)
		return;
	if (c->is_started) {
		pthread_mutex_lock(&c->desk->lock);
		c->is_over = 1;
		pthread_cond_signal(&c->work);
		pthread_mutex_unlock(&c->desk->lock);
		pthread_join(c->thread, NULL);
	}
	pthread_cond_destroy(&c->work);
	db_free(c->db);
}

/* Without threads everything goes over one connection. */
static int
open_alone(struct desk *desk, const struct conf *c, struct err *e)
{
	if (clerk_open(&desk->keeper, desk, c, keep, e) == -1)
		return -1;
	desk->finder = desk->keeper;
	desk->finder.serve = find;
	desk->side_db = desk->keeper.db;
	return 0;
}

static int
open_threads(struct desk *desk, const struct conf *c, struct err *e)
{
	if (clerk_open(&desk->finder, desk, c, find, e) == -1 ||
	    clerk_open(&desk->keeper, desk, c, keep, e) == -1)
		return -1;
	desk->side_db =
		engine_db(c, "hookline:hook", c->request_deadline_ms, e);
	if (desk->side_db == NULL || clerk_start(&desk->finder, e) == -1 ||
	    clerk_start(&desk->keeper, e) == -1)
		return -1;
	return 0;
}

static void
leave_seat(void *arg)
{
	struct seat *s = arg;
	struct desk *desk = s->desk;

	pthread_mutex_lock(&desk->standing);
	s->next = desk->free_seats;
	desk->free_seats = s;
	pthread_mutex_unlock(&desk->standing);
}

/* Left when the request's pool is emptied, last of all: what the request made
 * of a remembered hook may refer to it. */
static struct seat *
take_seat(struct desk *desk, struct mem *m)
{
	struct seat *s;

	pthread_mutex_lock(&desk->standing);
	s = desk->free_seats;
	if (s != NULL)
		desk->free_seats = s->next;
	pthread_mutex_unlock(&desk->standing);
	if (s == NULL) {
		s = xmalloc(sizeof(*s));
		memset(s, 0, sizeof(*s));
		s->desk = desk;
	}
	mem_on_free(m, leave_seat, s);
	return s;
}

static void
free_seats(struct seat *s)
{
	struct seat *next;

	for (; s != NULL; s = next) {
		next = s->next;
		known_free(&s->known);
		free(s);
	}
}

struct desk *
desk_new(const struct conf *c, const struct secrets *s, int n_threads,
	 struct err *e)
{
	struct desk *desk = xmalloc(sizeof(*desk));
	int rc;

	memset(desk, 0, sizeof(*desk));
	pthread_mutex_init(&desk->lock, NULL);
	pthread_mutex_init(&desk->side, NULL);
	pthread_mutex_init(&desk->standing, NULL);
	desk->rules = (struct receive_rules){
		.secrets = s,
		.keep_refused = c->keep_refused,
		.deadline_ms = c->request_deadline_ms,
		.instant = local_instant,
		.arg = desk,
	};
	rc = n_threads > 1 ? open_threads(desk, c, e) : open_alone(desk, c, e);
	if (rc == -1) {
		desk_free(desk);
		return NULL;
	}
	return desk;
}

void
desk_free(struct desk *desk)
{
	if (desk == NULL)
		return;
	if (desk->finder.db != desk->keeper.db) {
		clerk_close(&desk->finder);
		db_free(desk->side_db);
	}
	clerk_close(&desk->keeper);
	free_seats(desk->free_seats);
	pthread_mutex_destroy(&desk->standing);
	pthread_mutex_destroy(&desk->lock);
	pthread_mutex_destroy(&desk->side);
	free(desk);
}

/* The hook as the database knows it now. */
static int
find_anew(struct desk *desk, struct job *job, struct known *known,
	  const struct hook **h, struct err *e)
{
	int64_t asked_us = known_clock();

	job->mem = known_room(known, job->key);
	if (ask(&desk->finder, job, STAGE_FIND, e) == -1)
		return -1;
	known_keep(known, job->key, job->hook, asked_us);
	*h = job->hook;
	return 0;
}

static int
judge_and_keep(struct desk *desk, struct job *job, const struct hook *h,
	       const struct delivery *d, struct mem *m, struct err *e)
{
	job->receiving = receive_judge(h, d, &desk->rules, m);
	stage_end(job->stages, STAGE_JUDGE);
	if (receive_failure(job->receiving)->kind != ERR_NONE) {
		*e = *receive_failure(job->receiving);
		e->is_unknown = 0;
		return -1;
	}
	return ask(&desk->keeper, job, STAGE_KEEP, e);
}

/* HEAD is told how things are, not how they were. */
static int
receive_seated(struct desk *desk, struct job *job, struct known *known,
	       const struct delivery *d, struct mem *m, struct err *e)
{
	const struct hook *h =
		d->only_asks ? NULL : known_find(known, job->key);

	if (h == NULL && find_anew(desk, job, known, &h, e) == -1)
		return -1;
	if (judge_and_keep(desk, job, h, d, m, e) == -1)
		return -1;
	if (!receive_is_stale(job->receiving))
		return 0;
	if (find_anew(desk, job, known, &h, e) == -1 ||
	    judge_and_keep(desk, job, h, d, m, e) == -1)
		return -1;
	if (receive_is_stale(job->receiving))
		return err_set(e, ERR_BUG, "a hook just found is called stale");
	return 0;
}

int
desk_receive(struct desk *desk, const unsigned char *key,
	     const struct delivery *d, struct stages *stages, struct mem *m,
	     struct answer *out, struct err *e)
{
	struct job job = { .key = key,
			   .stages = stages,
			   .began_ms = stages->began_us / 1000 };
	struct seat *seat = take_seat(desk, m);
	int rc;

	memset(out, 0, sizeof(*out));
	sem_init(&job.done, 0, 0);
	rc = receive_seated(desk, &job, &seat->known, d, m, e);
	if (rc == 0)
		*out = *receive_answer(job.receiving);
	sem_destroy(&job.done);
	return rc;
}

int
desk_methods(struct desk *desk, const unsigned char *key, int64_t began_ms,
	     struct mem *m, const char **allow, struct err *e)
{
	int rc;

	pthread_mutex_lock(&desk->side);
	db_clock_from(desk->side_db, began_ms);
	rc = receive_methods(desk->side_db, key, m, allow, e);
	pthread_mutex_unlock(&desk->side);
	return rc;
}

int
desk_receipt(struct desk *desk, const unsigned char *key, const char *id,
	     int64_t began_ms, struct mem *m, struct json_object **out,
	     struct err *e)
{
	int rc;

	pthread_mutex_lock(&desk->side);
	db_clock_from(desk->side_db, began_ms);
	rc = hook_receipt(desk->side_db, key, id, m, out, e);
	pthread_mutex_unlock(&desk->side);
	return rc;
}

int
desk_unsubscribe(struct desk *desk, enum desk_wish wish, int64_t account_id,
		 int64_t contact_id, int64_t began_ms, struct mem *m,
		 struct json_object **out, struct err *e)
{
	const char *account = mem_printf(m, "%lld", (long long)account_id);
	const char *contact = mem_printf(m, "%lld", (long long)contact_id);
	int rc;

	pthread_mutex_lock(&desk->side);
	db_clock_from(desk->side_db, began_ms);
	if (wish == DESK_SHOW)
		rc = unsubscribe_show(desk->side_db, account, contact, m, out,
				      e);
	else
		rc = unsubscribe_set(desk->side_db, account, contact,
				     wish == DESK_UNSUBSCRIBE, m, out, e);
	pthread_mutex_unlock(&desk->side);
	return rc;
}
