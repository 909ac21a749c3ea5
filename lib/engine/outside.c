/*
 * outside.c - the network as the configuration wants it.  See outside.h.
 */
#include "config.h"

#include "engine/outside.h"

#include <stdlib.h>

#include "base/banned.h"

struct net *
outside_open(const struct conf *c, struct err *e)
{
	struct net_options o = {
		.max_in_flight = c->max_in_flight,
		.per_destination = c->per_destination,
		.http_timeout = c->http_timeout,
		.smtp_timeout = c->smtp_timeout,
		.outbound_allow = c->outbound_allow,
		.http_ca_file = c->http_ca_file,
		.smtp_url = c->smtp_url,
		.smtp_tls = c->smtp_tls,
		.smtp_user = c->smtp_user,
		.smtp_ca_file = c->smtp_ca_file,
		.user_agent = "Hookline/" PACKAGE_VERSION,
	};
	struct net *net;
	char *password;

	if (conf_read_secret(c->smtp_password_file, &password, e) == -1)
		return NULL;
	o.smtp_password = password;
	net = net_new(&o, e);
	free(password);
	return net;
}
