/*
 * workers.h - a few threads that carry out jobs which block.  Knows no jobs.
 * Why threads at all: libcurl waits for the answer to SMTP's final dot inside
 * its event loop, so one slow relay would hold up every other call.
 */
#ifndef ACT_WORKERS_H
#define ACT_WORKERS_H

struct workers;

/* What a thread does; each function runs in it. */
struct workers_kind {
	void *(*begin)(void); /* the thread's own state */
	void (*work)(void *state, void *job);
	void (*end)(void *state);
};

/* At most `max` threads, started when there is work.  They take no signals. */
struct workers *workers_new(const struct workers_kind *kind, int max);

/* Hand over a job.  The caller never has more than `max` unfinished.  Returns
 * -1 when no thread could be started for it. */
int workers_add(struct workers *w, void *job);

/* Wait for jobs in hand, drop those not begun, free.  NULL is allowed. */
void workers_free(struct workers *w);

#endif
