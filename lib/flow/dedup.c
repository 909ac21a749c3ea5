/*
 * dedup.c - where senders put an event's id.  See dedup.h.
 */
#include "config.h"

#include "flow/dedup.h"

#include <stddef.h>
#include <string.h>

#include "base/banned.h"

/* clang-format off */
const struct dedup_preset dedup_presets[] = {
	{ "idempotency-key",   { "headers.idempotency-key",
				 "headers.x-idempotency-key" } },
	{ "standard-webhooks", { "headers.webhook-id", "headers.svix-id" } },
	{ "adyen",             { "body.notificationItems[0].NotificationRequestItem.pspReference" } },
	{ "aws-sns",           { "headers.x-amz-sns-message-id", "body.MessageId" } },
	{ "github",            { "headers.x-github-delivery" } },
	{ "gitlab",            { "headers.idempotency-key",
				 "headers.x-gitlab-event-uuid" } },
	{ "intercom",          { "body.id" } },
	{ "mailgun",           { "body.signature.token", "body.token" } },
	{ "paddle",            { "body.event_id", "body.alert_id" } },
	{ "paypal",            { "body.id" } },
	{ "razorpay",          { "headers.x-razorpay-event-id" } },
	{ "shopify",           { "headers.x-shopify-webhook-id",
				 "headers.x-shopify-event-id" } },
	{ "slack",             { "body.event_id" } },
	{ "square",            { "body.event_id" } },
	{ "stripe",            { "body.id" } },
	{ "tally",             { "body.eventId" } },
	{ "twilio",            { "headers.i-twilio-idempotency-token",
				 "body.MessageSid" } },
	{ "typeform",          { "body.event_id" } },
	{ "woocommerce",       { "headers.x-wc-webhook-delivery-id" } },
	{ NULL, { NULL } },
};
/* clang-format on */

const struct dedup_preset *
dedup_preset_find(const char *name)
{
	const struct dedup_preset *p;

	for (p = dedup_presets; p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}
