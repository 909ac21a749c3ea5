/*
 * session.h - who is logged in, and who tried to.  The token itself is in the
 * visitor's cookie and nowhere else; here are hashes of SHA256_SIZE bytes.
 */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include "base/err.h"
#include "base/mem.h"

struct db;
struct json_object;

/* Hashes of what a login is counted by. */
struct login_keys {
	const unsigned char *address; /* the e-mail address that was typed */
	const unsigned char *network; /* the network address it came from */
};

/* Seconds to wait until the next try, 0: none. */
MUSTUSE int login_wait(struct db *db, const struct login_keys *k, int *seconds,
		       struct err *e);
MUSTUSE int login_failed(struct db *db, const struct login_keys *k,
			 struct err *e);
MUSTUSE int login_passed(struct db *db, const struct login_keys *k,
			 struct err *e);

/* Who has this address (in lower case), in whichever account: [{"account",
 * "account_name","user","hash"}], by the account's name. */
MUSTUSE int login_users(struct db *db, const char *email, struct mem *m,
			struct json_object **out, struct err *e);

MUSTUSE int session_open(struct db *db, const char *account_id,
			 const unsigned char *token_hash, const char *user_id,
			 struct err *e);

/* {"account","account_name","timezone","country","user","email","name",
 * "now": the database's time}; *out is NULL when it has ended. */
MUSTUSE int session_load(struct db *db, const char *account_id,
			 const unsigned char *token_hash, struct mem *m,
			 struct json_object **out, struct err *e);

MUSTUSE int session_close(struct db *db, const char *account_id,
			  const unsigned char *token_hash, struct err *e);

#endif
