/*
 * stop.h - how the programs that a web server spawns end.
 */
#ifndef FCGI_STOP_H
#define FCGI_STOP_H

/* SIGTERM and SIGUSR1: finish the request in hand, then no more. */
void stop_on_sigterm(void);

#endif
