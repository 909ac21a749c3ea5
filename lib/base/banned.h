/*
 * banned.h - names that no C file of the house may use, each with what to use
 * instead.  Include it last: whoever writes one of them below gets a compile
 * error.  (System headers above may use them; tests may too.)
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/* No bound: buf_addf, mem_printf, snprintf. */
#pragma GCC poison sprintf vsprintf strcpy strcat stpcpy gets

/* Cut or unterminated without a word: buf_add, mem_strndup. */
#pragma GCC poison strncpy strncat

/* Hidden state shared by callers: strtok_r, gmtime_r, localtime_r. */
#pragma GCC poison strtok gmtime localtime ctime asctime strerror_r

/* No error: strtol with its end and errno. */
#pragma GCC poison atoi atol atoll atof

/* A shell between us and the program: nothing here starts programs by name. */
#pragma GCC poison system popen

/* Parameters pasted into text: db_exec binds them. */
#pragma GCC poison PQexec PQescapeString PQescapeStringConn PQescapeLiteral

/* Numbers with a comma in JSON: everything stays in the C locale. */
#pragma GCC poison setlocale

/* Guessable: random_bytes. */
#pragma GCC poison rand srand random srandom drand48

#endif
