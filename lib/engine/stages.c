/*
 * stages.c - where the time of one request goes.  See stages.h.
 */
#include "config.h"

#include "engine/stages.h"

#include "base/clock.h"

#include <string.h>

#include "base/banned.h"

void
stages_begin(struct stages *s)
{
	memset(s, 0, sizeof(*s));
	s->began_us = s->last_us = clock_us();
}

void
stage_end(struct stages *s, enum stage stage)
{
	int64_t now = clock_us();

	s->us[stage] += now - s->last_us;
	s->last_us = now;
}
