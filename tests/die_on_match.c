/*
 * die_on_match.c - a step that its executor does not survive: preloaded into
 * hookline-run by t_run_faults.sh.  A pattern matched against the text "deadly"
 * ends the process at once, as a fault in a library would.
 */
#define _GNU_SOURCE
#define PCRE2_CODE_UNIT_WIDTH 8
#include <dlfcn.h>
#include <pcre2.h>
#include <signal.h>
#include <string.h>

int
pcre2_match_8(const pcre2_code_8 *code, PCRE2_SPTR8 subject, PCRE2_SIZE length,
	      PCRE2_SIZE start, uint32_t options, pcre2_match_data_8 *data,
	      pcre2_match_context_8 *context)
{
	static int (*real)(const pcre2_code_8 *, PCRE2_SPTR8, PCRE2_SIZE,
			   PCRE2_SIZE, uint32_t, pcre2_match_data_8 *,
			   pcre2_match_context_8 *);

	if (length == strlen("deadly") &&
	    memcmp(subject, "deadly", length) == 0)
		raise(SIGKILL);
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "pcre2_match_8");
	return real(code, subject, length, start, options, data, context);
}
