/*
 * delivery.c - hookline delivery: what came in, and what became of it.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "store/delivery.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define LIMIT "20"

CLI_COMMAND(cmd_delivery_list)
{
	struct delivery_filter f;
	struct json_object *list;

	if (cli_delivery_filter(c, a, LIMIT, &f, e) == -1 ||
	    delivery_list(c->db, c->account_id, &f, c->mem, &list, e) == -1)
		return -1;
	if (c->is_json)
		print_json(list);
	else
		print_table(list,
			    "id received_at workflow_name=WORKFLOW method "
			    "http_status=HTTP outcome contact run reason",
			    f.before != NULL || f.search != NULL ||
					    f.outcome != NULL ||
					    f.since.at != NULL ||
					    f.since.ago != NULL
				    ? "no such deliveries"
				    : "no deliveries yet");
	return 0;
}

static void
add_base64(struct buf *out, const char *s, size_t len)
{
	buf_grow(out, len / 3 * 4 + 5);
	out->len += (size_t)EVP_EncodeBlock((unsigned char *)out->s + out->len,
					    (const unsigned char *)s, (int)len);
}

static int
is_text(const char *body, size_t len)
{
	size_t at;

	return text_is_utf8(body, len, &at) && memchr(body, '\0', len) == NULL;
}

/* The body as it came where JSON can hold it, else in base64. */
static void
set_body(struct json_object *o, const char *body, size_t len)
{
	struct buf text = BUF_INIT;

	if (is_text(body, len))
		buf_add(&text, body, len);
	else
		add_base64(&text, body, len);
	json_set_string(o, "body_encoding",
			is_text(body, len) ? "text" : "base64");
	json_object_object_add(
		o, "body", json_object_new_string_len(text.s, (int)text.len));
	buf_free(&text);
}

static void
print_request(struct json_object *headers, const char *body, size_t len)
{
	struct buf text = BUF_INIT;

	json_object_object_foreach (headers, name, value)
		buf_addf(&text, "%s: %s\n", name,
			 json_object_get_string(value));
	buf_addc(&text, '\n');
	if (is_text(body, len))
		buf_add(&text, body, len);
	else
		buf_addf(&text, "(%zu bytes that are no text: --json has them)",
			 len);
	print_text(text.s, text.len);
	buf_free(&text);
}

/* The answer to "why did nothing happen?". */
static void
print_checks(struct json_object *o)
{
	struct json_object *parts = json_get(o, "parts");

	putchar('\n');
	print_table(json_get(o, "checks"), "check verdict detail+",
		    "no checks were kept");
	if (parts == NULL)
		return;
	putchar('\n');
	print_table(parts,
		    "part_no=PART delivery status=OUTCOME contact run reason+",
		    "no parts");
}

CLI_COMMAND(cmd_delivery_show)
{
	struct json_object *o;
	const char *body;
	size_t len;

	if (cli_check_id("delivery", a->operand[0], e) == -1 ||
	    delivery_show(c->db, c->account_id, a->operand[0], c->mem, &o,
			  &body, &len, e) == -1)
		return -1;
	if (c->is_json) {
		set_body(o, body, len);
		print_json(o);
		return 0;
	}
	print_fields(o, "id received_at workflow_name=WORKFLOW outcome reason "
			"http_status contact run part_of part_no=PART "
			"replay_of remote_addr method query content_type");
	if (json_get_bool(o, "is_conflict", 0))
		puts("The same key came with another body before.");
	if (json_get_bool(o, "used_old_url", 0))
		puts("It came to a URL that had been rotated.");
	print_checks(o);
	putchar('\n');
	print_request(json_get(o, "headers"), body, len);
	return 0;
}
