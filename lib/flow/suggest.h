/*
 * suggest.h - a mapping that a sample suggests: which of its places are the
 * contact's e-mail address, number, name and so on, by what they are called in
 * the naming styles that senders have, and by what they hold.  Pure.
 *
 * A guess for a person to look at: nothing is mapped by itself.
 */
#ifndef FLOW_SUGGEST_H
#define FLOW_SUGGEST_H

#include "flow/sample.h"

#include <json-c/json_object.h>

/*
 * Mapping rules (flow/map.h): one for each field of the contact that is found,
 * with the best place, and the other scalars as custom variables, each under a
 * name of its own.  Places that belong to a customer come before those of a
 * shop or a sender, shallow ones before deep ones.  Telephone numbers without
 * country code are those of `country`.  Headers are not looked at.  Owned by
 * the pool of the sample.
 */
struct json_object *suggest_rules(const struct sample *s, const char *country);

/* What a person would call this place: "Order id", or the question that it
 * answers; in the pool. */
const char *suggest_label(struct mem *m, const struct place *p);

/* The type of a custom field that such a value fits: text, number, date,
 * boolean or list. */
const char *suggest_type(struct mem *m, struct json_object *value);

#endif
