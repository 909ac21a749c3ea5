/*
 * unsubscribe.h - a request at /u/TOKEN, the link in marketing e-mail: mail
 * programs unsubscribe their user by one POST (RFC 8058), people see a page
 * with a button.
 */
#ifndef FCGI_UNSUBSCRIBE_H
#define FCGI_UNSUBSCRIBE_H

#include "house.h"

/* Answer a request at /u/`token`. */
void unsubscribe(struct house *h, struct req *rq, const char *token);

#endif
