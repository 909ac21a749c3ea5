/*
 * check_plan.c - workflow documents: which are valid, every kind of fault
 * with its pointer, and what stands between them and their publication.
 */
#include "config.h"

#include "flow/plan.h"

#include "plan_doc.h"

#include <stdlib.h>

static const char example[] =
	"{'format':'hookline/1','name':'Order fulfilment','settings':"
	"{'reentry':'when_finished','reentry_key':"
	"'custom_variables.order_id','timezone':'Europe/Berlin','contact':"
	"'required','sender':{'name':'Shop','email':'shop@example.com'}},"
	"'trigger':{'type':'inbound_webhook','methods':['POST','GET','PUT'],"
	"'verify':{'scheme':'stripe-v1','secret':'secret:stripe',"
	"'mode':'enforce'},'dedup':{'from':'body.id'},'split':'body.events',"
	"'filter':{'field':'custom_variables.plan','is':'not_empty'},'map':["
	"{'from':'body.data.object.customer_details.email',"
	"'to':'contact.email'},{'from':'body.data.object.metadata.plan',"
	"'to':'custom_variables.plan'}]},'steps':[{'id':'hello','type':"
	"'send_email','to':'{{contact.email}}','subject':'Thanks','html':"
	"'<p>Thank you</p>','text':'Thank you'},{'id':'rest','type':'wait',"
	"'for':'2 days'},{'id':'which','type':'if_else','branches':[{'name':"
	"'Pro','when':{'field':'custom_variables.plan','is':'equals',"
	"'value':'pro'},'steps':[]}],'else':[]},{'id':'next','type':'enrol',"
	"'workflow':'Onboarding'}]}";

/* clang-format off */
/* Steps that are valid. */
static const struct {
	const char *step;
} good[] = {
	{ "'type':'send_email','to':'a@b.de','cc':'','bcc':'','reply_to':'',"
	  "'subject':'x','html':'{{#contact}}{{name}}{{/contact}}',"
	  "'from':'Shop <a@b.de>','list_unsubscribe':'<mailto:x@b.de>'" },
	{ "'type':'send_email','to':'a@b.de','subject':'x','text':'y',"
	  "'category':'marketing','list_unsubscribe':true" },
	{ "'type':'send_email','to':'a@b.de','subject':'x','text':'y',"
	  "'category':'transactional','list_unsubscribe':''" },
	{ "'type':'update_contact','set':{'do_not_contact':['sms','email']}" },
	{ "'type':'update_contact','set':{'do_not_contact':null,'city':'x'}" },
	{ "'type':'send_sms','to':'{{contact.phone}}','text':'y','from':'z'" },
	{ "'type':'send_sms','to':'030 901820','text':'y'" },
	{ "'type':'call_webhook','url':'https://b.de/{{contact.id}}',"
	  "'method':'PATCH','headers':{'X-A':'{{run.id}}'},"
	  "'json':{'a':[1,null,'{{contact.email}}']},'save_as':'crm'" },
	{ "'type':'call_webhook','url':'https://b.de','form':{'a':1,"
	  "'b':'{{contact.email}}'}" },
	{ "'type':'call_webhook','url':'https://b.de','body':''" },
	{ "'type':'call_webhook','url':'{{webhook.body.url}}',"
	  "'json':'{\\\"a\\\":{{webhook.body.a}}}'" },
	{ "'type':'call_webhook','url':'HTTPS://[::1]:8443?a=b@c','json':'[1]'" },
	{ "'type':'send_email','to':'{{contact.email}}','subject':'x',"
	  "'cc':'A <a@b.de>,','from':'{{account.name}} <a@b.de>',"
	  "'text':'y'" },
	{ "'type':'call_webhook','url':'https://b.de','query':{'a':1,"
	  "'b':'{{contact.email}}'},'auth':{'type':'api_key',"
	  "'name':'k','value':'{{custom_variables.k}}','in':'query'}" },
	{ "'type':'call_webhook','url':'https://b.de','auth':{'type':'basic',"
	  "'username':'{{contact.email}}','password':''}" },
	{ "'type':'call_webhook','url':'https://b.de','auth':{'type':'none'},"
	  "'headers':{'Authorization':'x'}" },
	{ "'type':'if_else','branches':[{'when':" WHEN ",'steps':[]}]" },
	{ "'type':'if_else','branches':[{'when':" WHEN ",'steps':["
	  "{'id':'b','type':'end'},{'id':'c','type':'goal','when':" WHEN
	  ",'if_not_met':'end'}]}],'else':[]" },
	{ "'type':'split','branches':[{'name':'A','percent':30,'steps':[]},"
	  "{'percent':70,'steps':[]}]" },
	{ "'type':'wait','for':'{{custom_variables.days}} days'" },
	{ "'type':'wait','until':'2026-12-24','offset':'-1 day',"
	  "'if_past':'skip_step'" },
	{ "'type':'wait','until':'{{webhook.body.start}}'" },
	{ "'type':'wait','until_condition':" WHEN ",'timeout':'1 day'" },
	{ "'type':'wait','window':{'days':['mon','fri'],'from':'09:00',"
	  "'to':'17:30'}" },
	{ "'type':'set_variable','name':'total','value':{'a':1},'as':'json'" },
	{ "'type':'set_variable','name':'total','value':null" },
	{ "'type':'set_variable','name':'total','add':5" },
	{ "'type':'set_variable','name':'t','subtract':'{{webhook.body.a}}'" },
	{ "'type':'set_variable','name':'t','multiply':1.5" },
	{ "'type':'set_variable','name':'t','divide':2" },
	{ "'type':'set_variable','name':'t','round':2" },
	{ "'type':'set_variable','name':'t','value':'now',"
	  "'date_add':'2 days'" },
	{ "'type':'set_variable','name':'t','date_format':'x'" },
	{ "'type':'set_variable','name':'t','value':'7 cm','as':'number',"
	  "'replace':{'find':' cm','with':''},'trim':true,'lower':true,"
	  "'upper':false,'substring':{'from':-2,'length':1},'split':' '" },
	{ "'type':'update_contact','set':{'city':'{{webhook.body.city}}',"
	  "'custom.plan':['a','b'],'postal_code':12345}" },
	{ "'type':'update_contact','set':{'phone':'030 901820','email':'"
	  "{{webhook.body.email}}','city':'','date_of_birth':'1990-05-17'}" },
	{ "'type':'add_tag','tags':['a','{{webhook.body.tag}}']" },
	{ "'type':'remove_tag','tags':['a']" },
	{ "'type':'enrol','workflow':'Onboarding'" },
	{ "'type':'unenrol','workflow':'Leads'" },
	{ "'type':'notify','to':'x','subject':'y','text':'z'" },
	{ "'type':'find_contact','by':{'email':'{{webhook.body.email}}',"
	  "'id':7,'custom.stripe':'x'},'found':[{'id':'f','type':'end'}],"
	  "'not_found':[{'id':'n','type':'end'}]" },
	{ "'type':'go_to','step':'a'" },
	{ "'type':'goal','when':" WHEN },
	{ "'type':'end','reason':'not for us','name':'Stop','on_error':"
	  "'continue','if':" WHEN ",'disabled':true,"
	  "'delivery':'at_most_once'" },
	{ "'type':'wait','until_condition':" WHEN ",'timeout':'1 day',"
	  "'if_timeout':'end'" },
	{ "'type':'wait','window':{'from':'22:00','to':'06:00',"
	  "'timezone':'contact'},'if_late':'next_window'" },
	{ "'type':'wait','for':'1 day','window':{'days':['sun']},"
	  "'late_after':'2 hours'" },
	{ "'type':'wait','until':'2026-12-24','if_late':'skip_step',"
	  "'late_after':'15 minutes'" },
};

/* Steps with one fault each; the pointer is below /steps/0. */
static const struct {
	const char *step, *pointer, *says;
} bad[] = {
	/* common fields */
	{ "'type':'end','x':1", "/x", "an end step has no member" },
	{ "'type':'add_tag'", "", "an add_tag step needs" },
	{ "'type':'wait','for':'300'", "/for", "expected a unit behind" },
	{ "'type':'end','reasn':'x'", "/reasn", "did you mean \"reason\"?" },
	{ "'type':'end','colour':'x'", "/colour", "has no member \"colour\"" },
	{ "'type':'end','a/b~':1", "/a~1b~0", "has no member \"a/b~\"" },
	{ "'type':'end','on_error':'ignore'", "/on_error",
	  "expected \"retry\", \"continue\" or \"fail\", found \"ignore\"" },
	{ "'type':'end','disabled':'yes'", "/disabled", "true or false" },
	{ "'type':'end','delivery':'twice'", "/delivery", "at_least_once" },
	{ "'type':'end','name':''", "/name", "1 to 200 characters, found 0" },
	{ "'type':'end','name':'a\\nb'", "/name", "one line of text" },
	{ "'type':'end','name':7", "/name", "expected text, found a number" },
	{ "'type':'end','if':null", "/if", "" },
	{ "'type':'end','if':{'field':'contact.email','is':'like'}",
	  "/if/is", "like" },
	/* kinds */
	{ "'type':'send_mail'", "/type", "did you mean \"send_email\"?" },
	{ "'type':'fax'", "/type", "no step has the type \"fax\"; known: " },
	{ "'type':7", "/type", "expected a type of step, found a number" },
	{ "'name':'x'", "", "needs the member \"type\"" },
	/* send_email */
	{ "'type':'send_email','subject':'x','text':'y'", "",
	  "needs the member \"to\"" },
	{ "'type':'send_email','to':'a@b.de','text':'y'", "",
	  "needs the member \"subject\"" },
	{ "'type':'send_email','to':'a@b.de','subject':'y'", "",
	  "needs html, text or both" },
	{ "'type':'send_email','to':'','subject':'y','text':'z'", "/to",
	  "found nothing" },
	{ "'type':'send_email','to':'a@b.de','subject':'{{y','text':'z'",
	  "/subject", "line 1" },
	{ "'type':'send_email','to':'a@b.de','subject':'y','html':'{{#a}}'",
	  "/html", "a" },
	{ "'type':'send_email','to':['x'],'subject':'y','text':'z'", "/to",
	  "expected text, found a list" },
	{ "'type':'send_email','to':'a@b.de','sujbect':'y','text':'z',"
	  "'subject':'s'", "/sujbect", "did you mean \"subject\"?" },
	/* call_webhook */
	{ "'type':'call_webhook'", "", "needs the member \"url\"" },
	{ "'type':'call_webhook','url':'http://b','method':'HEAD'", "/method",
	  "found \"HEAD\"" },
	{ "'type':'call_webhook','url':'http://b','method':'post'", "/method",
	  "found \"post\"" },
	{ "'type':'call_webhook','url':'http://b','json':1,'body':'y'", "",
	  "json, form or body" },
	{ "'type':'call_webhook','url':'http://b','headers':['a']", "/headers",
	  "an object of names and texts" },
	{ "'type':'call_webhook','url':'http://b','headers':{'a b':'c'}",
	  "/headers/a b", "no header name" },
	{ "'type':'call_webhook','url':'http://b','headers':{'a':1}", "/headers/a",
	  "expected text, found a number" },
	{ "'type':'call_webhook','url':'http://b','form':{'a':['{{x']}", "/form/a",
	  "found a list" },
	{ "'type':'call_webhook','url':'http://b','json':{'a':[0,'{{x']}",
	  "/json/a/1", "line 1" },
	{ "'type':'call_webhook','url':'http://b','query':{'a':['x']}",
	  "/query/a", "text, a number" },
	{ "'type':'call_webhook','url':'http://b','auth':'x'", "/auth",
	  "expected an object" },
	{ "'type':'call_webhook','url':'http://b','auth':{'type':'digest'}",
	  "/auth/type", "api_key" },
	{ "'type':'call_webhook','url':'http://b','auth':{'type':'basic'}",
	  "/auth", "needs \"username\"" },
	{ "'type':'call_webhook','url':'http://b','auth':{'type':'none',"
	  "'token':'x'}",
	  "/auth/token", "a login by none has no token" },
	{ "'type':'call_webhook','url':'http://b','auth':{'type':'bearer',"
	  "'token':''}",
	  "/auth/token", "found nothing" },
	{ "'type':'call_webhook','url':'http://b','auth':{'type':'bearer',"
	  "'token':'{{x'}",
	  "/auth/token", "a tag does not end" },
	{ "'type':'call_webhook','url':'http://b','auth':{'type':'bearer',"
	  "'tokn':'x','token':'y'}",
	  "/auth/tokn", "did you mean \"token\"" },
	{ "'type':'call_webhook','url':'http://b','auth':{'type':'api_key',"
	  "'name':'a b','value':'x'}",
	  "/auth/name", "no header name" },
	{ "'type':'call_webhook','url':'http://b','auth':{'type':'api_key',"
	  "'name':'Host','value':'x'}",
	  "/auth/name", "set by the connection" },
	{ "'type':'call_webhook','url':'http://b','auth':{'type':'bearer',"
	  "'token':'x'},'headers':{'authorization':'y'}",
	  "/headers/authorization", "auth makes this header" },
	{ "'type':'call_webhook','url':'http://b','save_as':'a.b'", "/save_as",
	  "letters, digits" },
	{ "'type':'send_sms','text':'y','to':'nobody'", "/to",
	  "a telephone number" },
	{ "'type':'send_sms','text':'y','to':'+1'", "/to",
	  "a telephone number" },
	{ "'type':'send_sms','text':'y','to':''", "/to", "found nothing" },
	{ "'type':'send_email','subject':'y','text':'z','to':'nobody'", "/to",
	  "found \"nobody\": the @ is missing" },
	{ "'type':'send_email','subject':'y','text':'z','to':','", "/to",
	  "at least one address" },
	{ "'type':'send_email','to':'a@b.de','subject':'y','text':'z',"
	  "'cc':'A <a@b.de>, b'", "/cc", "the @ is missing" },
	{ "'type':'send_email','to':'a@b.de','subject':'y','text':'z',"
	  "'bcc':'a@b.de\\nX: y'", "/bcc", "one line" },
	{ "'type':'send_email','to':'a@b.de','subject':'y','text':'z',"
	  "'reply_to':'\\\"a@b.de, c@b.de\\\"'", "/reply_to",
	  "one bare address" },
	{ "'type':'send_email','to':'a@b.de','subject':'y','text':'z',"
	  "'from':'a@b.de, c@b.de'", "/from", "one address, found 2" },
	{ "'type':'send_email','to':'a@b.de','subject':'x\\ny','text':'z'",
	  "/subject", "one line" },
	{ "'type':'send_email','to':'a@b.de','subject':'y','text':'z',"
	  "'list_unsubscribe':'leave'", "/list_unsubscribe", "mailto:" },
	{ "'type':'send_email','to':'a@b.de','subject':'y','text':'z',"
	  "'list_unsubscribe':false", "/list_unsubscribe", "true, for a link" },
	{ "'type':'update_contact','set':{'do_not_contact':'sms'}",
	  "/set/do_not_contact", "a list of at least one" },
	{ "'type':'update_contact','set':{'do_not_contact':['{{contact.id}}']}",
	  "/set/do_not_contact/0",
	  "\"email\" or \"sms\"" },
	{ "'type':'send_email','to':'a@b.de','subject':'y','text':'z',"
	  "'category':'news'", "/category",
	  "\"transactional\" or \"marketing\"" },
	{ "'type':'send_email','to':'a@b.de','subject':'y','text':'z',"
	  "'category':'transactional','list_unsubscribe':true",
	  "/list_unsubscribe", "only marketing e-mail has" },
	{ "'type':'call_webhook','url':'ftp://b.de'", "/url", "found ftp://" },
	{ "'type':'call_webhook','url':'notaurl'", "/url", "https://HOST" },
	{ "'type':'call_webhook','url':'file:///etc/passwd'", "/url",
	  "found file://" },
	{ "'type':'call_webhook','url':'http://'", "/url", "expected a host" },
	{ "'type':'call_webhook','url':'http://u:p@b.de'", "/url",
	  "the header Authorization takes them" },
	{ "'type':'call_webhook','url':'http://b.de:99999/'", "/url",
	  "HOST:PORT" },
	{ "'type':'call_webhook','url':'http://[::1/'", "/url",
	  "expected a host" },
	{ "'type':'call_webhook','url':'http://b.de/a b'", "/url",
	  "without blanks" },
	{ "'type':'call_webhook','url':'http://b','headers':{'Host':'c'}",
	  "/headers/Host", "set by the connection" },
	{ "'type':'call_webhook','url':'http://b','headers':{'A':'c\\nD: e'}",
	  "/headers/A", "control character" },
	{ "'type':'call_webhook','url':'http://b','json':'{'", "/json",
	  "no JSON" },
	/* if_else, split */
	{ "'type':'if_else'", "", "needs the member \"branches\"" },
	{ "'type':'if_else','branches':[]", "/branches",
	  "1 to 10 branches, found 0" },
	{ "'type':'if_else','branches':{}", "/branches",
	  "a list of branches, found an object" },
	{ "'type':'if_else','branches':[{'steps':[]}]", "/branches/0",
	  "needs the member \"when\"" },
	{ "'type':'if_else','branches':[{'when':" WHEN "}]", "/branches/0",
	  "needs the member \"steps\"" },
	{ "'type':'if_else','branches':[{'when':" WHEN ",'steps':{}}]",
	  "/branches/0/steps", "a list of steps, found an object" },
	{ "'type':'if_else','branches':[{'when':" WHEN ",'steps':[7]}]",
	  "/branches/0/steps/0", "expected an object, found a number" },
	{ "'type':'if_else','branches':[{'when':{'field':'a[','is':'empty'}"
	  ",'steps':[]}]", "/branches/0/when/field", "" },
	{ "'type':'if_else','branches':[{'when':" WHEN ",'steps':[]}],"
	  "'else':[{'id':'b','type':'wait'}]", "/else/0",
	  "for, until, until_condition or window" },
	{ "'type':'split','branches':[{'percent':100,'steps':[]}]",
	  "/branches", "2 to 10 branches, found 1" },
	{ "'type':'split','branches':[{'percent':50,'steps':[]},"
	  "{'percent':49,'steps':[]}]", "/branches", "add up to 99" },
	/* wait */
	{ "'type':'wait','for':'a while'", "/for", "found \"a while\"" },
	{ "'type':'wait','for':2", "/for", "expected text, found a number" },
	{ "'type':'wait','for':'1 day','until':'2026-12-24'", "",
	  "found 2; keep one" },
	{ "'type':'wait','until':'tomorrow'", "/until", "expected a date" },
	{ "'type':'wait','until':'2026-02-30'", "/until", "expected a date" },
	{ "'type':'wait','for':'-1 day'", "/for", "not negative" },
	{ "'type':'wait','until_condition':" WHEN ",'timeout':'-1 h'",
	  "/timeout", "not negative" },
	{ "'type':'wait','for':'1 day','offset':'1 h'", "/offset",
	  "belongs to until" },
	{ "'type':'wait','for':'1 day','if_past':'end'", "/if_past",
	  "belongs to until" },
	{ "'type':'wait','for':'1 day','timeout':'1 h'", "/timeout",
	  "belongs to until_condition" },
	{ "'type':'wait','until_condition':" WHEN, "", "needs a timeout" },
	{ "'type':'wait','for':'1 day','if_timeout':'end'", "/if_timeout",
	  "belongs to until_condition" },
	{ "'type':'wait','for':'1 day','if_late':'next_window'", "/if_late",
	  "there is no window" },
	{ "'type':'wait','for':'1 day','late_after':'1 hour'", "/late_after",
	  "belongs to if_late" },
	{ "'type':'wait','window':{'timezone':'contact'}", "/window",
	  "needs days, from or to" },
	{ "'type':'wait','window':{'from':'09:00','to':'09:00'}",
	  "/window/to", "ends when it begins" },
	{ "'type':'wait','window':{'days':['monday']}", "/window/days/0",
	  "found \"monday\"" },
	{ "'type':'wait','window':{'days':['mon','mon']}", "/window/days/1",
	  "twice" },
	{ "'type':'wait','window':{'from':'9:00'}", "/window/from",
	  "time of day" },
	{ "'type':'wait','window':{'to':'24:00'}", "/window/to",
	  "time of day" },
	/* set_variable */
	{ "'type':'set_variable','value':1", "", "needs the member \"name\"" },
	{ "'type':'set_variable','name':'x'", "", "needs a value" },
	{ "'type':'set_variable','name':'a.b','value':1", "/name",
	  "letters, digits" },
	{ "'type':'set_variable','name':'x','value':1,'as':'int'", "/as",
	  "found \"int\"" },
	{ "'type':'set_variable','name':'x','value':'seven','as':'number'",
	  "/value", "expected a number, found \"seven\"" },
	{ "'type':'set_variable','name':'x','add':'five'", "/add",
	  "a number or a template" },
	{ "'type':'set_variable','name':'x','split':''", "/split",
	  "found nothing" },
	{ "'type':'set_variable','name':'x','replace':{'find':''}",
	  "/replace/find", "found nothing" },
	{ "'type':'set_variable','name':'x','replace':{'find':'{{x'}",
	  "/replace/find", "does not end" },
	{ "'type':'set_variable','name':'x','substring':{'from':0}",
	  "/substring/from", "the first character is 1" },
	{ "'type':'set_variable','name':'x','upper':'yes'", "/upper",
	  "true or false" },
	{ "'type':'set_variable','name':'x','round':99", "/round",
	  "expected 0 to 15, found 99" },
	/* update_contact, tags */
	{ "'type':'update_contact','set':{}", "/set", "at least one field" },
	{ "'type':'update_contact','set':{'fist_name':'x'}",
	  "/set/fist_name", "did you mean \"first_name\"?" },
	{ "'type':'update_contact','set':{'shoes':'x'}", "/set/shoes",
	  "custom.KEY" },
	{ "'type':'update_contact','set':{'city':['x']}", "/set/city",
	  "found a list" },
	{ "'type':'update_contact','set':{'email':null}", "/set/email",
	  "found null" },
	{ "'type':'update_contact','set':{'email':'nobody'}", "/set/email",
	  "no e-mail address" },
	{ "'type':'update_contact','set':{'phone':'+1'}", "/set/phone",
	  "no telephone number" },
	{ "'type':'update_contact','set':{'date_of_birth':1990}",
	  "/set/date_of_birth", "a date like" },
	{ "'type':'add_tag','tags':['']", "/tags/0", "found nothing" },
	{ "'type':'add_tag','tags':['a',' ']", "/tags/1", "found nothing" },
	{ "'type':'add_tag','tags':'x'", "/tags", "a list of at least one" },
	{ "'type':'add_tag','tags':[]", "/tags", "a list of at least one" },
	{ "'type':'remove_tag','tags':['a',2]", "/tags/1", "found a number" },
	/* find_contact */
	{ "'type':'find_contact','by':{}", "/by", "at least one field" },
	{ "'type':'find_contact','by':{'emial':'x'}", "/by/emial",
	  "did you mean \"email\"" },
	{ "'type':'find_contact','by':{'email':null}", "/by/email",
	  "found null" },
	{ "'type':'find_contact','by':{'id':['x']}", "/by/id", "found a list" },
	{ "'type':'find_contact','by':{'id':'{{x'}", "/by/id", "does not end" },
	{ "'type':'find_contact','by':{'id':1},'else':[]", "/else",
	  "no member" },
	/* enrol, go_to */
	{ "'type':'enrol'", "", "needs the member \"workflow\"" },
	{ "'type':'go_to','step':'nowhere'", "/step", "no step has the id" },
};

/* Documents with one fault each, outside the steps. */
static const struct {
	const char *settings, *trigger, *pointer, *says;
} bad_frame[] = {
	{ "{'reentry':'sometimes'}", "", "/settings/reentry",
	  "\"when_finished\", \"always\" or \"never\", found \"sometimes\"" },
	{ "{'reentry_key':'a['}", "", "/settings/reentry_key", "" },
	{ "{'timezone':'Berlin'}", "", "/settings/timezone",
	  "Europe/Berlin or UTC" },
	{ "{'contact':'maybe'}", "", "/settings/contact", "\"required\"" },
	{ "{'sender':{'name':'x'}}", "", "/settings/sender",
	  "needs the member \"email\"" },
	{ "{'sender':{'email':'x'}}", "", "/settings/sender/email",
	  "no e-mail address" },
	{ "{'time_zone':'UTC'}", "", "/settings/time_zone",
	  "did you mean \"timezone\"?" },
	{ "null", "", "/settings", "expected an object, found null" },
	{ "{}", ",'methods':['DELETE']", "/trigger/methods/0",
	  "\"POST\", \"GET\" or \"PUT\", found \"DELETE\"" },
	{ "{}", ",'methods':[]", "/trigger/methods", "at least one" },
	{ "{}", ",'methods':'POST'", "/trigger/methods", "at least one" },
	{ "{}", ",'methods':['GET','GET']", "/trigger/methods/1", "twice" },
	{ "{}", ",'verify':{'scheme':'shopify','secret':'secret:y','mode':'z'}",
	  "/trigger/verify/mode", "\"enforce\" or \"log\"" },
	{ "{}", ",'dedup':{}", "/trigger/dedup", "from, header, preset or window" },
	{ "{}", ",'dedup':{'from':'body.id','header':'x'}", "/trigger/dedup",
	  "one of from" },
	{ "{}", ",'dedup':{'from':'id'}", "/trigger/dedup/from",
	  "body, query, headers or method" },
	{ "{}", ",'dedup':{'window':'long'}", "/trigger/dedup/window",
	  "found \"long\"" },
	{ "{}", ",'split':'events'", "/trigger/split", "begins with body" },
	{ "{}", ",'filter':{'field':'contact.email'}", "/trigger/filter",
	  "" },
	{ "{}", ",'map':{}", "/trigger/map", "a list of mapping rules" },
	{ "{}", ",'map':[{'from':'body.x','to':'x'}]", "/trigger/map/0/to",
	  "contact.FIELD" },
};

static const struct {
	const char *document, *pointer, *says;
} bad_whole[] = {
	{ "null", "", "expected an object, found null" },
	{ "[]", "", "expected an object, found a list" },
	{ "{'format':'hookline/2','name':'x','trigger':{'type':"
	  "'inbound_webhook'},'steps':[]}", "/format",
	  "expected \"hookline/1\", found \"hookline/2\"" },
	{ "{'name':'x','trigger':{'type':'inbound_webhook'},'steps':[]}", "",
	  "needs the member \"format\"" },
	{ "{'format':'hookline/1','name':'','trigger':{'type':"
	  "'inbound_webhook'},'steps':[]}", "/name", "1 to 200 characters" },
	{ "{'format':'hookline/1','name':'x','trigger':{},'steps':[]}",
	  "/trigger", "needs the member \"type\"" },
	{ "{'format':'hookline/1','name':'x','trigger':{'type':'form'},"
	  "'steps':[]}", "/trigger/type", "inbound_webhook" },
	{ "{'format':'hookline/1','name':'x','steps':[]}", "",
	  "needs the member \"trigger\"" },
	{ "{'format':'hookline/1','name':'x','trigger':{'type':"
	  "'inbound_webhook'}}", "", "needs the member \"steps\"" },
	{ "{'format':'hookline/1','name':'x','trigger':{'type':"
	  "'inbound_webhook'},'steps':{}}", "/steps", "a list of steps" },
	{ "{'format':'hookline/1','name':'x','trigger':{'type':"
	  "'inbound_webhook'},'steps':[],'step':[]}", "/step",
	  "did you mean \"steps\"?" },
};

/* clang-format on */

START_TEST(the_example_of_the_design_is_valid)
{
	assert_valid(quoted(pool, example));
}
END_TEST

START_TEST(a_good_step_is_valid)
{
	assert_valid(one_step(good[_i].step));
}
END_TEST

START_TEST(a_faulty_step_is_named)
{
	struct faults f = FAULTS_INIT(pool);

	plan_check(one_step(bad[_i].step), &f);
	assert_fault(&f, mem_printf(pool, "/steps/0%s", bad[_i].pointer),
		     bad[_i].says);
}
END_TEST

START_TEST(a_faulty_frame_is_named)
{
	struct faults f = FAULTS_INIT(pool);

	plan_check(document(bad_frame[_i].settings, bad_frame[_i].trigger, ""),
		   &f);
	assert_fault(&f, bad_frame[_i].pointer, bad_frame[_i].says);
}
END_TEST

START_TEST(a_faulty_document_is_named)
{
	struct faults f = FAULTS_INIT(pool);

	plan_check(quoted(pool, bad_whole[_i].document), &f);
	assert_fault(&f, bad_whole[_i].pointer, bad_whole[_i].says);
}
END_TEST

START_TEST(ids_are_well_formed_and_unique)
{
	static const char *const wrong[] = { "''", "'a b'", "'a.b'", "7",
					     "'\xc3\xa4'" };
	struct faults f = FAULTS_INIT(pool);
	size_t i;

	for (i = 0; i < N(wrong); i++) {
		f.n = 0;
		plan_check(document("{}", "",
				    mem_printf(pool, "{'id':%s,'type':'end'}",
					       wrong[i])),
			   &f);
		assert_fault(&f, "/steps/0/id", "letters, digits, _ and -");
	}
	f.n = 0;
	plan_check(document("{}", "",
			    mem_printf(pool, "{'id':'%065d','type':'end'}", 0)),
		   &f);
	assert_fault(&f, "/steps/0/id", "1 to 64");
	f.n = 0;
	plan_check(
		document("{}", "",
			 "{'id':'x','type':'if_else','branches':[{'when':" WHEN
			 ",'steps':[{'id':'a','type':'end'}]}]},"
			 "{'id':'a','type':'end'}"),
		&f);
	assert_fault(&f, "/steps/1/id", "/steps/0/branches/0/steps/0/id");
}
END_TEST

START_TEST(every_fault_is_told_at_once)
{
	struct faults f = FAULTS_INIT(pool);

	plan_check(quoted(pool, "{'format':1,'name':'','trigger':{'type':'x',"
				"'methods':[]},'steps':[{'type':'wait'},"
				"{'id':'b','type':'end','x':1}],'y':2}"),
		   &f);
	ck_assert_uint_eq(f.n, 8);
}
END_TEST

/* `levels` if_else steps inside each other, an end in the innermost. */
static const char *
nested(int levels)
{
	const char *steps = "{'id':'end','type':'end'}";

	for (; levels > 1; levels--)
		steps = mem_printf(pool,
				   "{'id':'n%d','type':'if_else','branches':"
				   "[{'when':" WHEN ",'steps':[]}],"
				   "'else':[%s]}",
				   levels, steps);
	return steps;
}

START_TEST(depth_and_number_of_steps_are_bounded)
{
	struct faults f = FAULTS_INIT(pool);
	struct buf steps = BUF_INIT;
	int i;

	assert_valid(document("{}", "", nested(16)));
	plan_check(document("{}", "", nested(17)), &f);
	ck_assert_uint_eq(f.n, 1);
	ck_assert_ptr_nonnull(strstr(f.list[0].detail, "16 levels"));

	for (i = 0; i < 500; i++)
		buf_addf(&steps, "%s{'id':'s%d','type':'end'}",
			 i > 0 ? "," : "", i);
	assert_valid(document("{}", "", steps.s));
	buf_adds(&steps, ",{'id':'a','type':'end'},{'id':'b','type':'end'}");
	f.n = 0;
	plan_check(document("{}", "", steps.s), &f);
	assert_fault(&f, "/steps", "at most 500 steps");
	buf_free(&steps);
}
END_TEST

START_TEST(the_trigger_can_be_published)
{
	struct faults f = FAULTS_INIT(pool);

	plan_check_secrets(document("{}",
				    ",'verify':{'scheme':'shopify',"
				    "'secret':'secret:y'}"
				    ",'dedup':{'header':'x','window':'1 day'}"
				    ",'split':'body.events','filter':" WHEN
				    ",'map':[],'methods':['POST']"
				    ",'answer':{'status':202,'body':'{{a}}'}",
				    ""),
			   &f);
	ck_assert_uint_eq(f.n, 0);
}
END_TEST

START_TEST(faulty_documents_do_no_harm)
{
	struct faults f = FAULTS_INIT(pool);
	struct json_object *doc;
	size_t i;

	for (i = 0; i < N(bad) + N(bad_whole); i++) {
		doc = i < N(bad) ? one_step(bad[i].step)
				 : quoted(pool, bad_whole[i - N(bad)].document);
		plan_check_secrets(doc, &f);
		plan_check_names(doc, NULL, &f);
		json_object_put(plan_webhook_refs(doc));
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, the_example_of_the_design_is_valid);
	tcase_add_loop_test(tc, a_good_step_is_valid, 0, (int)N(good));
	tcase_add_loop_test(tc, a_faulty_step_is_named, 0, (int)N(bad));
	tcase_add_loop_test(tc, a_faulty_frame_is_named, 0, (int)N(bad_frame));
	tcase_add_loop_test(tc, a_faulty_document_is_named, 0,
			    (int)N(bad_whole));
	tcase_add_test(tc, ids_are_well_formed_and_unique);
	tcase_add_test(tc, every_fault_is_told_at_once);
	tcase_add_test(tc, depth_and_number_of_steps_are_bounded);
	tcase_add_test(tc, the_trigger_can_be_published);
	tcase_add_test(tc, faulty_documents_do_no_harm);
}

int
main(void)
{
	Suite *s = suite_create("plan");
	TCase *tc = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	add_tests(tc);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
