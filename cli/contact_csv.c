/*
 * contact_csv.c - hookline contact import, export: the people as a file.  What
 * a line means is flow/csv_contact.h, taking it in is engine/import.h.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/buf.h"
#include "base/json.h"
#include "engine/import.h"
#include "flow/csv_contact.h"
#include "store/contact.h"

#include <stdio.h>

#include "base/banned.h"

#define FILE_MAX_BYTES (256 << 20)
#define PAGE 500 /* contacts of one query */
#define PAGE_TEXT "500"

static void
print_report(struct json_object *report)
{
	struct json_object *ignored = json_get(report, "ignored");

	print_fields(report, "lines created updated unchanged skipped");
	if (json_object_array_length(ignored) > 0)
		print_fields(report, "ignored=IGNORED COLUMNS");
	if (json_get_bool(report, "dry_run", 0))
		puts("nothing was written: a dry run");
	if (json_object_array_length(json_get(report, "problems")) == 0)
		return;
	putchar('\n');
	print_table(json_get(report, "problems"), "line status reason", "");
}

CLI_COMMAND(cmd_contact_import)
{
	struct import im = { .account_id = c->account_id,
			     .country = c->account_country,
			     .map = args_option(a, "map"),
			     .is_dry_run = args_option(a, "dry-run") != NULL };
	struct buf text = BUF_INIT;
	struct json_object *report;
	int rc;

	rc = cli_read_file(a->operand[0], FILE_MAX_BYTES, &text, e);
	if (rc == 0)
		rc = import_csv(c->db, &im, text.s, text.len, c->mem, &report,
				e);
	buf_free(&text);
	if (rc == -1)
		return -1;
	if (c->is_json)
		print_json(report);
	else
		print_report(report);
	return 0;
}

/* One page: as lines, or as elements of a list that has `n_before`. */
static void
print_page(struct cli *c, struct json_object *list, struct json_object *keys,
	   size_t n_before)
{
	struct buf out = BUF_INIT;
	struct json_object *o;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		if (c->is_json) {
			buf_adds(&out, n_before + i > 0 ? ",\n" : "\n");
			json_write(&out, o);
		} else {
			csv_contact_add(&out, o, keys);
		}
	}
	fwrite(out.s, 1, out.len, stdout);
	buf_free(&out);
}

static int
print_pages(struct cli *c, struct json_object *keys, struct err *e)
{
	char after[32] = "0";
	struct mem *m = mem_new();
	struct json_object *list;
	size_t n = 0, got = PAGE;
	int rc = 0;

	while (rc == 0 && got == PAGE) {
		mem_reset(m);
		rc = contact_export(c->db, c->account_id, after, PAGE_TEXT,
				    NULL, m, &list, e);
		if (rc == -1)
			break;
		got = json_object_array_length(list);
		print_page(c, list, keys, n);
		n += got;
		if (got > 0)
			snprintf(after, sizeof(after), "%s",
				 json_get_string(json_object_array_get_idx(
							 list, got - 1),
						 "id"));
	}
	mem_free(m);
	return rc;
}

CLI_COMMAND(cmd_contact_export)
{
	struct json_object *keys;
	struct buf head = BUF_INIT;

	(void)a;
	if (contact_custom_keys(c->db, c->account_id, c->mem, &keys, e) == -1)
		return -1;
	if (c->is_json)
		buf_adds(&head, "[");
	else
		csv_contact_head(&head, keys);
	fputs(head.s, stdout);
	buf_free(&head);
	if (print_pages(c, keys, e) == -1)
		return -1;
	if (c->is_json)
		puts("\n]");
	return 0;
}
