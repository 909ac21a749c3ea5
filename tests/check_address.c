/*
 * check_address.c - outgoing calls reach public addresses only, however the
 * address was spelt.
 */
#include "config.h"

#include "act/address.h"

#include <check.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define ALLOW "10.1.0.0/16, fd00:1::/32 192.0.2.7"

/* clang-format off */
static const struct {
	const char *spelling;
	int is_public;
	int is_allowed; /* with ALLOW */
} cases[] = {
	{ "8.8.8.8",                    1, 1 },
	{ "1.1.1.1",                    1, 1 },
	{ "9.255.255.255",              1, 1 },
	{ "11.0.0.0",                   1, 1 },
	{ "100.63.255.255",             1, 1 },
	{ "100.128.0.0",                1, 1 },
	{ "172.15.255.255",             1, 1 },
	{ "172.32.0.0",                 1, 1 },
	{ "192.0.1.1",                  1, 1 },
	{ "192.31.196.1",               1, 1 },
	{ "198.17.255.255",             1, 1 },
	{ "198.20.0.0",                 1, 1 },
	{ "223.255.255.255",            1, 1 },
	{ "2606:4700::1111",            1, 1 },
	{ "2001:4860:4860::8888",       1, 1 },
	{ "2001:200::1",                1, 1 },
	{ "::ffff:8.8.8.8",             1, 1 },
	{ "64:ff9b::808:808",           1, 1 },
	{ "2002:808:808::1",            1, 1 },
	{ "127.0.0.1",                  0, 0 },
	{ "2130706433",                 0, 0 },
	{ "0x7f.1",                     0, 0 },
	{ "0x7f000001",                 0, 0 },
	{ "0177.0.0.01",                0, 0 },
	{ "127.1",                      0, 0 },
	{ "127.255.255.254",            0, 0 },
	{ "0",                          0, 0 },
	{ "0.0.0.0",                    0, 0 },
	{ "10.0.0.1",                   0, 0 },
	{ "10.1.2.3",                   0, 1 },
	{ "10.2.0.0",                   0, 0 },
	{ "::ffff:10.1.2.3",            0, 1 },
	{ "64:ff9b::a01:203",           0, 1 },
	{ "100.64.0.1",                 0, 0 },
	{ "100.127.255.255",            0, 0 },
	{ "169.254.169.254",            0, 0 },
	{ "172.16.0.1",                 0, 0 },
	{ "172.31.255.255",             0, 0 },
	{ "192.0.0.170",                0, 0 },
	{ "192.0.2.1",                  0, 0 },
	{ "192.0.2.7",                  0, 1 },
	{ "192.88.99.1",                0, 0 },
	{ "192.168.1.1",                0, 0 },
	{ "198.18.0.1",                 0, 0 },
	{ "198.19.255.255",             0, 0 },
	{ "198.51.100.1",               0, 0 },
	{ "203.0.113.1",                0, 0 },
	{ "224.0.0.1",                  0, 0 },
	{ "239.255.255.255",            0, 0 },
	{ "240.0.0.1",                  0, 0 },
	{ "255.255.255.255",            0, 0 },
	{ "::",                         0, 0 },
	{ "::1",                        0, 0 },
	{ "::127.0.0.1",                0, 0 },
	{ "::8.8.8.8",                  0, 0 },
	{ "::ffff:127.0.0.1",           0, 0 },
	{ "::ffff:169.254.169.254",     0, 0 },
	{ "64:ff9b::7f00:1",            0, 0 },
	{ "64:ff9b:1::808:808",         0, 0 },
	{ "2002:7f00:1::",              0, 0 },
	{ "2002:a9fe:a9fe::1",          0, 0 },
	{ "2001::1",                    0, 0 },
	{ "2001:20::1",                 0, 0 },
	{ "2001:1ff:ffff::1",           0, 0 },
	{ "2001:db8::1",                0, 0 },
	{ "3fff::1",                    0, 0 },
	{ "3fff:fff:ffff::1",           0, 0 },
	{ "5f00::1",                    0, 0 },
	{ "100::1",                     0, 0 },
	{ "fc00::1",                    0, 0 },
	{ "fd00:1::1",                  0, 1 },
	{ "fd00:ec2::254",              0, 0 },
	{ "fe80::1",                    0, 0 },
	{ "fec0::1",                    0, 0 },
	{ "ff02::1",                    0, 0 },
};
/* clang-format on */

START_TEST(only_public_addresses_and_what_is_allowed)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST,
				  .ai_socktype = SOCK_STREAM };
	struct addrinfo *ai;
	struct cidr allow[4];
	struct err e = ERR_INIT;
	int n = cidr_parse_list(ALLOW, allow, 4, &e);

	ck_assert_int_eq(n, 3);
	ck_assert_int_eq(getaddrinfo(cases[_i].spelling, "80", &hints, &ai), 0);
	ck_assert_msg(address_is_allowed(ai->ai_addr, NULL, 0) ==
			      cases[_i].is_public,
		      "%s without list", cases[_i].spelling);
	ck_assert_msg(address_is_allowed(ai->ai_addr, allow, (size_t)n) ==
			      cases[_i].is_allowed,
		      "%s with list", cases[_i].spelling);
	freeaddrinfo(ai);
}
END_TEST

START_TEST(other_families_are_refused)
{
	struct sockaddr sa = { .sa_family = AF_UNIX };

	ck_assert_int_eq(address_is_allowed(&sa, NULL, 0), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("address");
	TCase *tc = tcase_create("address");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(tc, only_public_addresses_and_what_is_allowed, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tc, other_families_are_refused);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
