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

#endif
