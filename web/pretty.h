/*
 * pretty.h - JSON for people to read.
 */
#ifndef WEB_PRETTY_H
#define WEB_PRETTY_H

#include <json-c/json_object.h>

struct page;

/* A value as <pre>: indented; a text as it is, and one that spells JSON as what
 * it spells. */
void pretty_json(struct page *p, struct json_object *v);

/* A name as words: "again_in_s" is "Again in s"; from the pool. */
const char *pretty_words(struct page *p, const char *name);

#endif
