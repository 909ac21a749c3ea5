/*
 * fail_malloc.c - memory that runs out at a chosen moment: preloaded into
 * hook.fcgi by faults.sh.  Whoever takes a connection looks for the file that
 * FAIL_MALLOC names, "N once" or "N on", and removes it: the N-th allocation
 * from then on fails, alone or with all that follow, until the next connection
 * is taken.  FILE.hit then says that one did fail; FILE.count, how many the
 * request made.  Knows glibc's own names of its allocator.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static atomic_long count, nth;
static atomic_int armed, goes_on;

/* Beside the file that FAIL_MALLOC names; without an allocation. */
static void
leave(const char *ending, const char *text)
{
	const char *name = getenv("FAIL_MALLOC");
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s.%s", name, ending);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		_exit(99);
	close(fd);
}

static int
fails(void)
{
	long n;

	if (!armed)
		return 0;
	n = ++count;
	if (n != nth && (n < nth || !goes_on))
		return 0;
	if (n == nth)
		leave("hit", "");
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return fails() ? NULL : __libc_realloc(p, size);
}

static void
disarm(void)
{
	char text[32];

	if (!armed)
		return;
	armed = 0;
	snprintf(text, sizeof(text), "%ld\n", (long)count);
	leave("count", text);
}

static void
arm(void)
{
	const char *name = getenv("FAIL_MALLOC");
	char text[32] = "";
	int fd;

	disarm();
	if (name == NULL)
		return;
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return;
	if (unlink(name) == 0 && read(fd, text, sizeof(text) - 1) > 0) {
		nth = strtol(text, NULL, 10);
		goes_on = strstr(text, " on\n") != NULL;
		count = 0;
		armed = 1;
	}
	close(fd);
}

int
accept(int fd, struct sockaddr *from, socklen_t *len)
{
	static int (*real)(int, struct sockaddr *, socklen_t *);
	int taken;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "accept");
	taken = real(fd, from, len);
	if (taken != -1)
		arm();
	return taken;
}
