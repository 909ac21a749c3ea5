/*
 * fuzz_xml.c - whatever bytes come as XML, decoding ends with an object that
 * nests no deeper than JSON may, or with a refusal.
 */
#include "config.h"

#include "fuzz_kit.h"

#include "http/decode.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = {
		"application/xml",
		"text/xml; charset=utf-8",
		"text/xml; charset=windows-1252",
	};
	struct mem *m = mem_new();
	struct json_object *o;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct err e = ERR_INIT;

		if (decode_body(m, types[i], (const char *)data, size, &o,
				&e) != DECODE_OK) {
			if (e.kind != ERR_INPUT)
				abort();
			continue;
		}
		if (!json_object_is_type(o, json_type_object))
			abort();
		check_round_trip(o, JSON_MAX_DEPTH);
	}
	mem_free(m);
	return 0;
}
