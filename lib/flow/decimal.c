/*
 * decimal.c - decimal arithmetic on OpenSSL's integers of any size.  See
 * decimal.h.
 */
#include "config.h"

#include "flow/decimal.h"

#include "base/buf.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* The whole number `n` over ten to the `scale`.  Integers live in the pool. */
struct decimal {
	BIGNUM *n;
	int scale;
};

static int
too_long(struct err *e)
{
	return err_set(e, ERR_INPUT, "a number has more than %d digits",
		       DECIMAL_DIGITS_MAX);
}

/* OpenSSL's integers fail for one reason. */
static void
need(int has_memory)
{
	if (!has_memory)
		abort();
}

static void
free_integer(void *n)
{
	BN_free(n);
}

static void
free_context(void *ctx)
{
	BN_CTX_free(ctx);
}

static BIGNUM *
new_integer(struct mem *m)
{
	BIGNUM *n = BN_new();

	need(n != NULL);
	mem_on_free(m, free_integer, n);
	return n;
}

static BN_CTX *
new_context(struct mem *m)
{
	BN_CTX *ctx = BN_CTX_new();

	need(ctx != NULL);
	mem_on_free(m, free_context, ctx);
	return ctx;
}

static BIGNUM *
ten_to_the(struct mem *m, int n)
{
	BIGNUM *ten = new_integer(m);

	need(BN_set_word(ten, 1));
	for (; n > 0; n--)
		need(BN_mul_word(ten, 10));
	return ten;
}

/* The same value with more places behind the point. */
static void
add_places(struct mem *m, struct decimal *d, int n)
{
	need(BN_mul(d->n, d->n, ten_to_the(m, n), new_context(m)));
	d->scale += n;
}

static int
read_decimal(struct mem *m, struct decimal *d, const char *text, struct err *e)
{
	char digits[DECIMAL_DIGITS_MAX + 1];
	const char *s = text + (*text == '-');
	int n = 0, is_behind_point = 0;
	long exponent = 0;

	d->scale = 0;
	for (; isdigit((unsigned char)*s) || *s == '.'; s++) {
		if (*s == '.') {
			is_behind_point = 1;
			continue;
		}
		if (n == DECIMAL_DIGITS_MAX)
			return too_long(e);
		digits[n++] = *s;
		d->scale += is_behind_point;
	}
	digits[n] = '\0';
	if (*s == 'e' || *s == 'E')
		exponent = strtol(s + 1, NULL, 10);
	if (exponent > DECIMAL_DIGITS_MAX || exponent < -DECIMAL_DIGITS_MAX)
		return too_long(e);
	d->n = new_integer(m);
	need(BN_dec2bn(&d->n, digits) == n);
	BN_set_negative(d->n, *text == '-');
	d->scale -= (int)exponent;
	if (d->scale < 0)
		add_places(m, d, -d->scale);
	return 0;
}

static void
write_digits(struct buf *b, const struct decimal *d, const char *digits)
{
	size_t len = strlen(digits), scale = (size_t)d->scale;
	size_t whole = len > scale ? len - scale : 0;

	if (BN_is_negative(d->n))
		buf_addc(b, '-');
	if (whole == 0)
		buf_addc(b, '0');
	buf_add(b, digits, whole);
	if (scale > 0)
		buf_addc(b, '.');
	for (; scale > len; scale--)
		buf_addc(b, '0');
	buf_adds(b, digits + whole);
}

static const char *
write_decimal(struct mem *m, const struct decimal *d, struct err *e)
{
	struct buf b = BUF_INIT;
	char *digits = BN_bn2dec(d->n), *text;
	const char *unsigned_digits;

	need(digits != NULL);
	unsigned_digits = digits + BN_is_negative(d->n);
	if (strlen(unsigned_digits) > DECIMAL_DIGITS_MAX ||
	    d->scale > DECIMAL_DIGITS_MAX) {
		OPENSSL_free(digits);
		too_long(e);
		return NULL;
	}
	write_digits(&b, d, unsigned_digits);
	text = mem_strndup(m, b.s, b.len);
	buf_free(&b);
	OPENSSL_free(digits);
	return text;
}

/* Two with as many places as the longer has. */
static int
read_aligned(struct mem *m, struct decimal *a, const char *x, struct decimal *b,
	     const char *y, struct err *e)
{
	if (read_decimal(m, a, x, e) == -1 || read_decimal(m, b, y, e) == -1)
		return -1;
	if (a->scale < b->scale)
		add_places(m, a, b->scale - a->scale);
	else
		add_places(m, b, a->scale - b->scale);
	return 0;
}

const char *
decimal_add(struct mem *m, const char *x, const char *y, struct err *e)
{
	struct decimal a, b;

	if (read_aligned(m, &a, x, &b, y, e) == -1)
		return NULL;
	need(BN_add(a.n, a.n, b.n));
	return write_decimal(m, &a, e);
}

const char *
decimal_subtract(struct mem *m, const char *x, const char *y, struct err *e)
{
	struct decimal a, b;

	if (read_aligned(m, &a, x, &b, y, e) == -1)
		return NULL;
	need(BN_sub(a.n, a.n, b.n));
	return write_decimal(m, &a, e);
}

const char *
decimal_multiply(struct mem *m, const char *x, const char *y, struct err *e)
{
	struct decimal a, b;

	if (read_decimal(m, &a, x, e) == -1 || read_decimal(m, &b, y, e) == -1)
		return NULL;
	need(BN_mul(a.n, a.n, b.n, new_context(m)));
	a.scale += b.scale;
	return write_decimal(m, &a, e);
}

/* *a becomes the whole number next to a/b; a half goes away from 0: the digits
 * of (2a + b) / 2b, with the sign of a/b. */
static void
divide_nearest(struct mem *m, BIGNUM *a, BIGNUM *b)
{
	int is_negative = BN_is_negative(a) != BN_is_negative(b);

	BN_set_negative(a, 0);
	BN_set_negative(b, 0);
	need(BN_lshift1(a, a) && BN_add(a, a, b) && BN_lshift1(b, b) &&
	     BN_div(a, NULL, a, b, new_context(m)));
	BN_set_negative(a, is_negative);
}

const char *
decimal_divide(struct mem *m, const char *x, const char *y, int places,
	       struct err *e)
{
	struct decimal a, b;

	if (read_aligned(m, &a, x, &b, y, e) == -1)
		return NULL;
	if (BN_is_zero(b.n)) {
		err_set(e, ERR_INPUT, "nothing can be divided by 0");
		return NULL;
	}
	a.scale = 0;
	add_places(m, &a, places >= 0 ? places : DECIMAL_PLACES);
	divide_nearest(m, a.n, b.n);
	for (; places < 0 && a.scale > 0 && BN_mod_word(a.n, 10) == 0;
	     a.scale--)
		need(BN_div_word(a.n, 10) == 0);
	return write_decimal(m, &a, e);
}

const char *
decimal_round(struct mem *m, const char *x, int places, struct err *e)
{
	struct decimal a;

	if (read_decimal(m, &a, x, e) == -1)
		return NULL;
	if (a.scale <= places) {
		add_places(m, &a, places - a.scale);
	} else {
		divide_nearest(m, a.n, ten_to_the(m, a.scale - places));
		a.scale = places;
	}
	return write_decimal(m, &a, e);
}
