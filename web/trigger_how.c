/*
 * trigger_how.c - how to send to a workflow: snippets made of its address and
 * its sample, and where others want the address pasted.
 */
#include "config.h"

#include "trigger.h"

#include "base/json.h"
#include "http/html.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

#define FIELDS_MAX 12 /* values of the sample in a snippet */
#define DEPTH_MAX 5
#define TEXT_MAX 60 /* bytes of one of them */

/* --- the data of a snippet ------------------------------------------------ */

static void pretty(struct buf *b, struct json_object *v, int depth, int *left);

static void
indent(struct buf *b, int depth)
{
	buf_addc(b, '\n');
	while (depth-- > 0)
		buf_adds(b, "  ");
}

/* Is there anything in it to be shown? */
static int
is_wanted(struct json_object *v, int depth)
{
	if (json_object_is_type(v, json_type_object))
		return depth < DEPTH_MAX && json_object_object_length(v) > 0;
	if (json_object_is_type(v, json_type_array))
		return depth < DEPTH_MAX && json_object_array_length(v) > 0;
	return v != NULL;
}

static void
pretty_object(struct buf *b, struct json_object *o, int depth, int *left)
{
	int n = 0;

	buf_addc(b, '{');
	json_object_object_foreach (o, name, value) {
		if (*left <= 0 || !is_wanted(value, depth))
			continue;
		if (n++ > 0)
			buf_addc(b, ',');
		indent(b, depth + 1);
		json_write_string(b, name, strlen(name));
		buf_adds(b, ": ");
		pretty(b, value, depth + 1, left);
	}
	if (n > 0)
		indent(b, depth);
	buf_addc(b, '}');
}

/* Some values of it, not all: a snippet is an example. */
static void
pretty(struct buf *b, struct json_object *v, int depth, int *left)
{
	const char *text;
	struct mem *m;

	if (json_object_is_type(v, json_type_object)) {
		pretty_object(b, v, depth, left);
	} else if (json_object_is_type(v, json_type_array)) {
		buf_addc(b, '[');
		pretty(b, json_object_array_get_idx(v, 0), depth + 1, left);
		buf_addc(b, ']');
	} else if (json_object_is_type(v, json_type_string)) {
		m = mem_new();
		text = sampled_short(m, json_object_get_string(v), TEXT_MAX);
		json_write_string(b, text, strlen(text));
		mem_free(m);
		--*left;
	} else {
		json_write(b, v);
		--*left;
	}
}

static const char *
example(struct page *p, const struct sampled *s)
{
	struct json_object *body = json_get(s->whole, "body");
	struct buf b = BUF_INIT;
	int left = FIELDS_MAX;
	const char *text;

	if (!is_wanted(body, 0) ||
	    !(json_object_is_type(body, json_type_object) ||
	      json_object_is_type(body, json_type_array)))
		return "{\n  \"email\": \"alex@example.com\",\n"
		       "  \"first_name\": \"Alex\",\n"
		       "  \"phone\": \"+1 281 332 2575\",\n"
		       "  \"plan\": \"pro\"\n}";
	pretty(&b, body, 0, &left);
	text = mem_strndup(p->mem, b.s, b.len);
	buf_free(&b);
	return text;
}

/* Inside of '...' of a shell. */
static const char *
shell_quoted(struct page *p, const char *text)
{
	struct buf b = BUF_INIT;
	const char *s;

	for (; *text != '\0'; text++)
		if (*text == '\'')
			buf_adds(&b, "'\\''");
		else
			buf_addc(&b, *text);
	s = b.len > 0 ? mem_strndup(p->mem, b.s, b.len) : "";
	buf_free(&b);
	return s;
}

/* --- snippets ------------------------------------------------------------- */

static void
copy_pre(struct page *p, const char *id, const char *text)
{
	html(&p->body, "<div class=\"copy\"><pre id=\"");
	html_text(&p->body, id);
	html(&p->body, "\">");
	html_text(&p->body, text);
	html(&p->body, "</pre><button type=\"button\" class=\"small\" hidden "
		       "data-copy=\"");
	html_text(&p->body, id);
	html(&p->body, "\">Copy</button></div>\n");
}

static void
snippet(struct page *p, const char *title, const char *id, const char *text)
{
	html(&p->body, "<details><summary>");
	html_text(&p->body, title);
	html(&p->body, "</summary>\n");
	copy_pre(p, id, text);
	html(&p->body, "</details>\n");
}

void
trigger_by_browser(struct page *p, const struct draft *d, const char *address)
{
	if (!trigger_takes(d, "GET"))
		return;
	html(&p->body, "<p><a class=\"button\" target=\"_blank\" "
		       "rel=\"noopener noreferrer\" href=\"");
	html_text(&p->body, address);
	html_text(&p->body,
		  "?email=alex%40example.com&first_name=Alex&plan=pro");
	html(&p->body, "\">Send a test from this browser</a> <span "
		       "class=\"help\">It opens the address with a few values; "
		       "what came is shown below.</span></p>\n");
}

void
trigger_snippets(struct page *p, const char *address, const struct sampled *s)
{
	const char *data = example(p, s);

	snippet(p, "Send a test with curl", "snippet-curl",
		mem_printf(p->mem,
			   "curl '%s' \\\n  -H 'Content-Type: "
			   "application/json' \\\n  -d '%s'",
			   address, shell_quoted(p, data)));
	snippet(p, "Send from PHP", "snippet-php",
		mem_printf(p->mem,
			   "<?php\n$json = <<<'JSON'\n%s\nJSON;\n\n"
			   "$curl = curl_init('%s');\n"
			   "curl_setopt_array($curl, [\n"
			   "    CURLOPT_POST => true,\n"
			   "    CURLOPT_POSTFIELDS => $json,\n"
			   "    CURLOPT_HTTPHEADER => "
			   "['Content-Type: application/json'],\n"
			   "    CURLOPT_RETURNTRANSFER => true,\n"
			   "    CURLOPT_TIMEOUT => 10,\n"
			   "]);\n"
			   "$answer = curl_exec($curl);\n"
			   "$status = curl_getinfo($curl, "
			   "CURLINFO_RESPONSE_CODE); // 200: it was taken",
			   data, address));
	snippet(p, "Send from JavaScript", "snippet-js",
		mem_printf(p->mem,
			   "const data = %s;\n\n"
			   "const answer = await fetch('%s', {\n"
			   "  method: 'POST',\n"
			   "  headers: { 'Content-Type': "
			   "'application/json' },\n"
			   "  body: JSON.stringify(data),\n"
			   "});\n"
			   "console.log(answer.status); // 200: it was taken",
			   data, address));
	html(&p->body,
	     "<p class=\"help\">Run JavaScript on your server: in a web page "
	     "everybody could read the address.</p>\n");
}

/* --- where to paste it ---------------------------------------------------- */

/* Steps are ended by NULL. */
static const struct {
	const char *title;
	const char *steps[7];
} places[] = {
	{ "Stripe",
	  { "In the Stripe dashboard open Developers, then Webhooks.",
	    "Choose Add destination (in older dashboards: Add endpoint).",
	    "Pick the events to send, for example "
	    "checkout.session.completed, and Webhook endpoint as the kind of "
	    "destination.",
	    "Paste the address as Endpoint URL and create it.",
	    "Copy the signing secret (whsec_...), choose Stripe under \"Who "
	    "may send\" below, and put the secret in there.",
	    NULL } },
	{ "Typeform",
	  { "Open your form and choose Connect, then Webhooks.",
	    "Choose Add a webhook, paste the address and save.",
	    "Switch the webhook on.",
	    "Choose View deliveries, then Send test request: it shows up "
	    "below.",
	    "To check signatures, edit the webhook, type in a secret, and put "
	    "the same secret under \"Who may send\" below.",
	    NULL } },
	{ "Calendly",
	  { "Webhooks need a paid Calendly plan and are made with its API.",
	    "In Calendly open Integrations & apps, then API and webhooks, and "
	    "make a personal access token.",
	    "Ask https://api.calendly.com/users/me for your "
	    "current_organization, with the token.",
	    "Run the command below with both put in.",
	    "Book a test appointment: it shows up below.", NULL } },
	{ "Zapier",
	  { "In your Zap add the action Webhooks by Zapier, with the event "
	    "POST.",
	    "Paste the address as URL and choose Json as Payload Type.",
	    "Under Data add a line for each value: a name such as email, and "
	    "the field of an earlier step.",
	    "Choose Test step: the request shows up below.", NULL } },
	{ "Make",
	  { "In your scenario add the module HTTP, Make a request.",
	    "Paste the address as URL and choose POST as Method.",
	    "Choose Raw as Body type, JSON (application/json) as Content "
	    "type, and write the values as JSON into Request content.",
	    "Choose Run once: the request shows up below.", NULL } },
};

void
trigger_places(struct page *p, const char *address)
{
	size_t i, k;

	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		html(&p->body, "<details><summary>");
		html_text(&p->body, places[i].title);
		html(&p->body, "</summary><ol>\n");
		for (k = 0; places[i].steps[k] != NULL; k++) {
			html(&p->body, "<li>");
			html_text(&p->body, places[i].steps[k]);
			html(&p->body, "</li>\n");
		}
		html(&p->body, "</ol>\n");
		if (strcmp(places[i].title, "Calendly") == 0)
			copy_pre(p, "calendly",
				 mem_printf(
					 p->mem,
					 "curl https://api.calendly.com/"
					 "webhook_subscriptions \\\n"
					 "  -H 'Authorization: Bearer "
					 "YOUR_TOKEN' \\\n"
					 "  -H 'Content-Type: "
					 "application/json' \\\n"
					 "  -d '{\"url\": \"%s\",\n"
					 "    \"events\": [\"invitee.created\","
					 " \"invitee.canceled\"],\n"
					 "    \"organization\": "
					 "\"YOUR_ORGANIZATION\",\n"
					 "    \"scope\": \"organization\"}'",
					 address));
		html(&p->body, "</details>\n");
	}
}
