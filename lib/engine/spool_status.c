/*
 * spool_status.c - how the spool stands, for people and for doctor.  Reads
 * names and reasons; what was sent is not looked at.
 */
#include "config.h"

#include "engine/spooling.h"

#include "base/json.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

static void
set_number(struct json_object *o, const char *key, int64_t n)
{
	json_object_object_add(o, key, json_object_new_int64(n));
}

static int64_t
size_of(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_size
								 : 0;
}

/* The first line of what was written down when it failed. */
static const char *
reason_of(int failed, const char *name, struct mem *m)
{
	char path[SPOOL_NAME_SIZE + 8], text[ERR_TEXT_MAX] = "";
	int fd;

	snprintf(path, sizeof(path), "%s.why", name);
	fd = openat(failed, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return NULL;
	if (read(fd, text, sizeof(text) - 1) == -1)
		text[0] = '\0';
	close(fd);
	text[strcspn(text, "\n")] = '\0';
	text_flatten(text);
	return mem_strdup(m, text);
}

static struct json_object *
failure(int failed, const char *name, struct mem *m)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "name", name);
	json_set_string(o, "received_at", spool_time(m, spool_name_us(name)));
	set_number(o, "bytes", size_of(failed, name));
	json_set_string(o, "reason", reason_of(failed, name, m));
	return o;
}

/* How many, and how many bytes; -1 when they can't be listed. */
static int
add_place(struct json_object *o, int dir, const char *key, char **names,
	  struct mem *m, struct err *e)
{
	int n = spool_list(dir, names, e), i;
	int64_t bytes = 0;

	for (i = 0; i < n; i++)
		bytes += size_of(dir, *names + (size_t)i * SPOOL_NAME_SIZE);
	set_number(o, key, n > 0 ? n : 0);
	set_number(o, mem_printf(m, "%s_bytes", key), bytes);
	return n;
}

static int
add_waiting(struct json_object *o, int dir, struct mem *m, struct err *e)
{
	const char *oldest = NULL;
	int64_t us = 0;
	char *names = NULL;
	int n = dir != -1 ? add_place(o, dir, "waiting", &names, m, e) : 0;

	if (n > 0) {
		us = spool_name_us(names);
		oldest = spool_time(m, us);
	}
	json_object_object_add(o, "oldest",
			       oldest != NULL ? json_object_new_string(oldest)
					      : NULL);
	json_object_object_add(
		o, "oldest_age_s",
		n > 0 ? json_object_new_int64((spool_clock() - us) / 1000000)
		      : NULL);
	free(names);
	return n;
}

static int
add_failed(struct json_object *o, int failed, int most, struct mem *m,
	   struct err *e)
{
	struct json_object *list = json_object_new_array();
	char *names = NULL;
	int n = 0, i;

	if (failed != -1)
		n = add_place(o, failed, "failed", &names, m, e);
	for (i = 0; i < n && i < most; i++)
		json_object_array_add(
			list, failure(failed,
				      names + (size_t)i * SPOOL_NAME_SIZE, m));
	json_object_object_add(o, "failures", list);
	free(names);
	return n;
}

int
spool_status(struct spool *s, int most, struct mem *m, struct json_object **out,
	     struct err *e)
{
	struct json_object *o = json_pool(m, json_object_new_object());
	int dir = spool_open(s, 0, e), failed, rc;

	*out = o;
	json_set_string(o, "dir", s->dir);
	set_number(o, "waiting", 0);
	set_number(o, "waiting_bytes", 0);
	set_number(o, "failed", 0);
	set_number(o, "failed_bytes", 0);
	set_number(o, "max_files", s->max_files);
	set_number(o, "max_bytes", s->max_bytes);
	if (dir == -1 && e->kind != ERR_GONE)
		return -1;
	failed = dir != -1 ? spool_open_failed(dir, 0, NULL) : -1;
	rc = add_waiting(o, dir, m, e);
	if (add_failed(o, failed, most, m, e) == -1)
		rc = -1;
	if (failed != -1)
		close(failed);
	if (dir != -1)
		close(dir);
	return rc == -1 ? -1 : 0;
}
