/*
 * house.h - what hook.fcgi knows for its whole life, and the questions about a
 * request that all its doors ask.
 */
#ifndef FCGI_HOUSE_H
#define FCGI_HOUSE_H

#include "base/cidr.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/token.h"
#include "engine/desk.h"
#include "engine/spool.h"
#include "http/req.h"
#include "limit.h"

#define PROXIES_MAX 64
#define RETRY_AFTER "Retry-After: 60\r\n"

struct house {
	struct conf conf;
	struct secrets secrets;
	struct cidr proxies[PROXIES_MAX]; /* trusted */
	size_t n_proxies;
	struct limits limits;
	struct desk *desk;
	struct spool *spool;
};

/* Who sent it, also through our own proxies; from the request's pool. */
const char *house_sender(const struct house *h, struct req *rq);

/* Plain HTTP shows the token to everybody on the way. */
int house_is_exposed(const struct house *h, const struct req *rq);

/* While the database is away, only one request in a second asks for it.  Who
 * found that out has logged it: *e has no text. */
int house_is_away(struct house *h, struct err *e);

/* One line into the log. */
void house_log(const struct err *e, const char *what);

#endif
