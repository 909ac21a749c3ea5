/*
 * check_map.c - from deliveries to contact fields and custom variables: what
 * fits, what does not and why, and what real senders' payloads become.
 */
#include "config.h"

#include "flow/map.h"

#include "quoted.h"

#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>

#define N(list) (sizeof(list) / sizeof((list)[0]))
#define X10 "xxxxxxxxxx"
#define X60 X10 X10 X10 X10 X10 X10

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

/* clang-format off */
/* want NULL: refused with a text that contains `says`. */
static const struct {
	const char *field, *text, *want, *says;
} fields[] = {
	{ "email", "alex@example.com", "alex@example.com", NULL },
	{ "email", "  Alex@Example.COM\n", "Alex@Example.COM", NULL },
	{ "email", "a.b+c@x-y.example.co", "a.b+c@x-y.example.co", NULL },
	{ "email", "o'neil!#$%&*/=?^_`{|}~-@example.com",
	  "o'neil!#$%&*/=?^_`{|}~-@example.com", NULL },
	{ "email", "1@1.de", "1@1.de", NULL },
	{ "email", X60 "xxxx@example.com", X60 "xxxx@example.com", NULL },
	{ "email", X60 "xxxxx@example.com", NULL, "64 bytes" },
	{ "email", "a@" X60 "xxx.com", "a@" X60 "xxx.com", NULL },
	{ "email", "a@" X60 "xxxx.com", NULL, "no domain" },
	{ "email", "a@" X60 "." X60 "." X60 "." X60 ".example.de", NULL,
	  "254 bytes" },
	{ "email", "", NULL, "empty" },
	{ "email", "alex", NULL, "no @" },
	{ "email", "@example.com", NULL, "before the @" },
	{ "email", "alex@", NULL, "no domain" },
	{ "email", "alex@example", NULL, "no domain" },
	{ "email", "alex@example.", NULL, "no domain" },
	{ "email", "alex@.example.com", NULL, "no domain" },
	{ "email", "alex@exa..mple.com", NULL, "no domain" },
	{ "email", "alex@-example.com", NULL, "no domain" },
	{ "email", "alex@example-.com", NULL, "no domain" },
	{ "email", "alex@example.com-", NULL, "no domain" },
	{ "email", "alex@exam_ple.com", NULL, "no domain" },
	{ "email", "alex@b@example.com", NULL, "no domain" },
	{ "email", "alex@[192.0.2.1]", NULL, "no domain" },
	{ "email", "al..ex@example.com", NULL, "before the @" },
	{ "email", ".alex@example.com", NULL, "before the @" },
	{ "email", "alex.@example.com", NULL, "before the @" },
	{ "email", "al ex@example.com", NULL, "before the @" },
	{ "email", "\"alex\"@example.com", NULL, "before the @" },
	{ "email", "Alex <alex@example.com>", NULL, "before the @" },
	{ "email", "<alex@example.com>", NULL, "before the @" },
	{ "email", "alex@example.com>", NULL, "no domain" },
	{ "email", "alex@example.com\r\nbcc: b@c.de", NULL, "no domain" },
	{ "email", "al\001ex@example.com", NULL, "before the @" },
	{ "email", "\xc3\xa4@example.com", NULL, "beyond ASCII" },
	{ "email", "a@m\xc3\xbcller.de", "a@m\xc3\xbcller.de", NULL },
	{ "email", "a@m\xc3\xbc ller.de", NULL, "no domain" },
	{ "email", "a@m\xc3\xbcller", NULL, "no domain" },
	{ "email", "a@\xc3\xbc-.de", NULL, "no domain" },
	{ "email", "a@\xc3.de", NULL, "no domain" },
	{ "phone", "+15551234567", "+15551234567", NULL },
	{ "phone", " (281) 332-2575 ", "+12813322575", NULL },
	{ "phone", "+44 7700 900123", "+447700900123", NULL },
	{ "phone", "call me", NULL, "no telephone number" },
	{ "phone", "", NULL, "no telephone number" },
	{ "timezone", "Europe/Berlin", "Europe/Berlin", NULL },
	{ "timezone", " UTC ", "UTC", NULL },
	{ "timezone", "America/Argentina/Buenos_Aires",
	  "America/Argentina/Buenos_Aires", NULL },
	{ "timezone", "Etc/GMT+5", "Etc/GMT+5", NULL },
	{ "timezone", "Mars/Base3", NULL, "Europe/Berlin or UTC" },
	{ "timezone", "CET", NULL, "Europe/Berlin or UTC" },
	{ "timezone", "", NULL, "Europe/Berlin or UTC" },
	{ "timezone", "Europe/", NULL, "Europe/Berlin or UTC" },
	{ "timezone", "/Berlin", NULL, "Europe/Berlin or UTC" },
	{ "timezone", "a/b/c/d", NULL, "Europe/Berlin or UTC" },
	{ "timezone", "Europe/Ber lin", NULL, "Europe/Berlin or UTC" },
	{ "timezone", "Europe/'; drop", NULL, "Europe/Berlin or UTC" },
	{ "timezone", "../../etc/passwd", NULL, "Europe/Berlin or UTC" },
	{ "date_of_birth", "1990-05-17", "1990-05-17", NULL },
	{ "date_of_birth", "1990-05-17T00:00:00Z", "1990-05-17", NULL },
	{ "date_of_birth", "05/17/1990", NULL, "like 1990-05-17" },
	{ "date_of_birth", "1990-02-30", NULL, "like 1990-05-17" },
	{ "date_of_birth", "now", NULL, "like 1990-05-17" },
	{ "date_of_birth", "0643248000", NULL, "like 1990-05-17" },
	{ "first_name", " Alex ", " Alex ", NULL },
	{ "first_name", "", "", NULL },
	{ "first_name", "a\tb\nc\rd\001e\x7f", "a\tb\nc d e ", NULL },
	{ "first_name", "J\xc3\xbcrgen", "J\xc3\xbcrgen", NULL },
	{ "first_name", "J\xfcrgen", NULL, "offset 1" },
	{ "website", "not really a URL", "not really a URL", NULL },
	{ "favourite", "x", NULL, "no field \"favourite\"" },
};

/* One rule or several over SOURCE; what the contact and the variables are. */
#define SOURCE                                                             \
	"{'method':'POST','query':{'src':'mail'},"                         \
	"'headers':{'x-shop':'north'},'body':{'email':'Alex@Example.com'," \
	"'name':'Alex  van Johnson','one':'Prince','n':12345678901234567890," \
	"'price':10.50,'t':true,'nil':null,'empty':'','blank':' \\t',"     \
	"'list':['a','b'],'none':[],'obj':{'k':'v'},'noobj':{},"           \
	"'phone':'(281) 332-2575','yes':'Yes','num':' 42 ','day':"         \
	"'2026-12-24','json':'{\\'a\\':[1]}','deep':[['x']],"              \
	"'bad':'Alex <a@b.de>','odd key':'odd',"                           \
	"'wrapped':'{\\'user\\':{\\'id\\':18446744073709551617}}'}}"

static const struct {
	const char *rules, *contact, *variables;
	const char *path, *says; /* of the only invalid value */
} mappings[] = {
	{ "[]", "{}", "{}", NULL, NULL },
	{ "[{'from':'body.email','to':'contact.email'}]",
	  "{'email':'Alex@Example.com'}", "{}", NULL, NULL },
	{ "[{'from':'body.phone','to':'contact.phone'}]",
	  "{'phone':'+12813322575'}", "{}", NULL, NULL },
	{ "[{'from':'query.src','to':'contact.source'},"
	  "{'from':'headers.x-shop','to':'custom_variables.shop'},"
	  "{'from':'method','to':'custom_variables.how'}]",
	  "{'source':'mail'}", "{'shop':'north','how':'POST'}", NULL, NULL },
	{ "[{'from':'body[\\'odd key\\']','to':'contact.city'}]",
	  "{'city':'odd'}", "{}", NULL, NULL },
	{ "[{'value':'shop','to':'contact.source'},"
	  "{'value':{'a':1},'to':'custom_variables.o'}]",
	  "{'source':'shop'}", "{'o':{'a':1}}", NULL, NULL },
	/* numbers keep their digits */
	{ "[{'from':'body.n','to':'contact.postal_code'},"
	  "{'from':'body.price','to':'contact.custom.price'},"
	  "{'from':'body.price','to':'custom_variables.p'}]",
	  "{'postal_code':'12345678901234567890','custom':{'price':10.50}}",
	  "{'p':10.50}", NULL, NULL },
	{ "[{'from':'body.t','to':'contact.source'}]", "{'source':'true'}",
	  "{}", NULL, NULL },
	{ "[{'from':'body.json.a[0]','to':'contact.postal_code'},"
	  "{'from':'body.wrapped.user.id','to':'contact.custom.id'},"
	  "{'from':'body[wrapped][user][id]','to':'custom_variables.id'}]",
	  "{'postal_code':'1','custom':{'id':18446744073709551617}}",
	  "{'id':18446744073709551617}", NULL, NULL },
	/* what is sent once or more often has one path */
	{ "[{'from':'body.list[0]','to':'contact.city'},"
	  "{'from':'body.one[0]','to':'contact.state'},"
	  "{'from':'body.one[*]','to':'custom_variables.all'}]",
	  "{'city':'a','state':'Prince'}", "{'all':['Prince']}", NULL, NULL },
	/* nothing never erases, nor stands as a value */
	{ "[{'from':'body.nil','to':'contact.city'},"
	  "{'from':'body.empty','to':'contact.city'},"
	  "{'from':'body.blank','to':'contact.city'},"
	  "{'from':'body.absent','to':'contact.custom.x'},"
	  "{'from':'body.none','to':'custom_variables.x'},"
	  "{'from':'body.noobj','to':'custom_variables.x'}]",
	  "{}", "{}", NULL, NULL },
	{ "[{'from':'body.absent','to':'contact.city','default':'Bonn'},"
	  "{'from':'body.empty','to':'custom_variables.x','default':7}]",
	  "{'city':'Bonn'}", "{'x':7}", NULL, NULL },
	{ "[{'from':'body.one','to':'contact.city','default':'Bonn'}]",
	  "{'city':'Prince'}", "{}", NULL, NULL },
	/* of two rules the last that has a value wins */
	{ "[{'from':'body.one','to':'contact.city'},"
	  "{'value':'Ulm','to':'contact.city'},"
	  "{'from':'body.absent','to':'contact.city'}]",
	  "{'city':'Ulm'}", "{}", NULL, NULL },
	/* full names */
	{ "[{'from':'body.name','to':'contact.full_name'}]",
	  "{'last_name':'Johnson','first_name':'Alex  van'}", "{}", NULL,
	  NULL },
	{ "[{'from':'body.one','to':'contact.full_name'}]",
	  "{'first_name':'Prince'}", "{}", NULL, NULL },
	{ "[{'from':'body.name','to':'contact.full_name'},"
	  "{'value':'Al','to':'contact.first_name'}]",
	  "{'first_name':'Al','last_name':'Johnson'}", "{}", NULL, NULL },
	/* lists and objects */
	{ "[{'from':'body.list','to':'contact.city'}]", "{}", "{}",
	  "body.list", "found a list; name one element, e.g. body.list[0]" },
	{ "[{'from':'body.obj','to':'contact.city'}]", "{}", "{}", "body.obj",
	  "found an object" },
	{ "[{'from':'body.list','to':'contact.city','as':'text'}]", "{}",
	  "{}", "body.list", "found a list" },
	{ "[{'from':'body.list','to':'contact.custom.l'},"
	  "{'from':'body.list[*]','to':'custom_variables.l'},"
	  "{'from':'body.obj','to':'custom_variables.o'}]",
	  "{'custom':{'l':['a','b']}}", "{'l':['a','b'],'o':{'k':'v'}}",
	  NULL, NULL },
	{ "[{'from':'body.obj','to':'contact.custom.o'}]", "{}", "{}",
	  "body.obj", "found an object" },
	{ "[{'from':'body.deep','to':'contact.custom.o'}]", "{}", "{}",
	  "body.deep", "found a list" },
	/* what does not fit is not stored */
	{ "[{'from':'body.bad','to':'contact.email'}]", "{}", "{}",
	  "body.bad", "no e-mail address" },
	{ "[{'value':'soon','to':'contact.date_of_birth'}]", "{}", "{}",
	  "contact.date_of_birth", "like 1990-05-17" },
	/* as */
	{ "[{'from':'body.num','to':'custom_variables.a','as':'number'},"
	  "{'from':'body.n','to':'custom_variables.b','as':'number'},"
	  "{'value':'1.50','to':'custom_variables.c','as':'number'},"
	  "{'value':'1.50','to':'contact.custom.d','as':'number'}]",
	  "{'custom':{'d':1.50}}",
	  "{'a':42,'b':12345678901234567890,'c':1.50}", NULL, NULL },
	{ "[{'from':'body.one','to':'custom_variables.a','as':'number'}]",
	  "{}", "{}", "body.one", "expected a number, found \"Prince\"" },
	{ "[{'value':'1,5','to':'custom_variables.a','as':'number'}]", "{}",
	  "{}", "custom_variables.a", "expected a number" },
	{ "[{'value':'NaN','to':'custom_variables.a','as':'number'}]", "{}",
	  "{}", "custom_variables.a", "expected a number" },
	{ "[{'from':'body.t','to':'custom_variables.a','as':'number'}]", "{}",
	  "{}", "body.t", "found true" },
	{ "[{'from':'body.yes','to':'custom_variables.a','as':'boolean'},"
	  "{'value':'off','to':'custom_variables.b','as':'boolean'},"
	  "{'value':1,'to':'custom_variables.c','as':'boolean'},"
	  "{'value':'0','to':'custom_variables.d','as':'boolean'},"
	  "{'value':false,'to':'custom_variables.e','as':'boolean'},"
	  "{'value':'TRUE','to':'custom_variables.f','as':'boolean'},"
	  "{'value':'no','to':'custom_variables.g','as':'boolean'},"
	  "{'value':'on','to':'custom_variables.h','as':'boolean'}]",
	  "{}",
	  "{'a':true,'b':false,'c':true,'d':false,'e':false,'f':true,"
	  "'g':false,'h':true}", NULL, NULL },
	{ "[{'value':2,'to':'custom_variables.a','as':'boolean'}]", "{}",
	  "{}", "custom_variables.a", "found a number" },
	{ "[{'from':'body.day','to':'custom_variables.a','as':'date'}]", "{}",
	  "{'a':'2026-12-24'}", NULL, NULL },
	{ "[{'from':'body.one','to':'custom_variables.a','as':'date'}]", "{}",
	  "{}", "body.one", "expected a date" },
	{ "[{'from':'body.json','to':'custom_variables.a','as':'json'},"
	  "{'from':'body.obj','to':'custom_variables.b','as':'json'}]", "{}",
	  "{'a':{'a':[1]},'b':{'k':'v'}}", NULL, NULL },
	{ "[{'from':'body.one','to':'custom_variables.a','as':'json'}]", "{}",
	  "{}", "body.one", "expected JSON" },
	{ "[{'from':'body.n','to':'custom_variables.a','as':'text'},"
	  "{'from':'body.list','to':'custom_variables.b','as':'text'}]",
	  "{}",
	  "{'a':'12345678901234567890','b':'[\\'a\\',\\'b\\']'}", NULL,
	  NULL },
};

static const struct {
	const char *rules;
	const char *path, *says; /* of the only missing value, or NULL */
} required[] = {
	{ "[{'from':'body.email','to':'contact.email','required':true}]",
	  NULL, NULL },
	{ "[{'from':'body.no','to':'contact.email','required':true}]",
	  "body.no", "contact.email is required, but there is no value" },
	{ "[{'from':'body.empty','to':'custom_variables.x','required':true}]",
	  "body.empty", "no value" },
	{ "[{'from':'body.no','to':'contact.custom.x','required':true}]",
	  "body.no", "no value" },
	{ "[{'from':'body.no','to':'custom_variables.x','required':true,"
	  "'default':1}]", NULL, NULL },
	{ "[{'from':'body.no','to':'custom_variables.x','required':false}]",
	  NULL, NULL },
	{ "[{'from':'body.bad','to':'contact.email','required':true}]",
	  "body.bad", "does not fit" },
	/* another rule gives it */
	{ "[{'from':'body.no','to':'contact.email','required':true},"
	  "{'from':'body.email','to':'contact.email'}]", NULL, NULL },
};

static const struct {
	const char *rules, *pointer, *says;
} faulty[] = {
	{ "null", "/m", "expected a list of mapping rules, found null" },
	{ "{}", "/m", "found an object" },
	{ "[7]", "/m/0", "expected an object, found a number" },
	{ "[{'to':'contact.email'}]", "/m/0", "found neither" },
	{ "[{'from':'body.a','value':1,'to':'contact.email'}]", "/m/0",
	  "found both" },
	{ "[{'from':'body.a'}]", "/m/0", "needs the member \"to\"" },
	{ "[{'from':'body.a','to':'contact.e-mail'}]", "/m/0/to",
	  "did you mean contact.email?" },
	{ "[{'from':'body.a','to':'contact.shoe_size'}]", "/m/0/to",
	  "contact.custom.shoe_size" },
	{ "[{'from':'body.a','to':'contact.do_not_contact'}]", "/m/0/to",
	  "a webhook can't say whether a contact may be written to" },
	{ "[{'from':'body.a','to':'contact.unsubscribed_at'}]", "/m/0/to",
	  "a webhook can't say whether a contact may be written to" },
	{ "[{'from':'body.a','to':'email'}]", "/m/0/to",
	  "contact.FIELD, contact.custom.KEY" },
	{ "[{'from':'body.a','to':'contact.custom'}]", "/m/0/to",
	  "a contact has no field" },
	{ "[{'from':'body.a','to':'custom_variables'}]", "/m/0/to",
	  "custom_variables.NAME" },
	{ "[{'from':'body.a','to':'custom_variables.a.b'}]", "/m/0/to",
	  "custom_variables.NAME" },
	{ "[{'from':'body.a','to':'custom_variables.a[0]'}]", "/m/0/to",
	  "custom_variables.NAME" },
	{ "[{'from':'body.a','to':'custom_variables.a{b'}]", "/m/0/to",
	  "custom_variables.NAME" },
	{ "[{'from':'body.a','to':7}]", "/m/0/to", "found a number" },
	{ "[{'from':'contact.email','to':'contact.email'}]", "/m/0/from",
	  "begins with body, query, headers or method" },
	{ "[{'from':'body.a[','to':'contact.email'}]", "/m/0/from",
	  "expected" },
	{ "[{'from':'','to':'contact.email'}]", "/m/0/from", "expected" },
	{ "[{'from':7,'to':'contact.email'}]", "/m/0/from",
	  "expected text, found a number" },
	{ "[{'from':'body.a','to':'contact.email','as':'int'}]", "/m/0/as",
	  "\"date\" or \"json\", found \"int\"" },
	{ "[{'from':'body.a','to':'contact.email','required':'yes'}]",
	  "/m/0/required", "true or false" },
	{ "[{'from':'body.a','to':'contact.email','requird':true}]",
	  "/m/0/requird", "did you mean \"required\"?" },
	{ "[{'from':'body.a','to':'contact.email'},{'from':'body.a',"
	  "'to':'contact.email','a/b~c':1}]", "/m/1/a~1b~0c",
	  "has no member \"a/b~c\"" },
};
/* clang-format on */

START_TEST(a_field_takes_what_fits)
{
	struct err e = ERR_INIT;
	const char *key, *got;

	got = contact_field_value(pool, fields[_i].field, fields[_i].text, "US",
				  &key, &e);
	if (fields[_i].want != NULL) {
		ck_assert_msg(got != NULL, "\"%s\": %s", fields[_i].text,
			      e.text);
		ck_assert_str_eq(got, fields[_i].want);
		return;
	}
	ck_assert_msg(got == NULL, "\"%s\" is taken", fields[_i].text);
	ck_assert_int_eq(e.kind, ERR_INPUT);
	ck_assert_msg(strstr(e.text, fields[_i].says) != NULL,
		      "\"%s\" lacks \"%s\"", e.text, fields[_i].says);
}
END_TEST

START_TEST(an_address_matches_in_lower_case)
{
	const char *key = NULL;

	ck_assert_ptr_nonnull(contact_field_value(
		pool, "email", "A@M\xc3\x9cller.DE", "US", &key, NULL));
	ck_assert_str_eq(key, "a@xn--mller-kva.de");
	ck_assert_str_eq(contact_field_value(pool, "email", " A@Example.COM ",
					     "US", &key, NULL),
			 "A@Example.COM");
	ck_assert_str_eq(key, "a@example.com");
	ck_assert_ptr_nonnull(
		contact_field_value(pool, "email", "A@B.de", "US", NULL, NULL));
	ck_assert_ptr_nonnull(
		contact_field_value(pool, "city", "Ulm", "US", &key, NULL));
	ck_assert_ptr_null(key);
}
END_TEST

START_TEST(a_text_has_at_most_1000_characters)
{
	struct buf b = BUF_INIT;
	int i;

	for (i = 0; i < 1000; i++)
		buf_adds(&b, "\xc3\xa4");
	ck_assert_ptr_nonnull(
		contact_field_value(pool, "city", b.s, "US", NULL, NULL));
	buf_addc(&b, 'x');
	ck_assert_ptr_null(
		contact_field_value(pool, "city", b.s, "US", NULL, NULL));
	buf_free(&b);
}
END_TEST

START_TEST(rules_make_contact_and_variables)
{
	struct mapped out;

	map_apply(quoted(pool, mappings[_i].rules), quoted(pool, SOURCE), "US",
		  NULL, pool, &out);
	ck_assert_str_eq(requoted(pool, out.contact), mappings[_i].contact);
	ck_assert_msg(json_object_equal(out.variables,
					quoted(pool, mappings[_i].variables)) ||
			      strcmp(requoted(pool, out.variables),
				     mappings[_i].variables) == 0,
		      "%s", requoted(pool, out.variables));
	ck_assert_uint_eq(out.missing.n, 0);
	if (mappings[_i].path == NULL) {
		ck_assert_msg(out.invalid.n == 0, "%s",
			      out.invalid.n == 0 ? ""
						 : out.invalid.list[0].detail);
		return;
	}
	ck_assert_uint_eq(out.invalid.n, 1);
	ck_assert_str_eq(out.invalid.list[0].path, mappings[_i].path);
	ck_assert_msg(strstr(out.invalid.list[0].detail, mappings[_i].says) !=
			      NULL,
		      "%s", out.invalid.list[0].detail);
}
END_TEST

START_TEST(an_address_identifies_by_its_key)
{
	struct mapped out;

	map_apply(quoted(pool, "[{'from':'body.email','to':'contact.email'}]"),
		  quoted(pool, SOURCE), "US", NULL, pool, &out);
	ck_assert_str_eq(out.email_key, "alex@example.com");
	map_apply(quoted(pool, "[{'from':'body.bad','to':'contact.email'}]"),
		  quoted(pool, SOURCE), "US", NULL, pool, &out);
	ck_assert_ptr_null(out.email_key);
}
END_TEST

START_TEST(what_is_required_must_be_there)
{
	struct mapped out;

	map_apply(quoted(pool, required[_i].rules), quoted(pool, SOURCE), "US",
		  NULL, pool, &out);
	ck_assert_uint_eq(out.missing.n, required[_i].path != NULL);
	if (required[_i].path == NULL)
		return;
	ck_assert_str_eq(out.missing.list[0].path, required[_i].path);
	ck_assert_msg(strstr(out.missing.list[0].detail, required[_i].says) !=
			      NULL,
		      "%s", out.missing.list[0].detail);
}
END_TEST

START_TEST(faulty_rules_are_named)
{
	struct faults f = FAULTS_INIT(pool);

	map_check(quoted(pool, faulty[_i].rules), "/m", &f);
	ck_assert_msg(f.n == 1, "%zu faults in %s", f.n, faulty[_i].rules);
	ck_assert_str_eq(f.list[0].path, faulty[_i].pointer);
	ck_assert_msg(strstr(f.list[0].detail, faulty[_i].says) != NULL,
		      "\"%s\" lacks \"%s\"", f.list[0].detail, faulty[_i].says);
}
END_TEST

START_TEST(good_rules_have_no_fault)
{
	struct faults f = FAULTS_INIT(pool);
	size_t i;

	for (i = 0; i < N(mappings); i++)
		map_check(quoted(pool, mappings[i].rules), "", &f);
	for (i = 0; i < N(required); i++)
		map_check(quoted(pool, required[i].rules), "", &f);
	ck_assert_msg(f.n == 0, "%s: %s", f.n == 0 ? "" : f.list[0].path,
		      f.n == 0 ? "" : f.list[0].detail);
}
END_TEST

START_TEST(faulty_rules_do_no_harm)
{
	struct mapped out;
	size_t i;

	for (i = 0; i < N(faulty); i++) {
		map_apply(quoted(pool, faulty[i].rules), quoted(pool, SOURCE),
			  "US", NULL, pool, &out);
		ck_assert_ptr_nonnull(out.contact);
	}
	map_apply(NULL, NULL, "US", NULL, pool, &out);
	ck_assert_str_eq(requoted(pool, out.contact), "{}");
	map_apply(quoted(pool, "[{'value':1,'to':'no','required':true}]"), NULL,
		  "US", NULL, pool, &out);
	ck_assert_uint_eq(out.missing.n, 0);
}
END_TEST

/* Real payloads, where the folder with them is there. */

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

/* The whole file; NULL when there is none. */
static struct json_object *
read_json_file(const char *name)
{
	FILE *in = fopen(shared_file(name), "rb");
	struct json_object *o = NULL;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	size_t n;

	if (in == NULL)
		return NULL;
	do {
		buf_grow(&b, 65536);
		n = fread(b.s + b.len, 1, 65535, in);
		b.len += n;
	} while (n > 0);
	fclose(in);
	ck_assert_msg(json_read(b.s, b.len, JSON_MAX_DEPTH, &o, &e) == 0,
		      "%s: %s", name, e.text);
	buf_free(&b);
	return json_pool(pool, o);
}

/* contact.email from body.PATH and so on, for the paths an entry names. */
static struct json_object *
rules_of(struct json_object *entry)
{
	struct json_object *rules = json_pool(pool, json_object_new_array());
	struct json_object *rule;
	const char *path;

	json_object_object_foreach (json_get(entry, "contact_paths"), field,
				    v) {
		if (v == NULL)
			continue;
		path = json_object_get_string(v);
		rule = json_object_new_object();
		json_set_string(rule, "from",
				mem_printf(pool, "body%s%s",
					   *path == '[' ? "" : ".", path));
		json_set_string(rule, "to",
				mem_printf(pool, "contact.%s", field));
		json_object_array_add(rules, rule);
	}
	return rules;
}

/* The digits of a number, as senders write it or as we do. */
static const char *
digits_of(const char *text)
{
	char *out = mem_strdup(pool, text), *to = out;

	for (; *text != '\0'; text++)
		if (*text >= '0' && *text <= '9')
			*to++ = *text;
	*to = '\0';
	return out;
}

static int
ends_with(const char *text, const char *end)
{
	size_t a = strlen(text), b = strlen(end);

	return a >= b && strcmp(text + a - b, end) == 0;
}

static void
compare_with_index(struct json_object *entry, const struct mapped *out)
{
	struct json_object *values = json_get(entry, "values_at_paths");
	const char *file = json_get_string(entry, "file");
	const char *got, *want;

	json_object_object_foreach (json_get(entry, "contact_paths"), field,
				    v) {
		want = json_get_string(values, field);
		got = json_get_string(out->contact, field);
		if (v == NULL || want == NULL) {
			ck_assert_msg(got == NULL, "%s: %s", file, field);
			continue;
		}
		/* some copies have their addresses blacked out, and a number
		 * without area code can't be called */
		if (strcmp(want, "[REDACTED]") == 0 ||
		    (strcmp(field, "phone") == 0 &&
		     strlen(digits_of(want)) < 8)) {
			ck_assert_ptr_null(got);
			ck_assert_uint_eq(out->invalid.n, 1);
			continue;
		}
		ck_assert_msg(got != NULL, "%s: no %s, wanted \"%s\"", file,
			      field, want);
		if (strcmp(field, "phone") != 0)
			ck_assert_str_eq(got, want);
		else if (*want == '+')
			ck_assert_str_eq(got + 1, digits_of(want));
		else
			ck_assert_msg(ends_with(got, digits_of(want)),
				      "%s: %s is not %s", file, got, want);
	}
}

START_TEST(real_payloads_make_the_right_contact)
{
	struct json_object *index = read_json_file("INDEX.json"), *entry;
	struct json_object *source, *body;
	struct mapped out;
	const char *file;
	size_t i, n = 0, skipped = 0;

	if (index == NULL) {
		printf("skipped: no payloads at %s\n",
		       shared_file("INDEX.json"));
		return;
	}
	for (i = 0; i < json_object_array_length(index); i++) {
		entry = json_object_array_get_idx(index, i);
		file = json_get_string(entry, "file");
		if (!ends_with(file, ".json")) {
			skipped++;
			continue;
		}
		body = read_json_file(file);
		ck_assert_msg(body != NULL, "%s is not there", file);
		source = json_pool(pool, json_object_new_object());
		json_object_object_add(source, "body", json_object_get(body));
		map_apply(rules_of(entry), source, "US", NULL, pool, &out);
		compare_with_index(entry, &out);
		n++;
	}
	printf("%zu payloads mapped; %zu skipped (forms, XML, queries)\n", n,
	       skipped);
	ck_assert_uint_gt(n, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("map");
	TCase *tc = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_field_takes_what_fits, 0, (int)N(fields));
	tcase_add_test(tc, an_address_matches_in_lower_case);
	tcase_add_test(tc, a_text_has_at_most_1000_characters);
	tcase_add_loop_test(tc, rules_make_contact_and_variables, 0,
			    (int)N(mappings));
	tcase_add_test(tc, an_address_identifies_by_its_key);
	tcase_add_loop_test(tc, what_is_required_must_be_there, 0,
			    (int)N(required));
	tcase_add_loop_test(tc, faulty_rules_are_named, 0, (int)N(faulty));
	tcase_add_test(tc, good_rules_have_no_fault);
	tcase_add_test(tc, faulty_rules_do_no_harm);
	tcase_add_test(tc, real_payloads_make_the_right_contact);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
