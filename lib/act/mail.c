/*
 * mail.c - one e-mail message as bytes, by GMime.  See mail.h.  How
 * people write addresses is mailbox.c.
 */
#include "config.h"

#include "act/mail.h"

#include "base/mailbox.h"
#include "base/text.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define RECIPIENTS_MAX 100 /* what any relay takes (RFC 5321, 4.5.3.1.8) */
#define ID_MAX 250

/* Bytes of UTF-8 in one encoded word: 12 + 52 characters, so that the first
 * one fits behind "Subject: " (RFC 2047: a line of at most 76). */
#define WORD_BYTES 39

static void
start_gmime(void)
{
	g_mime_init();
}

static int
is_given(const char *text)
{
	return text != NULL && *text != '\0';
}

/* What goes into a header: UTF-8 without control characters. */
static int
check_line(const char *field, const char *text, struct err *e)
{
	size_t at, len = strlen(text);

	if (!text_is_utf8(text, len, &at))
		return err_set(e, ERR_PERM,
			       "%s: expected UTF-8, found a bad byte at offset "
			       "%zu",
			       field, at);
	for (at = 0; at < len; at++)
		if ((unsigned char)text[at] < 0x20 || text[at] == 0x7f)
			return err_set(e, ERR_PERM,
				       "%s: expected one line, found a control "
				       "character (0x%02x) at offset %zu",
				       field, (unsigned char)text[at], at);
	return 0;
}

static int
envelope_add(struct mem *m, struct envelope *env, const char *address,
	     struct err *e)
{
	size_t i;

	for (i = 0; i < env->n_to; i++)
		if (strcasecmp(env->to[i], address) == 0)
			return 0;
	if (env->n_to == RECIPIENTS_MAX)
		return err_set(e, ERR_PERM,
			       "to: expected at most %d recipients, found more",
			       RECIPIENTS_MAX);
	if (env->to == NULL)
		env->to = mem_alloc(m, (RECIPIENTS_MAX + 1) * sizeof(*env->to));
	env->to[env->n_to++] = address;
	return 0;
}

static void
header_add(InternetAddressList *list, const struct mailbox *box)
{
	InternetAddress *ia =
		internet_address_mailbox_new(box->name, box->address);

	internet_address_set_charset(ia, "utf-8");
	internet_address_list_add(list, ia);
	g_object_unref(ia);
}

/*
 * Read the list `text`: each address goes into the header `list` and, as a
 * recipient, into `env`, where these are not NULL.  Returns how many.
 */
static int
read_list(struct mem *m, const char *field, const char *text,
	  InternetAddressList *list, struct envelope *env, struct err *e)
{
	struct mailbox box;
	int n = 0, rc;

	if (!is_given(text))
		return 0;
	if (check_line(field, text, e) == -1)
		return -1;
	while ((rc = mailbox_read(m, &text, &box, e)) == 1) {
		if (list != NULL)
			header_add(list, &box);
		if (env != NULL && envelope_add(m, env, box.address, e) == -1)
			return -1;
		n++;
	}
	return rc == -1 ? err_context(e, "%s", field) : n;
}

static int
set_addresses(struct mem *m, const struct mail *mail, GMimeMessage *msg,
	      struct envelope *env, struct err *e)
{
	struct envelope sender = { 0 };
	int n;

	n = read_list(m, "from", mail->from, g_mime_message_get_from(msg),
		      &sender, e);
	if (n == -1)
		return -1;
	if (n != 1)
		return err_set(e, ERR_PERM,
			       "from: expected one address, found %d", n);
	env->from = sender.to[0];
	if (read_list(m, "to", mail->to, g_mime_message_get_to(msg), env, e) ==
		    -1 ||
	    read_list(m, "cc", mail->cc, g_mime_message_get_cc(msg), env, e) ==
		    -1 ||
	    read_list(m, "bcc", mail->bcc, NULL, env, e) == -1 ||
	    read_list(m, "reply_to", mail->reply_to,
		      g_mime_message_get_reply_to(msg), NULL, e) == -1)
		return -1;
	if (env->n_to == 0)
		return err_set(e, ERR_PERM,
			       "to: expected at least one address in to, cc or "
			       "bcc, found none");
	return 0;
}

/* Add a header whose value is folded and encoded already. */
static void
add_raw_header(GMimeMessage *msg, const char *name, const char *value)
{
	GMimeHeaderList *list =
		g_mime_object_get_header_list(GMIME_OBJECT(msg));

	g_mime_header_list_set(list, name, "", "utf-8");
	g_mime_header_set_raw_value(g_mime_header_list_get_header(list, name),
				    value);
}

/*
 * `text` as encoded words (RFC 2047) of whole characters, each on its line.
 * GMime's own can be longer than the 75 characters allowed.
 */
static char *
encode_words(struct mem *m, const char *text)
{
	struct buf all = BUF_INIT;
	size_t n, len = strlen(text);
	char *word;

	for (; len > 0; text += n, len -= n) {
		n = len < WORD_BYTES ? len : WORD_BYTES;
		while (n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
		word = g_base64_encode((const guchar *)text, n);
		buf_addf(&all, " =?UTF-8?B?%s?=\n", word);
		g_free(word);
	}
	word = mem_strdup(m, all.s);
	buf_free(&all);
	return word;
}

static int
set_subject(struct mem *m, const char *subject, GMimeMessage *msg,
	    struct err *e)
{
	const char *p;

	if (!is_given(subject))
		return 0;
	if (check_line("subject", subject, e) == -1)
		return -1;
	for (p = subject; *p != '\0' && (unsigned char)*p < 0x80; p++)
		;
	if (*p != '\0' || strstr(subject, "=?") != NULL)
		add_raw_header(msg, "Subject", encode_words(m, subject));
	else
		g_mime_message_set_subject(msg, subject, "utf-8");
	return 0;
}

/* One click (RFC 8058) is for a web address; a mailto: alone is RFC 2369. */
static int
add_unsubscribe(struct mem *m, GMimeMessage *msg, const char *text,
		struct err *e)
{
	const char *url = mailbox_unsubscribe(m, text, e);

	if (url == NULL)
		return err_context(e, "list_unsubscribe");
	add_raw_header(msg, "List-Unsubscribe", mem_printf(m, " <%s>\n", url));
	if (strncmp(url, "mailto:", 7) != 0)
		add_raw_header(msg, "List-Unsubscribe-Post",
			       " List-Unsubscribe=One-Click\n");
	return 0;
}

static int
set_identity(struct mem *m, const struct mail *mail, GMimeMessage *msg,
	     struct err *e)
{
	const char *url = mail->list_unsubscribe;
	GDateTime *date;

	date = g_date_time_new_from_unix_utc(mail->date_s);
	if (date == NULL)
		return err_set(e, ERR_PERM, "date: %lld is out of range",
			       (long long)mail->date_s);
	g_mime_message_set_date(msg, date);
	g_date_time_unref(date);
	if (is_given(mail->message_id)) {
		if (!mailbox_is_bracketable(mail->message_id, ID_MAX) ||
		    strchr(mail->message_id, '@') == NULL)
			return err_set(e, ERR_PERM,
				       "message_id: expected ID@DOMAIN in "
				       "printable ASCII without brackets");
		/* GMime's own setter writes Message-Id. */
		add_raw_header(msg, "Message-ID",
			       mem_printf(m, " <%s>\n", mail->message_id));
	}
	g_mime_object_set_header(GMIME_OBJECT(msg), "Auto-Submitted",
				 "auto-generated", "utf-8");
	return is_given(url) ? add_unsubscribe(m, msg, url, e) : 0;
}

/* Append `text` with CRLF line ends, whichever it has. */
static void
add_canonical(struct buf *out, const char *text)
{
	size_t len;

	for (;;) {
		len = strcspn(text, "\r\n");
		buf_add(out, text, len);
		text += len;
		if (*text == '\0')
			return;
		buf_adds(out, "\r\n");
		text += text[0] == '\r' && text[1] == '\n' ? 2 : 1;
	}
}

/* The part for `text`, or NULL with *e set.  The caller unrefs it. */
static GMimePart *
make_part(const char *subtype, const char *text, struct err *e)
{
	struct buf canonical = BUF_INIT;
	GMimeDataWrapper *content;
	GMimeStream *stream;
	GMimePart *part;
	size_t at;

	if (!text_is_utf8(text, strlen(text), &at)) {
		err_set(e, ERR_PERM,
			"%s: expected UTF-8, found a bad byte at offset %zu",
			strcmp(subtype, "html") == 0 ? "html" : "text", at);
		return NULL;
	}
	add_canonical(&canonical, text);
	stream = g_mime_stream_mem_new_with_buffer(canonical.s, canonical.len);
	buf_free(&canonical);
	content = g_mime_data_wrapper_new_with_stream(
		stream, GMIME_CONTENT_ENCODING_DEFAULT);
	g_object_unref(stream);
	part = g_mime_part_new_with_type("text", subtype);
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset",
						 "utf-8");
	g_mime_part_set_content(part, content);
	g_object_unref(content);
	g_mime_part_set_content_encoding(
		part, g_mime_part_get_best_content_encoding(
			      part, GMIME_ENCODING_CONSTRAINT_7BIT));
	return part;
}

static int
set_body(const struct mail *mail, GMimeMessage *msg, struct err *e)
{
	GMimePart *text = NULL, *html = NULL;
	GMimeMultipart *both;
	int rc = -1;

	if (!is_given(mail->text) && !is_given(mail->html))
		return err_set(e, ERR_PERM,
			       "text: expected text, html or both, found "
			       "neither");
	if (is_given(mail->text)) {
		text = make_part("plain", mail->text, e);
		if (text == NULL)
			goto out;
	}
	if (is_given(mail->html)) {
		html = make_part("html", mail->html, e);
		if (html == NULL)
			goto out;
	}
	if (text != NULL && html != NULL) {
		both = g_mime_multipart_new_with_subtype("alternative");
		g_mime_multipart_add(both, GMIME_OBJECT(text));
		g_mime_multipart_add(both, GMIME_OBJECT(html));
		g_mime_message_set_mime_part(msg, GMIME_OBJECT(both));
		g_object_unref(both);
	} else
		g_mime_message_set_mime_part(
			msg, GMIME_OBJECT(text != NULL ? text : html));
	rc = 0;
out:
	if (text != NULL)
		g_object_unref(text);
	if (html != NULL)
		g_object_unref(html);
	return rc;
}

static void
write_message(GMimeMessage *msg, struct buf *out)
{
	GMimeFormatOptions *format = g_mime_format_options_new();
	char *text;

	g_mime_format_options_set_newline_format(format,
						 GMIME_NEWLINE_FORMAT_DOS);
	text = g_mime_object_to_string(GMIME_OBJECT(msg), format);
	buf_adds(out, text);
	g_free(text);
	g_mime_format_options_free(format);
}

int
mail_build(struct mem *m, const struct mail *mail, struct buf *out,
	   struct envelope *env, struct err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	GMimeMessage *msg;
	int rc = -1;

	pthread_once(&once, start_gmime);
	*env = (struct envelope){ 0 };
	msg = g_mime_message_new(FALSE);
	if (set_addresses(m, mail, msg, env, e) == -1 ||
	    set_subject(m, mail->subject, msg, e) == -1 ||
	    set_identity(m, mail, msg, e) == -1 || set_body(mail, msg, e) == -1)
		goto out;
	write_message(msg, out);
	rc = 0;
out:
	g_object_unref(msg);
	return rc;
}
