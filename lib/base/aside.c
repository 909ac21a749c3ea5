/*
 * aside.c - a call that may hang is made aside.  See aside.h; what is called is
 * the caller's business.
 */
#include "config.h"

#include "base/aside.h"

#include "base/mem.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/banned.h"

/* Who comes last, the caller or the thread, puts it away. */
struct errand {
	void (*fn)(void *);
	void (*release)(void *);
	void *arg;
	sem_t done;
	atomic_int users;
};

static void
leave(struct errand *d)
{
	if (atomic_fetch_sub(&d->users, 1) > 1)
		return;
	d->release(d->arg);
	sem_destroy(&d->done);
	free(d);
}

static void *
run(void *arg)
{
	struct errand *d = arg;

	d->fn(d->arg);
	sem_post(&d->done);
	leave(d);
	return NULL;
}

static int
start(struct errand *d)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int rc;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&thread, &attr, run, d);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return rc == 0 ? 0 : -1;
}

static int
wait_for(struct errand *d, int wait_ms)
{
	struct timespec until;
	int rc;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	do
		rc = sem_timedwait(&d->done, &until);
	while (rc == -1 && errno == EINTR);
	return rc == 0;
}

int
aside(void (*fn)(void *), void (*release)(void *), void *arg, int wait_ms)
{
	struct errand *d = xmalloc(sizeof(*d));
	int has_ended = 0;

	memset(d, 0, sizeof(*d));
	d->fn = fn;
	d->release = release;
	d->arg = arg;
	sem_init(&d->done, 0, 0);
	atomic_init(&d->users, 2);
	if (start(d) == 0)
		has_ended = wait_for(d, wait_ms);
	else
		leave(d);
	leave(d);
	return has_ended;
}
