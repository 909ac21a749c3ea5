/*
 * problem.c - error answers as application/problem+json.  See problem.h.
 */
#include "config.h"

#include "http/problem.h"

#include "base/json.h"

#include <string.h>

#include "base/banned.h"

/* clang-format off */
static const struct {
	int status;
	const char *reason; /* as in the IANA registry */
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
};
/* clang-format on */

const char *
http_reason(int status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown Status";
}

static void
add_text(struct buf *out, const char *text)
{
	json_write_string(out, text, strlen(text));
}

void
problem_write(struct buf *out, int status, const char *detail,
	      struct json_object *errors)
{
	buf_adds(out, "{\"type\":\"about:blank\",\"title\":");
	add_text(out, http_reason(status));
	buf_addf(out, ",\"status\":%d,\"detail\":", status);
	add_text(out, detail);
	if (errors != NULL) {
		buf_adds(out, ",\"errors\":");
		json_write(out, errors);
	}
	buf_addc(out, '}');
}
