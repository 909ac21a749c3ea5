/*
 * check_suggest.c - what a sample holds, by paths that lead back to it, and the
 * mapping that it suggests; measured over what real senders send.
 */
#include "config.h"

#include "flow/suggest.h"

#include "flow/map.h"
#include "flow/path.h"
#include "http/intake.h"
#include "quoted.h"

#include <stdio.h>
#include <stdlib.h>

#define N(list) (sizeof(list) / sizeof((list)[0]))

static struct mem *pool;

static void
setup(void)
{
	pool = mem_new();
}

static void
teardown(void)
{
	mem_free(pool);
}

/* --- places --------------------------------------------------------------- */

/* clang-format off */
/* The paths of a body, in their order. */
static const struct {
	const char *body, *paths;
} places[] = {
	{ "{'a':1,'b':{'c':'x','d':null},'e':[],'f':{}}",
	  "body.a body.b.c body.b.d body.e body.f" },
	{ "{'a.b':1,'c d':2,' e':3,'[f]':4,'':5,'g\\\\h':6}",
	  "body[\"a.b\"] body.c d body[\" e\"] body[\"[f]\"] body[\"\"] "
	  "body.g\\h" },
	{ "{'tags':['x','y'],'one':['z']}", "body.tags body.one[0]" },
	{ "{'items':[{'sku':'a'},{'sku':'b'}],'n':1}",
	  "body.items body.items[0].sku body.n" },
	{ "[{'email':'a@b.example'},{'email':'c@d.example'}]",
	  "body body[0].email" },
	{ "{'f':[{'label':'Mail','value':'x'},{'label':'Age','value':'7'}]}",
	  "body.f body.f[?label=Mail].label body.f[?label=Mail].value "
	  "body.f[?label=Age].label body.f[?label=Age].value" },
	{ "{'f':[{'type':'email','email':'x'},{'type':'text','text':'7'},"
	  "{'type':'text','text':'8'}]}",
	  "body.f body.f[?type=email].type body.f[?type=email].email "
	  "body.f[1].type body.f[1].text body.f[2].type body.f[2].text" },
	{ "{'f':[{'type':'text','text':'7','field':{'ref':'a]b'}}]}",
	  "body.f[?field.ref=\"a]b\"].type body.f[?field.ref=\"a]b\"].text "
	  "body.f[?field.ref=\"a]b\"].field.ref" },
	{ "{'payload':'{\\'a\\':{\\'b\\':1}}'}", "body.payload.a.b" },
	{ "'text'", "body" },
};

/* --- suggestions ---------------------------------------------------------- */

/* The rules for a body: "path>target", those of custom variables only where
 * `all`. */
static const struct {
	const char *body, *rules;
	int all;
} suggestions[] = {
	{ "{'email':'a@b.example','first_name':'A','last_name':'B',"
	  "'phone':'+15551234567'}",
	  "email>email phone>phone first_name>first_name "
	  "last_name>last_name", 1 },
	{ "{'Email Address':'a@b.example','firstName':'A','lastName':'B',"
	  "'phoneNumber':'+15551234567','companyName':'C'}",
	  "Email Address>email phoneNumber>phone firstName>first_name "
	  "lastName>last_name companyName>company_name", 1 },
	{ "{'EMAIL':'a@b.example','FNAME':'A','LNAME':'B','MOBILE':'',"
	  "'Zip':'10115','your-city':'Berlin'}",
	  "EMAIL>email MOBILE>phone FNAME>first_name LNAME>last_name "
	  "your-city>city Zip>postal_code", 1 },
	{ "{'shop':{'email':'shop@b.example'},'customer':{'email':"
	  "'a@b.example','name':'A B'},'shop_name':'S'}",
	  "customer.email>email customer.name>full_name", 0 },
	{ "{'sender_email':'s@b.example','data':{'deep':{'user_email':"
	  "'a@b.example'}}}", "data.deep.user_email>email", 0 },
	{ "{'sf:Email':'a@b.example','sf:FirstName':'A'}",
	  "sf:Email>email sf:FirstName>first_name", 1 },
	{ "{'e_mail':'a@b.example','email_verified':true,'email_type':'html'}",
	  "e_mail>email", 0 },
	{ "{'contact':'a@b.example','call':'(281) 332-2575','n':2813322575}",
	  "contact>email call>phone", 0 },
	{ "{'when':'2026-11-24','id':'2026112412','ip':'203.0.113.9'}", "", 0 },
	{ "{'customer_email':'a@b.example','address':{'line1':'S 1','city':"
	  "'C','state':'open','country':'DE','postal_code':10115}}",
	  "customer_email>email address.line1>address1 address.city>city "
	  "address.state>state address.postal_code>postal_code "
	  "address.country>country", 0 },
	{ "{'issue':{'state':'open','name':'x','user':{'login':'l'}},"
	  "'name':'x','country':'DE'}", "", 0 },
	{ "{'email':'a@b.example','dob':'1990-05-17','timezone':"
	  "'Europe/Berlin','website':'https://b.example','source':'ad'}",
	  "email>email timezone>timezone dob>date_of_birth source>source "
	  "website>website", 1 },
	{ "{'email':'not one','first_name':5,'name':'A <a@b.example>',"
	  "'card':{'last4':'4242'}}", "", 0 },
	{ "{'properties':{'email':{'value':'a@b.example','versions':[{'value':"
	  "'a@b.example'}]},'firstname':{'value':'A'}}}",
	  "properties.email.value>email properties.firstname.value>first_name",
	  0 },
	{ "{'namedValues':{'Email Address':['a@b.example'],'First Name':"
	  "['A']}}", "namedValues.Email Address[0]>email "
	  "namedValues.First Name[0]>first_name", 0 },
	{ "{'fields':[{'key':'q1','label':'Your e-mail','value':'a@b.example'},"
	  "{'key':'q2','label':'Phone number','value':'+15551234567'},"
	  "{'key':'q3','label':'Shoe size','value':42}]}",
	  "fields[?key=q1].value>email fields[?key=q2].value>phone "
	  "fields[?key=q3].value>custom_variables.shoe_size", 1 },
	{ "{'order':{'id':7,'placedAt':'2026-11-24T09:00:00Z'},'id':8,"
	  "'plan':'pro','empty':'','lines':[{'id':1},{'id':2}]}",
	  "order.id>custom_variables.id "
	  "order.placedAt>custom_variables.placed_at|date "
	  "id>custom_variables.id_2 plan>custom_variables.plan", 1 },
};
/* clang-format on */

static struct json_object *
source_of(struct json_object *body)
{
	struct json_object *o = json_pool(pool, json_object_new_object());

	json_object_object_add(o, "body", json_object_get(body));
	return o;
}

START_TEST(every_place_has_its_path)
{
	struct json_object *source = source_of(quoted(pool, places[_i].body));
	const char *got = "";
	struct sample s;
	size_t i;

	sample_read(pool, source, &s);
	for (i = 0; i < s.n; i++) {
		got = mem_printf(pool, "%s%s%s", got, i > 0 ? " " : "",
				 s.list[i].path);
		ck_assert_ptr_eq(path_lookup(pool, s.list[i].path, source),
				 s.list[i].value);
	}
	ck_assert_str_eq(got, places[_i].paths);
}
END_TEST

START_TEST(places_are_shown_with_types)
{
	struct sample s;

	sample_read(pool,
		    source_of(quoted(pool, "{'a':'x','b':1,'c':1.5,'d':true,"
					   "'e':null,'f':[1,2],'g':{},"
					   "'h':[{'i':1},{'i':2}]}")),
		    &s);
	ck_assert_str_eq(
		requoted(pool, sample_json(&s)),
		"[{'path':'body.a','type':'text','value':'x'},"
		"{'path':'body.b','type':'number','value':1},"
		"{'path':'body.c','type':'number','value':1.5},"
		"{'path':'body.d','type':'boolean','value':true},"
		"{'path':'body.e','type':'null','value':null},"
		"{'path':'body.f','type':'list','value':[1,2],'elements':2},"
		"{'path':'body.g','type':'object','value':{}},"
		"{'path':'body.h','type':'list','value':null,'elements':2},"
		"{'path':'body.h[0].i','type':'number','value':1}]");
}
END_TEST

/* "path>target" without what is always the same. */
static const char *
rule_text(struct json_object *rule)
{
	const char *from = json_get_string(rule, "from");
	const char *to = json_get_string(rule, "to");
	const char *as = json_get_string(rule, "as");

	if (strncmp(from, "body.", 5) == 0)
		from += 5;
	if (strncmp(to, "contact.", 8) == 0)
		to += 8;
	return mem_printf(pool, "%s>%s%s%s", from, to, as != NULL ? "|" : "",
			  as != NULL ? as : "");
}

START_TEST(a_sample_suggests_a_mapping)
{
	struct json_object *rules, *rule;
	struct faults f = FAULTS_INIT(pool);
	const char *got = "";
	struct sample s;
	size_t i;

	sample_read(pool, source_of(quoted(pool, suggestions[_i].body)), &s);
	rules = suggest_rules(&s, "US");
	map_check(rules, "/map", &f);
	ck_assert_uint_eq(f.n, 0);
	for (i = 0; i < json_object_array_length(rules); i++) {
		rule = json_object_array_get_idx(rules, i);
		if (!suggestions[_i].all &&
		    strncmp(json_get_string(rule, "to"), "contact.", 8) != 0)
			continue;
		got = mem_printf(pool, "%s%s%s", got, got[0] != '\0' ? " " : "",
				 rule_text(rule));
	}
	ck_assert_str_eq(got, suggestions[_i].rules);
}
END_TEST

START_TEST(headers_are_places_but_never_suggested)
{
	struct json_object *o = quoted(
		pool, "{'body':{'x':1},'headers':{'from':'a@b.example'}}");
	struct sample s;

	sample_read(pool, o, &s);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_str_eq(s.list[1].path, "headers.from");
	ck_assert_str_eq(requoted(pool, suggest_rules(&s, "US")),
			 "[{'from':'body.x','to':'custom_variables.x'}]");
}
END_TEST

START_TEST(numbers_are_of_the_account_s_country)
{
	struct json_object *o =
		source_of(quoted(pool, "{'call':'(030) 901820'}"));
	struct sample s;

	sample_read(pool, o, &s);
	ck_assert_ptr_nonnull(
		strstr(requoted(pool, suggest_rules(&s, "DE")), "phone"));
	ck_assert_ptr_null(
		strstr(requoted(pool, suggest_rules(&s, "US")), "phone"));
}
END_TEST

START_TEST(a_body_of_any_size_has_an_end)
{
	struct json_object *o = json_pool(pool, json_object_new_object());
	struct sample s;
	int i;

	for (i = 0; i < 2 * SAMPLE_MAX; i++)
		json_object_object_add(o, mem_printf(pool, "key%d", i),
				       json_object_new_int(i));
	sample_read(pool, source_of(o), &s);
	ck_assert_uint_eq(s.n, SAMPLE_MAX);
	ck_assert_uint_eq(json_object_array_length(suggest_rules(&s, "US")),
			  60);
}
END_TEST

/* --- what real senders send ----------------------------------------------- */

/* What INDEX.json names, as a field of the contact. */
static const char *const measured[] = { "email", "phone", "first_name",
					"last_name" };

struct score {
	int n, n_right; /* places that are named, and found */
	int n_too_many; /* suggested where none is named */
};

static const char *
shared_file(const char *name)
{
	const char *shared = getenv("HOOKLINE_SHARED");
	const char *top = getenv("top_srcdir");

	if (shared != NULL)
		return mem_printf(pool, "%s/payloads/%s", shared, name);
	return mem_printf(pool, "%s/../shared/payloads/%s",
			  top == NULL ? "." : top, name);
}

static int
read_file(const char *name, struct buf *b)
{
	FILE *in = fopen(shared_file(name), "rb");
	size_t n;

	if (in == NULL)
		return -1;
	do {
		buf_grow(b, 65536);
		n = fread(b->s + b->len, 1, 65535, in);
		b->len += n;
		b->s[b->len] = '\0';
	} while (n > 0);
	fclose(in);
	return 0;
}

/* What a mapping would see of it; NULL when this version can't read it. */
static struct json_object *
payload_source(struct json_object *entry)
{
	const char *type = json_get_string(entry, "content_type");
	struct intake_request rq = {
		.method = json_get_string(entry, "method"),
		.query = "",
		.content_type = type != NULL ? type : "",
		.headers = json_pool(pool, json_object_new_object()),
	};
	struct intake in;
	struct buf b = BUF_INIT;

	if (read_file(json_get_string(entry, "file"), &b) == -1)
		return NULL;
	rq.body = mem_strndup(pool, b.s, b.len);
	rq.body_len = b.len;
	if (rq.method == NULL)
		rq.method = "POST";
	buf_free(&b);
	if (rq.content_type[0] == '\0') {
		rq.query = rq.body;
		rq.body_len = 0;
		rq.method = "GET";
	}
	intake_read(pool, &rq, &in);
	if (in.refused_status != 0)
		return NULL;
	return source_of(in.payload != NULL ? in.payload : in.query);
}

/* Where the suggestion finds the field; NULL: nowhere. */
static const char *
suggested_path(struct json_object *rules, const char *field)
{
	const char *to = mem_printf(pool, "contact.%s", field);
	struct json_object *rule;
	size_t i;

	for (i = 0; i < json_object_array_length(rules); i++) {
		rule = json_object_array_get_idx(rules, i);
		if (strcmp(json_get_string(rule, "to"), to) == 0)
			return json_get_string(rule, "from");
	}
	return NULL;
}

/* "data[merges][FNAME]", as forms write it, is data.merges.FNAME. */
static const char *
as_path(const char *path)
{
	char *out = mem_strdup(pool, path), *to = out;
	int is_form = strchr(path, '[') != NULL && strchr(path, '"') == NULL &&
		      strpbrk(path, "?0123456789") == NULL;

	for (; *path != '\0'; path++)
		if (!is_form || (*path != '[' && *path != ']'))
			*to++ = *path;
		else if (*path == '[')
			*to++ = '.';
	*to = '\0';
	return mem_printf(pool, "body%s%s", out[0] == '[' ? "" : ".", out);
}

/* The same place, or at least the same value. */
static int
is_same(struct json_object *source, const char *got, const char *want)
{
	struct json_object *a, *b;

	if (strcmp(got, want) == 0)
		return 1;
	a = path_lookup(pool, got, source);
	b = path_lookup(pool, want, source);
	return a != NULL && b != NULL && json_object_equal(a, b);
}

static void
measure(struct json_object *entry, struct json_object *source,
	struct score *score)
{
	struct json_object *want = json_get(entry, "contact_paths"), *rules;
	const char *path, *got;
	struct sample s;
	size_t i;

	sample_read(pool, source, &s);
	rules = suggest_rules(&s, "US");
	for (i = 0; i < N(measured); i++) {
		path = json_get_string(want, measured[i]);
		got = suggested_path(rules, measured[i]);
		if (path == NULL) {
			score[i].n_too_many += got != NULL;
			if (got != NULL)
				printf("# %s: %s: none, got %s\n",
				       json_get_string(entry, "file"),
				       measured[i], got);
			continue;
		}
		score[i].n++;
		if (got != NULL && is_same(source, got, as_path(path)))
			score[i].n_right++;
		else
			printf("# %s: %s: %s, got %s\n",
			       json_get_string(entry, "file"), measured[i],
			       as_path(path), got == NULL ? "none" : got);
	}
}

START_TEST(real_senders_are_understood)
{
	/* of a hundred; below what is reached, so that one sender more or
	 * less does not matter */
	static const int floors[] = { 88, 75, 85, 85 };
	struct score score[N(measured)] = { { 0, 0, 0 } };
	struct json_object *index = NULL, *source;
	struct buf b = BUF_INIT;
	size_t i;

	if (read_file("INDEX.json", &b) == -1) {
		printf("# skipped: no real payloads beside the checkout\n");
		return;
	}
	ck_assert_int_eq(json_read(b.s, b.len, JSON_MAX_DEPTH, &index, NULL),
			 0);
	buf_free(&b);
	json_pool(pool, index);
	for (i = 0; i < json_object_array_length(index); i++) {
		source = payload_source(json_object_array_get_idx(index, i));
		if (source != NULL)
			measure(json_object_array_get_idx(index, i), source,
				score);
	}
	for (i = 0; i < N(measured); i++)
		printf("# %s: %d of %d right, %d where there is none\n",
		       measured[i], score[i].n_right, score[i].n,
		       score[i].n_too_many);
	fflush(stdout);
	for (i = 0; i < N(measured); i++)
		ck_assert_int_ge(100 * score[i].n_right,
				 floors[i] * score[i].n);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("suggest");
	TCase *t = tcase_create("suggest");
	SRunner *r;
	int n_failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, every_place_has_its_path, 0, (int)N(places));
	tcase_add_test(t, places_are_shown_with_types);
	tcase_add_loop_test(t, a_sample_suggests_a_mapping, 0,
			    (int)N(suggestions));
	tcase_add_test(t, headers_are_places_but_never_suggested);
	tcase_add_test(t, numbers_are_of_the_account_s_country);
	tcase_add_test(t, a_body_of_any_size_has_an_end);
	tcase_add_test(t, real_senders_are_understood);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	n_failed = srunner_ntests_failed(r);
	srunner_free(r);
	return n_failed == 0 ? 0 : 1;
}
