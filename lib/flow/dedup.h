/*
 * dedup.h - where senders put the id that stays the same when they deliver an
 * event again, as a table: what a trigger's dedup.preset can name.  Pure data.
 */
#ifndef FLOW_DEDUP_H
#define FLOW_DEDUP_H

struct dedup_preset {
	const char *name;
	const char *paths[3]; /* the first that has a value counts */
};

/* Ended by a row without name. */
extern const struct dedup_preset dedup_presets[];

/* The preset `name`, or NULL. */
const struct dedup_preset *dedup_preset_find(const char *name);

#endif
