/*
 * house.c - questions about a request that all doors of hook.fcgi ask.  See
 * house.h.
 */
#include "config.h"

#include "house.h"

#include "base/log.h"

#include "base/banned.h"

const char *
house_sender(const struct house *h, struct req *rq)
{
	char *address = mem_alloc(rq->mem, CIDR_ADDRESS_SIZE);

	cidr_client(rq->remote_addr, req_header(rq, "x-forwarded-for"),
		    h->proxies, h->n_proxies, address);
	return address;
}

int
house_is_exposed(const struct house *h, const struct req *rq)
{
	return h->conf.require_https && !req_is_private(rq);
}

int
house_is_away(struct house *h, struct err *e)
{
	if (!spool_is_away(h->spool))
		return 0;
	e->kind = ERR_TEMP;
	return 1;
}

void
house_log(const struct err *e, const char *what)
{
	log_line(e->kind == ERR_TEMP ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR,
		 "%s (%s): %s", what, err_kind_name(e->kind), e->text);
}
