/*
 * desk.h - where deliveries meet the database.  In a process that takes one
 * request at a time, each is asked and kept by itself.  In one with many
 * request threads, those that are ready at the same moment share a statement
 * and a commit: while one list is being written the next one gathers, and each
 * is answered after its own commit.  A faulty delivery never fails its
 * neighbours.
 */
#ifndef ENGINE_DESK_H
#define ENGINE_DESK_H

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/token.h"
#include "engine/receive.h"
#include "engine/stages.h"

#include <json-c/json_object.h>

struct desk;

/* What is asked of whoever has the link in a contact's marketing e-mail. */
enum desk_wish { DESK_SHOW, DESK_UNSUBSCRIBE, DESK_SUBSCRIBE };

/* For `n_threads` request threads (1: no thread is started).  Borrows both;
 * NULL with *e set. */
struct desk *desk_new(const struct conf *c, const struct secrets *s,
		      int n_threads, struct err *e);

/* No request may be at the desk any more. */
void desk_free(struct desk *desk);

/*
 * receive() for one delivery, from any thread.  When its request began is in
 * `stages`: all waiting ends request_deadline_ms later.  What it takes is
 * written there.
 */
MUSTUSE int desk_receive(struct desk *desk, const unsigned char *key,
			 const struct delivery *d, struct stages *stages,
			 struct mem *m, struct answer *out, struct err *e);

/* receive_methods() and hook_receipt(), from any thread; `began_ms` as
 * above. */
MUSTUSE int desk_methods(struct desk *desk, const unsigned char *key,
			 int64_t began_ms, struct mem *m, const char **allow,
			 struct err *e);
MUSTUSE int desk_receipt(struct desk *desk, const unsigned char *key,
			 const char *id, int64_t began_ms, struct mem *m,
			 struct json_object **out, struct err *e);

/* unsubscribe_show() or unsubscribe_set() (store/contact.h), likewise. */
MUSTUSE int desk_unsubscribe(struct desk *desk, enum desk_wish wish,
			     int64_t account_id, int64_t contact_id,
			     int64_t began_ms, struct mem *m,
			     struct json_object **out, struct err *e);

#endif
