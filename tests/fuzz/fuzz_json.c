/*
 * fuzz_json.c - whatever bytes come as JSON or text, decoding ends, and what
 * was decoded is written as JSON that reads back the same.
 */
#include "config.h"

#include "fuzz_kit.h"

#include "http/decode.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = {
		"application/json",
		"application/json; charset=windows-1252",
		"text/plain",
		"text/csv; charset=iso-8859-1",
	};
	struct mem *m = mem_new();
	struct json_object *o;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (decode_body(m, types[i], (const char *)data, size, &o,
				&e) == DECODE_OK)
			check_round_trip(o, JSON_MAX_DEPTH);
	mem_free(m);
	return 0;
}
