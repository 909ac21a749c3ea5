/*
 * log.h - one line per event, to syslog or stderr.  Callers pass ids and
 * reasons, never payloads, tokens or credentials.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum log_level {
	LOG_LEVEL_ERROR, /* somebody must do something */
	LOG_LEVEL_WARN,	 /* something was refused or postponed */
	LOG_LEVEL_INFO,	 /* what an operator likes to see */
	LOG_LEVEL_DEBUG
};

/*
 * Open the log.  `program` names the process; `target` is "syslog" or
 * "stderr"; `level` is "error", "warning", "info" or "debug": what is less
 * urgent is dropped.  Before this call everything up to info goes to stderr.
 */
void log_open(const char *program, const char *target, const char *level);

/* Write one line; control characters become spaces. */
void log_line(enum log_level level, const char *fmt, ...) PRINTF(2, 3);

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
