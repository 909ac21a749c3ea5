/*
 * sparkline.c - see sparkline.h.  Colour comes from the style sheet (.spark).
 */
#include "config.h"

#include "sparkline.h"

#include "http/html.h"
#include "web.h"

#include <inttypes.h>

#include "base/banned.h"

#define BAR 6 /* the width of one, and the gap behind it */
#define GAP 2
#define HEIGHT 24

static int64_t
number(struct json_object *days, size_t i)
{
	return json_object_get_int64(json_object_array_get_idx(days, i));
}

/* A day with anything is seen, however much the others have. */
static int
bar_height(int64_t n, int64_t most)
{
	int h;

	if (n <= 0 || most <= 0)
		return 1;
	h = (int)(n * (HEIGHT - 2) / most);
	return h < 3 ? 3 : h;
}

void
sparkline(struct page *p, struct json_object *days, const char *label)
{
	size_t i, n = days != NULL ? json_object_array_length(days) : 0;
	int64_t sum = 0, most = 0, one;
	int h;

	for (i = 0; i < n; i++) {
		one = number(days, i);
		sum += one;
		most = one > most ? one : most;
	}
	buf_addf(
		&p->body,
		"<svg class=\"spark\" role=\"img\" width=\"%zu\" height=\"%d\" "
		"viewBox=\"0 0 %zu %d\" aria-label=\"",
		n * (BAR + GAP), HEIGHT, n * (BAR + GAP), HEIGHT);
	html_text(&p->body, label);
	buf_addf(&p->body,
		 ": %" PRId64 " in %zu days, at most %" PRId64 " a day\">", sum,
		 n, most);
	for (i = 0; i < n; i++) {
		one = number(days, i);
		h = bar_height(one, most);
		buf_addf(&p->body,
			 "<rect x=\"%zu\" y=\"%d\" width=\"%d\" height=\"%d\" "
			 "rx=\"1\" fill=\"currentColor\"%s/>",
			 i * (BAR + GAP), HEIGHT - h, BAR, h,
			 one > 0 ? "" : " opacity=\".3\"");
	}
	html(&p->body, "</svg>");
}
