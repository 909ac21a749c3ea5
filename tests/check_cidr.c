/*
 * check_cidr.c - networks as people write them, who is inside, and who sent a
 * request when proxies stand in between.
 */
#include "config.h"

#include "base/cidr.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define N(list) (sizeof(list) / sizeof((list)[0]))

/* clang-format off */
static const struct {
	const char *list;
	int count;
	const char *names; /* what the error must name */
} lists[] = {
	{ "",                                   0, NULL },
	{ " , \n",                              0, NULL },
	{ "127.0.0.0/8,::1/128 10.0.0.5",       3, NULL },
	{ "0.0.0.0/0 ::/0",                     2, NULL },
	{ "10.0.0.0/8 10.0.0.0/33",            -1, "10.0.0.0/33" },
	{ "10.0.0.0/",                         -1, "10.0.0.0/" },
	{ "10.0.0.0/-1",                       -1, "10.0.0.0/-1" },
	{ "10.0.0.0/+8",                       -1, "10.0.0.0/+8" },
	{ "10.0.0.0/8x",                       -1, "10.0.0.0/8x" },
	{ "10.0.0.0/99999999999999999999",     -1, "10.0.0.0/999" },
	{ "10.0.0.1/8",                        -1, "10.0.0.1/8" },
	{ "fd00::1/8",                         -1, "fd00::1/8" },
	{ "fd00::/129",                        -1, "fd00::/129" },
	{ "localhost",                         -1, "localhost" },
	{ "127.1",                             -1, "127.1" },
	{ "1,2,3",                             -1, "\"1\"" },
	{ "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5",
	                                       -1, "at most 4" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	                                       -1, "aaaaaaaaaa" },
};

static const struct {
	const char *list, *address;
	int is_inside;
} inside[] = {
	{ "192.0.2.0/24",       "192.0.2.255",       1 },
	{ "192.0.2.0/24",       "192.0.3.0",         0 },
	{ "192.0.2.0/25",       "192.0.2.128",       0 },
	{ "192.0.2.7",          "192.0.2.7",         1 },
	{ "192.0.2.7",          "192.0.2.6",         0 },
	{ "0.0.0.0/0",          "255.1.2.3",         1 },
	{ "0.0.0.0/0",          "2001:db8::1",       0 },
	{ "::/0",               "2001:db8::1",       1 },
	{ "2001:db8::/33",      "2001:db8:7fff::",   1 },
	{ "2001:db8::/33",      "2001:db8:8000::",   0 },
	{ "192.0.2.0/24",       "::ffff:192.0.2.1",  1 },
	{ "192.0.2.0/24",       "::ffff:c000:201",   1 },
	{ "192.0.2.0/24",       "::192.0.2.1",       0 },
	{ "::ffff:192.0.2.0/120", "192.0.2.1",       1 },
	{ "10.0.0.0/8 ::1",     "::1",               1 },
	{ "",                   "192.0.2.1",         0 },
	{ "0.0.0.0/0 ::/0",     "",                  0 },
	{ "0.0.0.0/0 ::/0",     "unix:",             0 },
	{ "0.0.0.0/0 ::/0",     "192.0.2.1 ",        0 },
};

/* Behind 10.0.0.0/8 and fd00::/8. */
static const struct {
	const char *peer, *forwarded, *client;
} clients[] = {
	{ "192.0.2.1", NULL, "192.0.2.1" },
	{ "192.0.2.1", "198.51.100.7", "192.0.2.1" },
	{ "10.0.0.1", NULL, "10.0.0.1" },
	{ "10.0.0.1", "", "10.0.0.1" },
	{ "10.0.0.1", "198.51.100.7", "198.51.100.7" },
	{ "::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7" },
	{ "10.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7" },
	{ "10.0.0.1", "1.1.1.1, 198.51.100.7 ,10.2.3.4", "198.51.100.7" },
	{ "fd00::1", "1.1.1.1,\t2001:db8::7", "2001:db8::7" },
	{ "10.0.0.1", "198.51.100.7:4711", "198.51.100.7" },
	{ "10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7" },
	{ "10.0.0.1", "[2001:db8::7]", "2001:db8::7" },
	{ "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3" },
	{ "10.0.0.1", "1.1.1.1, unknown", "10.0.0.1" },
	{ "10.0.0.1", "1.1.1.1, unknown, 10.0.0.2", "10.0.0.2" },
	{ "10.0.0.1", "1.1.1.1,", "10.0.0.1" },
	{ "10.0.0.1", "1.1.1.0/24", "10.0.0.1" },
	{ "10.0.0.1", "[1.1.1.1", "10.0.0.1" },
	{ "10.0.0.1", ",,,", "10.0.0.1" },
	{ "", "1.1.1.1", "" },
};
/* clang-format on */

START_TEST(a_faulty_list_is_named)
{
	struct cidr out[4];
	struct err e = ERR_INIT;

	ck_assert_int_eq(cidr_parse_list(lists[_i].list, out, 4, &e),
			 lists[_i].count);
	if (lists[_i].count != -1)
		return;
	ck_assert_int_eq(e.kind, ERR_PERM);
	ck_assert_msg(strstr(e.text, lists[_i].names) != NULL, "%s", e.text);
}
END_TEST

START_TEST(an_address_is_in_a_network_or_not)
{
	struct cidr list[4];
	int n = cidr_parse_list(inside[_i].list, list, 4, NULL);

	ck_assert_int_ne(n, -1);
	ck_assert_msg(cidr_has_text(list, (size_t)n, inside[_i].address) ==
			      inside[_i].is_inside,
		      "%s in %s", inside[_i].address, inside[_i].list);
}
END_TEST

START_TEST(only_trusted_proxies_say_who_sent_a_request)
{
	struct cidr trusted[2];
	char out[CIDR_ADDRESS_SIZE];
	int n = cidr_parse_list("10.0.0.0/8 fd00::/8", trusted, 2, NULL);

	ck_assert_int_eq(n, 2);
	cidr_client(clients[_i].peer, clients[_i].forwarded, trusted, 2, out);
	ck_assert_str_eq(out, clients[_i].client);
	cidr_client(clients[_i].peer, clients[_i].forwarded, NULL, 0, out);
	ck_assert_str_eq(out, clients[_i].peer);
}
END_TEST

START_TEST(a_peer_that_is_too_long_is_cut)
{
	char peer[200], out[CIDR_ADDRESS_SIZE];

	memset(peer, 'x', sizeof(peer) - 1);
	peer[sizeof(peer) - 1] = '\0';
	cidr_client(peer, peer, NULL, 0, out);
	ck_assert_uint_eq(strlen(out), CIDR_ADDRESS_SIZE - 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cidr");
	TCase *tc = tcase_create("all");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(tc, a_faulty_list_is_named, 0, (int)N(lists));
	tcase_add_loop_test(tc, an_address_is_in_a_network_or_not, 0,
			    (int)N(inside));
	tcase_add_loop_test(tc, only_trusted_proxies_say_who_sent_a_request, 0,
			    (int)N(clients));
	tcase_add_test(tc, a_peer_that_is_too_long_is_cut);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
