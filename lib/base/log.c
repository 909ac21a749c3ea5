/*
 * log.c - one line per event.  See log.h.
 */
#include "config.h"

#include "base/log.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/banned.h"

#define LINE_MAX_BYTES 2048

static enum log_level max_level = LOG_LEVEL_INFO;
static int to_syslog;
static const char *name = "hookline";

static const char *const level_names[] = { "error", "warning", "info",
					   "debug" };

void
log_open(const char *program, const char *target, const char *level)
{
	int i;

	name = program;
	for (i = 0; i <= LOG_LEVEL_DEBUG; i++)
		if (strcmp(level, level_names[i]) == 0)
			max_level = (enum log_level)i;
	to_syslog = strcmp(target, "syslog") == 0;
	if (to_syslog)
		openlog(program, LOG_PID, LOG_DAEMON);
}

void
log_line(enum log_level level, const char *fmt, ...)
{
	static const int priority[] = { LOG_ERR, LOG_WARNING, LOG_INFO,
					LOG_DEBUG };
	char line[LINE_MAX_BYTES];
	va_list ap;

	if (level > max_level)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	text_flatten(line);
	if (to_syslog)
		syslog(priority[level], "%s", line);
	else
		fprintf(stderr, "%s[%ld]: %s: %s\n", name, (long)getpid(),
			level_names[level], line);
}
