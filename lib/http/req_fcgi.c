/*
 * req_fcgi.c - requests of a FastCGI responder, one after the other; the only
 * file that includes libfcgi.
 *
 * Threads may each take requests of their own.
 *
 * libfcgi takes an interrupted read or write for a lost connection, so the
 * signals that ask a process to stop are let in at one place only: while no
 * request is in hand.  The handlers themselves are the program's.
 */
#include "config.h"

#include "http/req_server.h"

#include "base/log.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/banned.h"

#define LISTEN_FD 0

/* One at a time in each thread; libfcgi reuses it. */
static _Thread_local FCGX_Request request;
static _Thread_local int has_request;
static _Thread_local sigset_t mask_outside; /* the program's own signal mask */

/* Connections are taken by one thread at a time: the others would only be
 * woken for nothing. */
static pthread_mutex_t accepting = PTHREAD_MUTEX_INITIALIZER;

int
req_fcgi_is_caller(void)
{
	return !FCGX_IsCGI();
}

/*
 * Whoever can write to the socket can end the process (libfcgi before 2.4.7
 * aborts on some lengths, CVE-2025-23016), so it must be one that has an owner
 * and a mode.
 */
static int
check_socket(void)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);

	memset(&sa, 0, sizeof(sa));
	if (getsockname(LISTEN_FD, (struct sockaddr *)&sa, &len) == 0 &&
	    sa.ss_family == AF_UNIX)
		return 0;
	log_error("expected a Unix socket as file descriptor 0, found a "
		  "network socket, which anyone who reaches the port could "
		  "write to; let the web server start this program, or use "
		  "spawn-fcgi -s PATH -M 0600 instead of -a and -p");
	return -1;
}

static void
block_stop_signals(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGHUP);
	sigaddset(&stop, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &stop, &mask_outside);
}

/*
 * Not to block lets a process that shares the socket, and lost the race for a
 * connection, see its signals.  (On Linux the connections themselves block.)
 */
static int
open_socket(void)
{
	static int is_open;
	int flags;

	if (is_open)
		return 0;
	if (check_socket() == -1)
		return -1;
	flags = fcntl(LISTEN_FD, F_GETFL);
	signal(SIGPIPE, SIG_IGN);
	if (flags == -1 ||
	    fcntl(LISTEN_FD, F_SETFL, flags | O_NONBLOCK) == -1 ||
	    FCGX_Init() != 0) {
		log_error("the FastCGI socket can't be used: %s",
			  strerror(errno));
		return -1;
	}
	is_open = 1;
	return 0;
}

static int
get_ready(void)
{
	int rc;

	pthread_mutex_lock(&accepting);
	rc = open_socket();
	pthread_mutex_unlock(&accepting);
	if (rc == 0 && !has_request &&
	    FCGX_InitRequest(&request, LISTEN_FD, FCGI_FAIL_ACCEPT_ON_INTR) ==
		    0)
		has_request = 1;
	return has_request ? 0 : -1;
}

/* Without a promised length (chunked) only the end of the stream is sure. */
static long
fcgi_read(struct req *rq, void *bytes, size_t len)
{
	int n;

	(void)rq;
	if (request.in == NULL)
		return 0;
	n = FCGX_GetStr(bytes, len > INT_MAX ? INT_MAX : (int)len, request.in);
	return n == 0 && FCGX_GetError(request.in) != 0 ? -1 : n;
}

/*
 * Take what is left of the body.  mod_fcgid sends all of it before it looks
 * for an answer, so to write first could leave both waiting.
 */
static void
drain(void)
{
	char trash[4096];

	while (FCGX_GetStr(trash, sizeof(trash), request.in) > 0)
		;
}

static int
fcgi_write(struct req *rq, const void *bytes, size_t len)
{
	const char *from = bytes;

	(void)rq;
	if (request.out == NULL)
		return -1;
	drain();
	while (len > 0) {
		int part = len > INT_MAX ? INT_MAX : (int)len;

		if (FCGX_PutStr(from, part, request.out) != part)
			return -1;
		from += part;
		len -= (size_t)part;
	}
	return 0;
}

/*
 * The connection is closed even if the server would keep it: we could not wait
 * for signals and for two descriptors inside libfcgi's read.  libfcgi, before
 * it closes, waits until the server has, lest what is still unread breaks the
 * connection before the answer is read; of a whole request nothing is.
 */
static void
close_connection(void)
{
	int is_whole = FCGX_GetError(request.in) == 0;

	FCGX_Free(&request, !is_whole);
	if (is_whole)
		close(request.ipcFd);
	request.ipcFd = -1;
}

/* With stderr closed first, one write carries the answer and its end. */
static int
fcgi_finish(struct req *rq)
{
	int rc;

	(void)rq;
	if (request.in == NULL)
		return 0;
	drain();
	FCGX_FClose(request.err);
	rc = FCGX_FClose(request.out) == 0 ? 0 : -1;
	close_connection();
	pthread_sigmask(SIG_SETMASK, &mask_outside, NULL);
	return rc;
}

/* Take a connection if there is one; an errno, 0 when `request` is filled. */
static int
take_connection(void)
{
	int rc;

	errno = 0; /* libfcgi answers -errno, and leaves it when told to stop */
	rc = FCGX_Accept_r(&request);
	if (rc == 0)
		return 0;
	return rc == -EINTR || rc == -EAGAIN || rc == -EWOULDBLOCK ? EAGAIN
								   : ECANCELED;
}

/* Wait for a connection, or to be told to stop; 0 when one was taken. */
static int
wait_for_connection(void)
{
	struct pollfd p[2] = { { .fd = LISTEN_FD, .events = POLLIN },
			       { .fd = req_stop_fd(), .events = POLLIN } };
	int rc = EAGAIN;

	while (rc == EAGAIN && !req_stopping()) {
		ppoll(p, p[1].fd >= 0 ? 2 : 1, NULL, &mask_outside);
		if (!req_stopping())
			rc = take_connection();
	}
	return rc;
}

static int
fcgi_accept(struct req *rq, char ***env)
{
	int rc;

	if (get_ready() == -1)
		return 0;
	fcgi_finish(rq); /* one that was neither answered nor finished */
	block_stop_signals();
	pthread_mutex_lock(&accepting);
	rc = wait_for_connection();
	pthread_mutex_unlock(&accepting);
	if (rc != 0) {
		pthread_sigmask(SIG_SETMASK, &mask_outside, NULL);
		return 0;
	}
	rq->server = &request;
	*env = request.envp;
	return 1;
}

const struct req_server req_fcgi = {
	.accept = fcgi_accept,
	.read = fcgi_read,
	.write = fcgi_write,
	.finish = fcgi_finish,
};
