/*
 * assets.h - the style sheet and the script, as they are compiled in: packed
 * by gzip, and named by their content so that browsers may keep them.
 */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include <stddef.h>

struct asset {
	const unsigned char *packed; /* by gzip */
	size_t len;
	const char *tag; /* changes with the content */
};

extern const struct asset asset_style, asset_script;

#endif
