/*
 * queue.c - which call may begin.  See queue.h.
 */
#include "config.h"

#include "act/queue.h"

#include <stddef.h>
#include <string.h>

#include "base/banned.h"

void
queue_init(struct queue *q, int max, int per_dest)
{
	*q = (struct queue){ .max = max, .per_dest = per_dest };
	q->waiting_end = &q->waiting;
	q->ended_end = &q->ended;
	pthread_mutex_init(&q->lock, NULL);
}

void
queue_destroy(struct queue *q)
{
	pthread_mutex_destroy(&q->lock);
}

void
queue_add(struct queue *q, struct queue_item *i)
{
	i->next = NULL;
	*q->waiting_end = i;
	q->waiting_end = &i->next;
	q->n++;
}

void
queue_add_ended(struct queue *q, struct queue_item *i)
{
	q->n++;
	queue_end(q, i);
}

void
queue_end(struct queue *q, struct queue_item *i)
{
	pthread_mutex_lock(&q->lock);
	i->next = NULL;
	*q->ended_end = i;
	q->ended_end = &i->next;
	pthread_mutex_unlock(&q->lock);
}

static int
is_busy(const struct queue *q, const char *dest)
{
	const struct queue_item *i;
	int count = 0;

	for (i = q->active; i != NULL; i = i->active_next)
		count += strcmp(i->dest, dest) == 0;
	return count >= q->per_dest;
}

/* Take the waiting item out that *at points to. */
static struct queue_item *
unlink_waiting(struct queue *q, struct queue_item **at)
{
	struct queue_item *i = *at;

	*at = i->next;
	if (q->waiting_end == &i->next)
		q->waiting_end = at;
	return i;
}

void
queue_end_waiting(struct queue *q, int (*is_to_end)(struct queue_item *i))
{
	struct queue_item **at = &q->waiting, *i;

	while (*at != NULL)
		if (is_to_end(*at))
			queue_end(q, unlink_waiting(q, at));
		else
			at = &(*at)->next;
	for (at = &q->asking; *at != NULL;)
		if (is_to_end(*at)) {
			i = *at;
			*at = i->next;
			queue_end(q, i);
		} else
			at = &(*at)->next;
}

/* One that was given the leave it asked for. */
static struct queue_item *
take_allowed(struct queue *q)
{
	struct queue_item **at, *i;

	for (at = &q->asking; (i = *at) != NULL; at = &i->next)
		if (*i->leave == QUEUE_LEAVE_GIVEN) {
			*at = i->next;
			return i;
		}
	return NULL;
}

/* The next one whose turn has come, from now on active. */
static struct queue_item *
take_turn(struct queue *q)
{
	struct queue_item **at, *i;

	if (q->n_active >= q->max)
		return NULL;
	for (at = &q->waiting; *at != NULL; at = &(*at)->next) {
		if (is_busy(q, (*at)->dest))
			continue;
		i = unlink_waiting(q, at);
		i->active_next = q->active;
		q->active = i;
		q->n_active++;
		return i;
	}
	return NULL;
}

struct queue_item *
queue_begin(struct queue *q)
{
	struct queue_item *i = take_allowed(q);

	while (i == NULL && (i = take_turn(q)) != NULL && i->leave != NULL &&
	       *i->leave == QUEUE_LEAVE_WANTED) {
		*i->leave = QUEUE_LEAVE_ASKED;
		q->n_asked++;
		i->next = q->asking;
		q->asking = i;
		i = NULL;
	}
	return i;
}

/* A faulty item was never active. */
static void
forget_active(struct queue *q, const struct queue_item *i)
{
	struct queue_item **at;

	for (at = &q->active; *at != NULL; at = &(*at)->active_next)
		if (*at == i) {
			*at = i->active_next;
			q->n_active--;
			return;
		}
}

struct queue_item *
queue_take_ended(struct queue *q)
{
	struct queue_item *i;

	pthread_mutex_lock(&q->lock);
	i = q->ended;
	if (i != NULL) {
		q->ended = i->next;
		if (q->ended == NULL)
			q->ended_end = &q->ended;
	}
	pthread_mutex_unlock(&q->lock);
	if (i != NULL) {
		forget_active(q, i);
		q->n--;
	}
	return i;
}

struct queue_item *
queue_take_any(struct queue *q)
{
	struct queue_item *i = queue_take_ended(q);

	if (i != NULL)
		return i;
	if (q->waiting != NULL)
		i = unlink_waiting(q, &q->waiting);
	else if (q->active != NULL) {
		i = q->active; /* an asking one too */
		forget_active(q, i);
	} else
		return NULL;
	q->n--;
	return i;
}
