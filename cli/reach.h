/*
 * reach.h - does anybody listen there, and is it us?
 */
#ifndef CLI_REACH_H
#define CLI_REACH_H

#include "base/err.h"

/*
 * Connect by TCP to the host and port of `url` ("smtp://host:587",
 * "smtps://[::1]"), trying all its addresses for `timeout_ms` each, and hang
 * up.  0, or ERR_TEMP with the reason.
 */
MUSTUSE int reach_url(const char *url, int timeout_ms, struct err *e);

/* Does `url` name this machine itself: localhost, 127.0.0.0/8 or [::1]? */
int reach_is_loopback(const char *url);

/* GET `url`, which should be some hook.fcgi's /healthz, within so many
 * seconds: 0 when it answers as hook.fcgi does, else -1 with the reason. */
MUSTUSE int reach_healthz(const char *url, int timeout_s, struct err *e);

#endif
