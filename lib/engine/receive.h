/*
 * receive.h - a delivery becomes a run: the story of steps 3 to 8 of a
 * webhook's way (DESIGN: resolve, verify, dedup, map, filter, enrol).
 * Takes plain data: whoever calls has read the request and checked the
 * token's MAC, and writes the answer.
 *
 * The story has three parts, so that many deliveries can share one statement
 * and one commit: receive_judge decides in memory, receive_keep writes a list
 * of what was judged, receive_answer says what to answer.  receive() is all of
 * it for one delivery.
 */
#ifndef ENGINE_RECEIVE_H
#define ENGINE_RECEIVE_H

#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct hook;
struct secrets;

/* One HTTP request.  Borrowed until it was answered. */
struct delivery {
	const char *method, *query, *content_type;
	const char *url;	     /* as the sender knows it; "" unknown */
	const char *remote_addr;     /* "" when unknown */
	struct json_object *headers; /* {"lower-case-name":"value"} */
	const void *body;	     /* as it came */
	size_t body_len;
	struct json_object *payload; /* the body decoded; NULL: null or none */
	struct json_object *query_json; /* the query decoded */
	int refused_status; /* 0, or why it can't be taken: 400, 413,
			     * 415 */
	const char *refused_why;
	int only_asks; /* HEAD: what would be answered?  Keeps nothing. */

	const char *uid; /* hexadecimal, unique in the world; NULL: none.  What
			  * was perhaps kept is found again by it */

	/* of a delivery that does not come from its sender just now */
	const char *replay_of;	 /* the delivery it was; NULL: it is new */
	const char *spool;	 /* the spool entry it was; NULL: none */
	const char *received_at; /* RFC 3339; NULL: now */
	int may_be_kept; /* an earlier try may have been: look for its uid */
};

#define RECEIVE_MARGIN_MS 1000

/* What receiving is told once for all deliveries. */
struct receive_rules {
	const struct secrets *secrets; /* what named secrets are sealed with */
	int keep_refused; /* refused deliveries kept by hook and hour */
	int deadline_ms;  /* of a request: one that is held up beyond it and
			   * RECEIVE_MARGIN_MS is not kept at all; 0: none */
	/* For flow/date.h: local times, which only PostgreSQL knows. */
	int (*instant)(void *arg, const char *timezone, const char *local,
		       int64_t *us, struct err *e);
	void *arg;
};

/* What to answer.  Texts live in the pool. */
struct answer {
	int status;
	const char *outcome;			       /* of a 2xx */
	const char *delivery_id, *contact_id, *run_id; /* NULL: none */
	struct json_object *parts;  /* of a delivery that was split: [{"status",
				     * "delivery","contact","run"}] */
	const char *reason;	    /* of the outcome, for people; or NULL */
	const char *detail;	    /* of a refusal, for people */
	struct json_object *errors; /* of a 422: [{"path","detail"}] */
	const char *allow;	    /* of a 405 and OPTIONS: "GET, POST" */
	const char *custom_body;    /* what the trigger wants to be answered,
				     * and its Content-Type; NULL: as usual */
	const char *custom_type;
};

struct receiving;

/* Why it could not be judged just now (ERR_TEMP), or ERR_NONE. */
const struct err *receive_failure(const struct receiving *r);

/* After receive_keep: it was not kept, since its hook, which was remembered,
 * has changed.  Find the hook again and judge again. */
int receive_is_stale(const struct receiving *r);

/*
 * Decide what becomes of a delivery at this hook: pure but for
 * rules->instant.  Everything lives in the pool; `h`, `d` and `rules` are
 * borrowed until receive_answer.
 */
struct receiving *receive_judge(const struct hook *h, const struct delivery *d,
				const struct receive_rules *rules,
				struct mem *m);

/*
 * Keep `n` deliveries that were judged, in one statement and one commit.  -1:
 * none was kept (or, with e->is_unknown, it is not known).  ERR_INPUT and
 * ERR_BUG may be the fault of one of them: keep them one by one then.
 */
MUSTUSE int receive_keep(struct db *db, struct receiving **list, int n,
			 struct err *e);

/* What to answer, once it was kept. */
const struct answer *receive_answer(struct receiving *r);

/* The contact as the mapping made it, for people: {"email",...}, its custom
 * variables, and the checks with their verdicts; borrowed. */
struct json_object *receive_preview(struct receiving *r);

/*
 * Receive one delivery at the hook with this key.  When it returns 0 the
 * answer's outcome is committed.  -1: ERR_GONE there is no such hook, ERR_TEMP
 * the database is away, ERR_BUG we are wrong; nothing was kept then, unless
 * e->is_unknown says that it may have been.
 */
MUSTUSE int receive(struct db *db, const unsigned char *key,
		    const struct delivery *d, const struct receive_rules *rules,
		    struct mem *m, struct answer *out, struct err *e);

/* What OPTIONS asks: is there such a hook, and which methods does it take?
 * Keeps nothing. */
MUSTUSE int receive_methods(struct db *db, const unsigned char *key,
			    struct mem *m, const char **allow, struct err *e);

#endif
