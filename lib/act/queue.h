/*
 * queue.h - which call may begin: first come first, so many at once, so many
 * of these to one destination.  Knows no calls, only items that the caller's
 * structs begin with.
 */
#ifndef ACT_QUEUE_H
#define ACT_QUEUE_H

#include <pthread.h>

struct queue_item {
	const char *dest;	 /* the caller's, until the end */
	int *leave;		 /* NULL: it begins when its turn comes */
	struct queue_item *next; /* waiting, asking or ended */
	struct queue_item *active_next; /* begun, until taken as ended */
};

/* What *leave goes through: the item's turn has come when the queue asks, it
 * keeps its place, and begins when its owner gives leave. */
enum { QUEUE_LEAVE_WANTED = 1, QUEUE_LEAVE_ASKED, QUEUE_LEAVE_GIVEN };

struct queue {
	int max, per_dest;
	int n_asked;  /* how often leave was asked for, ever */
	int n_active; /* begun, at most max */
	int n;	      /* all that are in here */
	struct queue_item *waiting, **waiting_end, *active, *asking;
	pthread_mutex_t lock; /* guards ended: threads add to it */
	struct queue_item *ended, **ended_end;
};

void queue_init(struct queue *q, int max, int per_dest);
void queue_destroy(struct queue *q);

/* A new item: it waits, or (one that is faulty) has ended at once. */
void queue_add(struct queue *q, struct queue_item *i);
void queue_add_ended(struct queue *q, struct queue_item *i);

/* End each that waits, for its turn or for leave, and of which `is_to_end` is
 * true. */
void queue_end_waiting(struct queue *q, int (*is_to_end)(struct queue_item *i));

/* The next one that may begin, from now on active; or NULL. */
struct queue_item *queue_begin(struct queue *q);

/* An active one ended.  The only call for other threads. */
void queue_end(struct queue *q, struct queue_item *i);

/* Take out the first that ended, or NULL. */
struct queue_item *queue_take_ended(struct queue *q);

/* Take out any at all, or NULL: for the end of the process. */
struct queue_item *queue_take_any(struct queue *q);

#endif
