/*
 * net_trace.c - how far a call came.  See net_trace.h.
 */
#include "config.h"

#include "act/net_trace.h"

#include <string.h>

#include "base/banned.h"

#define ANSWER_MAX ((size_t)64 * 1024)
#define HEADERS_MAX ((size_t)16 * 1024)
#define DIALOGUE_LINES 8
#define DIALOGUE_LINE_MAX ((size_t)200)

void
net_trace_begin(struct net_trace *t, struct net_call *c, const char *where)
{
	*t = (struct net_trace){ .call = c, .where = where };
	buf_reset(&c->answer);
}

/* The length of a line without its end. */
static size_t
line_length(const char *line, size_t len)
{
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	return len;
}

/* Make room for a line: where there are as many as are kept, the first goes. */
static void
drop_first_line(struct buf *all)
{
	const char *end = all->s;
	size_t n = 0;

	while ((end = strchr(end, '\n')) != NULL) {
		end++;
		n++;
	}
	if (n < DIALOGUE_LINES)
		return;
	end = strchr(all->s, '\n') + 1;
	all->len -= (size_t)(end - all->s);
	memmove(all->s, end, all->len + 1);
}

/* Keep what was said, as one line of ASCII. */
static void
note_line(struct net_trace *t, char who, const char *line, size_t len)
{
	struct buf *all = &t->call->answer;
	size_t i;

	if (len > DIALOGUE_LINE_MAX)
		len = DIALOGUE_LINE_MAX;
	drop_first_line(all);
	buf_addc(all, who);
	buf_addc(all, ' ');
	for (i = 0; i < len; i++)
		buf_addc(all, line[i] < 0x20 || line[i] > 0x7e ? '?' : line[i]);
	buf_addc(all, '\n');
}

/* Keep a command; of a login, the mechanism alone. */
static void
note_command(struct net_trace *t, const char *line, size_t len)
{
	static const char auth[] = "AUTH ";
	const char *blank;
	size_t rest;

	len = line_length(line, len);
	if (t->is_login) {
		line = "***";
		len = strlen(line);
	} else if (len > strlen(auth) &&
		   memcmp(line, auth, strlen(auth)) == 0) {
		t->is_login = 1;
		rest = len - strlen(auth);
		blank = memchr(line + strlen(auth), ' ', rest);
		if (blank != NULL)
			len = (size_t)(blank - line);
	}
	note_line(t, '>', line, len);
}

void
net_trace_command(struct net_trace *t, const char *bytes, size_t len)
{
	t->is_header_sent = 1;
	if (t->call->kind != NET_SMTP)
		return;
	if (len > 4 && memcmp(bytes, "QUIT", 4) == 0)
		t->is_quitting = 1;
	else
		note_command(t, bytes, len);
	if (len > 5 && memcmp(bytes, "MAIL ", 5) == 0)
		t->is_about_message = 1;
}

int
net_was_handed_over(const struct net_trace *t)
{
	if (t->call->kind == NET_SMTP)
		return t->n_read == t->call->body_len;
	return t->is_header_sent && t->n_sent >= t->call->body_len;
}

size_t
net_take_answer(char *bytes, size_t size, size_t n, void *trace)
{
	struct net_call *c = ((struct net_trace *)trace)->call;
	size_t room = ANSWER_MAX - c->answer.len;

	size *= n;
	if (size <= room) {
		buf_add(&c->answer, bytes, size);
		return size;
	}
	buf_add(&c->answer, bytes, room);
	c->answer_is_cut = 1;
	return room;
}

size_t
net_take_header(char *line, size_t size, size_t n, void *trace)
{
	struct buf *all = &((struct net_trace *)trace)->call->answer_headers;
	size_t len = line_length(line, size * n), i;

	if (len > 5 && memcmp(line, "HTTP/", 5) == 0)
		buf_reset(all);
	if (memchr(line, ':', len) == NULL || len >= HEADERS_MAX - all->len)
		return size * n;
	for (i = 0; i < len; i++)
		buf_addc(all, (unsigned char)line[i] < 0x20 ? ' ' : line[i]);
	buf_addc(all, '\n');
	return size * n;
}

size_t
net_take_reply(char *line, size_t size, size_t n, void *trace)
{
	struct net_trace *t = trace;
	size_t len = line_length(line, size * n);

	if (t->is_quitting) /* the answer to that is about nothing */
		return size * n;
	note_line(t, '<', line, len);
	if (len < 3 || memcmp(line, "334", 3) != 0)
		t->is_login = 0;
	if (len >= sizeof(t->reply))
		len = sizeof(t->reply) - 1;
	memcpy(t->reply, line, len);
	t->reply[len] = '\0';
	return size * n;
}

/* From the last piece on the final dot may be out, and only a reply that
 * comes later says what became of the message. */
size_t
net_give_message(char *out, size_t size, size_t n, void *trace)
{
	struct net_trace *t = trace;
	size_t left = t->call->body_len - t->n_read;

	size *= n;
	if (size > left)
		size = left;
	memcpy(out, (const char *)t->call->body + t->n_read, size);
	t->n_read += size;
	if (size > 0 && net_was_handed_over(t))
		t->reply[0] = '\0';
	return size;
}
