/*
 * stop.c - how the programs that a web server spawns end.  See stop.h.
 */
#include "config.h"

#include "stop.h"

#include "http/req.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "base/banned.h"

static void
on_signal(int signo)
{
	(void)signo;
	req_stop();
}

/* Without SA_RESTART, so that waiting for a request ends too. */
void
stop_on_sigterm(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}
