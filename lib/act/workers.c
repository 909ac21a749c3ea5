/*
 * workers.c - a few threads that carry out jobs which block.  See workers.h.
 */
#include "config.h"

#include "act/workers.h"

#include "base/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/banned.h"

struct workers {
	const struct workers_kind *kind;
	int max, n_threads, n_idle;
	int n_jobs, first; /* jobs not begun: a ring in jobs[] */
	int is_stopping;
	pthread_mutex_t lock; /* guards all of it */
	pthread_cond_t changed;
	pthread_t *threads;
	void **jobs;
};

struct workers *
workers_new(const struct workers_kind *kind, int max)
{
	struct workers *w = xmalloc(sizeof(*w));

	*w = (struct workers){ .kind = kind, .max = max };
	w->threads = xmalloc((size_t)max * sizeof(*w->threads));
	w->jobs = xmalloc((size_t)max * sizeof(*w->jobs));
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	return w;
}

/* The next job, or NULL when it is time to go. */
static void *
take_job(struct workers *w)
{
	void *job = NULL;

	pthread_mutex_lock(&w->lock);
	w->n_idle++;
	while (w->n_jobs == 0 && !w->is_stopping)
		pthread_cond_wait(&w->changed, &w->lock);
	w->n_idle--;
	if (!w->is_stopping) {
		job = w->jobs[w->first];
		w->first = (w->first + 1) % w->max;
		w->n_jobs--;
	}
	pthread_mutex_unlock(&w->lock);
	return job;
}

static void *
run_thread(void *arg)
{
	struct workers *w = arg;
	void *state = w->kind->begin(), *job;

	while ((job = take_job(w)) != NULL)
		w->kind->work(state, job);
	w->kind->end(state);
	return NULL;
}

/* One more thread; signals are left to the threads that were there before. */
static void
start_thread(struct workers *w)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&w->threads[w->n_threads], NULL, run_thread, w) == 0)
		w->n_threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int
workers_add(struct workers *w, void *job)
{
	int rc = -1;

	pthread_mutex_lock(&w->lock);
	if (w->n_jobs >= w->n_idle && w->n_threads < w->max)
		start_thread(w);
	if (w->n_threads > 0 && w->n_jobs < w->max) {
		w->jobs[(w->first + w->n_jobs++) % w->max] = job;
		pthread_cond_signal(&w->changed);
		rc = 0;
	}
	pthread_mutex_unlock(&w->lock);
	return rc;
}

void
workers_free(struct workers *w)
{
	int i;

	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->is_stopping = 1;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	for (i = 0; i < w->n_threads; i++)
		pthread_join(w->threads[i], NULL);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w->threads);
	free(w->jobs);
	free(w);
}
