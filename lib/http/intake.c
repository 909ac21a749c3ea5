/*
 * intake.c - a request taken apart.  See intake.h; what bodies mean is
 * decode.c.
 */
#include "config.h"

#include "http/intake.h"

#include "base/json.h"
#include "http/decode.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

void
intake_refuse(struct intake *in, int status, const char *why)
{
	if (in->refused_status != 0)
		return;
	in->refused_status = status;
	in->refused_why = why;
}

static const char *
header(const struct intake_request *rq, const char *name)
{
	const char *value = json_get_string(rq->headers, name);

	return value != NULL ? value : "";
}

/* A compressed body would be refused as no JSON, which helps nobody. */
static int
is_encoded(const struct intake_request *rq)
{
	const char *coding = header(rq, "content-encoding");

	return coding[0] != '\0' && strcasecmp(coding, "identity") != 0;
}

/* GET and HEAD have no body of their own; other requests may do without when
 * neither a type nor a length promises one. */
static int
does_without_body(const struct intake_request *rq)
{
	const char *length = header(rq, "content-length");

	return rq->body_len == 0 && (strcmp(rq->method, "GET") == 0 ||
				     strcmp(rq->method, "HEAD") == 0 ||
				     (rq->content_type[0] == '\0' &&
				      strspn(length, "0") == strlen(length) &&
				      rq->query[0] != '\0'));
}

static void
read_query(struct mem *m, const struct intake_request *rq, struct intake *out)
{
	struct err e = ERR_INIT;

	if (decode_form(m, rq->query, strlen(rq->query), &out->query, &e) == -1)
		intake_refuse(out, 400,
			      mem_printf(m, "query string: %s", e.text));
}

static void
read_body(struct mem *m, const struct intake_request *rq, struct intake *out)
{
	struct err e = ERR_INIT;

	switch (decode_body(m, rq->content_type, rq->body, rq->body_len,
			    &out->payload, &e)) {
	case DECODE_OK:
		break;
	case DECODE_MALFORMED:
		intake_refuse(out, 400, mem_strdup(m, e.text));
		break;
	case DECODE_UNSUPPORTED:
		intake_refuse(out, 415, mem_strdup(m, e.text));
		break;
	}
}

void
intake_read(struct mem *m, const struct intake_request *rq, struct intake *out)
{
	memset(out, 0, sizeof(*out));
	read_query(m, rq, out);
	if (does_without_body(rq))
		return;
	if (is_encoded(rq))
		intake_refuse(out, 415,
			      "compressed bodies (Content-Encoding) are not "
			      "taken: send it as it is");
	else
		read_body(m, rq, out);
}
