/*
 * outside.h - the network as the configuration wants it.
 */
#ifndef ENGINE_OUTSIDE_H
#define ENGINE_OUTSIDE_H

#include "act/net.h"
#include "base/conf.h"
#include "base/err.h"

/* Reads the relay's password too.  NULL with *e set when the configuration
 * can't be used. */
struct net *outside_open(const struct conf *c, struct err *e);

#endif
