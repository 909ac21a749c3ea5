/*
 * apart.c - a request is taken apart.  See apart.h; how is http/intake.h.
 */
#include "config.h"

#include "front/apart.h"

#include "http/intake.h"

#include "base/banned.h"

void
take_apart(struct mem *m, struct delivery *d)
{
	struct intake_request raw = {
		.method = d->method,
		.query = d->query,
		.content_type = d->content_type,
		.headers = d->headers,
		.body = d->body_len > 0 ? d->body : "",
		.body_len = d->body_len,
	};
	struct intake in;

	if (d->refused_status != 0) {
		raw.body_len = 0;
		raw.method = "GET";
	}
	intake_read(m, &raw, &in);
	d->payload = in.payload;
	d->query_json = in.query;
	if (d->refused_status != 0)
		return;
	d->refused_status = in.refused_status;
	d->refused_why = in.refused_why;
}
