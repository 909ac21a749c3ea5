/*
 * fuzz_multipart.c - whatever bytes come as multipart/form-data, decoding ends
 * with an object that nests no deeper than JSON may, or with a refusal; and of
 * what is taken, nothing that was cut before the closing delimiter is.
 */
#include "config.h"

#include "fuzz_kit.h"

#include "http/decode.h"

static int
decode(struct mem *m, const char *type, const char *body, size_t len,
       struct json_object **o)
{
	struct err e = ERR_INIT;
	enum decode_result rc = decode_body(m, type, body, len, o, &e);

	if (rc != DECODE_OK && e.kind != ERR_INPUT)
		abort();
	return rc == DECODE_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *body = (const char *)data;
	struct mem *m = mem_new();
	struct json_object *o;
	char *boundary;
	size_t len = size;

	if (decode(m, "multipart/form-data; boundary=B", body, size, &o)) {
		if (!json_object_is_type(o, json_type_object))
			abort();
		check_round_trip(o, JSON_MAX_DEPTH);
		while (len > 0 && body[len - 1] != '-')
			len--;
		if (decode(m, "multipart/form-data; boundary=B", body, len - 1,
			   &o))
			abort();
	}
	boundary = cut_text(m, data, size, &body, &len);
	if (decode(m,
		   mem_printf(m, "multipart/form-data; charset=latin1; %s",
			      boundary),
		   body, len, &o))
		check_round_trip(o, JSON_MAX_DEPTH);
	mem_free(m);
	return 0;
}
