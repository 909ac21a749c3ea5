/*
 * settings.h - the frame of the settings' pages.
 */
#ifndef WEB_SETTINGS_H
#define WEB_SETTINGS_H

struct page;

/* Title, and tabs with `tab` marked: "general", "fields", "constants",
 * "secrets", "users".  Ends with layout_end(). */
void settings_frame(struct page *p, const char *tab);

/* The page of a question before something is removed: `what` is named, `path`
 * takes the answer, `back` is the tab's. */
void settings_ask(struct page *p, const char *title, const char *text,
		  const char *path, const char *back);

#endif
