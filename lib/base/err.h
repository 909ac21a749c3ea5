/*
 * err.h - what went wrong: a kind that says what the caller may do, and one
 * line of text for a person.  Nothing here logs; the layer that ends the
 * request, the step or the command does (log.h), once.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUSTUSE __attribute__((warn_unused_result))
#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

enum err_kind {
	ERR_NONE = 0,
	ERR_INPUT, /* what came in is wrong: 400/422, usage; never retried */
	ERR_AUTH,  /* bad signature, credential or session */
	ERR_GONE,  /* no such thing, or the lease was lost */
	ERR_TEMP,  /* try again later: database away, HTTP 5xx, SMTP 4xx */
	ERR_PERM,  /* trying again can't help: HTTP 4xx, SMTP 5xx, bad template
		    */
	ERR_BUG	   /* we are wrong: say so loudly */
};

#define ERR_TEXT_MAX 512

struct err {
	enum err_kind kind;
	char text[ERR_TEXT_MAX]; /* one line, no control characters */
	int is_unknown; /* what failed may have taken effect all the same */
	int is_away;	/* of ERR_TEMP: nobody answered */
};

#define ERR_INIT                         \
	{                                \
		ERR_NONE, { '\0' }, 0, 0 \
	}

/*
 * Say what went wrong.  Control characters of the formatted text become
 * spaces (libpq's and curl's messages span lines); what is too long is cut.
 * Returns -1, so that `return err_set(...)` is the idiom.  `e` may be NULL
 * where the caller does not want to know.  is_unknown and is_away are then
 * not set: whoever knows better sets them after it.
 */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
	PRINTF(3, 4);

/*
 * Put "CONTEXT: " before the text that is there; the kind stays.
 * Returns -1.
 */
int err_context(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/* The kind's name for logs: "input", "temp", ... */
const char *err_kind_name(enum err_kind kind);

#endif
