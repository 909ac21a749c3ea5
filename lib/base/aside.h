/*
 * aside.h - a call that may hang is made aside, in a thread of its own, and
 * waited for only so long.
 */
#ifndef BASE_ASIDE_H
#define BASE_ASIDE_H

/*
 * Call fn(arg) in another thread and wait for its end for at most `wait_ms`.
 * 1: it has ended.  0: it goes on by itself, or there was no thread to be had
 * and it was not called; either way `release(arg)` is called, once, when
 * nobody needs `arg` any more.  The thread takes no signals.
 */
int aside(void (*fn)(void *), void (*release)(void *), void *arg, int wait_ms);

#endif
