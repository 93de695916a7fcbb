#include "examine/selector.h"

#include <ctype.h>
#include <string.h>

#include "sql/jid.h"
#include "sql/phone.h"

static const struct {
	const char *name;
	bool service_bound;
} types[] = {
	{ "phone", false }, { "email", false }, { "imei", false }, { "imsi", false }, { "iccid", false }, { "mac", false },
	{ "id", true },     { "handle", true }, { "thread", true }, { "group", true }, { "lid", true },   { "device", false },
	{ "number", true }, { "name", true },
};

static const char *type_find(const char *text, size_t size, bool *ret_bound)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strlen(types[i].name) == size && memcmp(types[i].name, text, size) == 0) {
			*ret_bound = types[i].service_bound;
			return types[i].name;
		}
	return NULL;
}

static bool all_of(const char *s, size_t n, const char *also)
{
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]) && !(s[i] && strchr(also, s[i])))
			return false;
	return n > 0;
}

static size_t digit_count(const char *s, size_t n)
{
	size_t d = 0;
	for (size_t i = 0; i < n; i++)
		d += isdigit((unsigned char)s[i]) != 0;
	return d;
}

static void lower_add(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_char(out, (char)tolower((unsigned char)s[i]));
}

/* Digits and letters of the hexadecimal set, in pairs with ':'; or false. Apple leaves leading zeros off: "0:1a:2b:3:4:5". */
static bool mac_add(struct buf *out, const char *s, size_t n)
{
	char hex[12];
	size_t d = 0, group = 0, groups = 0, longest = 0;
	bool padded = false;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && isxdigit((unsigned char)s[i])) {
			if (d == 12)
				return false;
			hex[d++] = (char)tolower((unsigned char)s[i]);
			longest = ++group > longest ? group : longest;
			continue;
		}
		if (i < n && s[i] != ':' && s[i] != '-')
			return false;
		groups += group != 0;
		if (group == 1 && d < 12) {
			hex[d] = hex[d - 1];
			hex[d++ - 1] = '0';
			padded = true;
		}
		group = 0;
	}
	if (d != 12 || (padded && (groups != 6 || longest > 2)))
		return false;
	for (size_t i = 0; i < 12; i += 2)
		buf_printf(out, "%s%c%c", i ? ":" : "", hex[i], hex[i + 1]);
	return true;
}

static bool phone_add(struct buf *out, const char *s, size_t n, const char *region)
{
	char text[64], e164[32];
	if (n >= sizeof text || memchr(s, 0, n) || !all_of(s, n, "+ ()-./\t") || digit_count(s, n) < 3)
		return false;
	memcpy(text, s, n);
	text[n] = 0;
	if (phone_e164(text, region, e164, sizeof e164)) {
		buf_text(out, e164);
		return true;
	}
	/* No valid number of any country: the digits as dialled, with nothing made up. */
	for (size_t i = 0; i < n; i++)
		if (isdigit((unsigned char)s[i]) || (s[i] == '+' && i == 0))
			buf_char(out, s[i]);
	return true;
}

/* "447700900123:7@s.whatsapp.net", "…@g.us", "…@lid": type by domain, device suffix dropped. What holds no number on WhatsApp's own servers
 * ("0@s.whatsapp.net") is an id, and no e-mail address. */
static const char *jid_add(struct buf *out, const char *s, size_t n)
{
	const char *at = memchr(s, '@', n);
	if (!at)
		return NULL;
	size_t user = (size_t)(at - s), domain = n - user - 1, digits = user;
	const char *d = at + 1;
	for (size_t i = 0; i < user; i++)
		if (s[i] == ':' || s[i] == '_') {
			digits = i;
			break;
		}
#define DOMAIN(text) (domain == sizeof text - 1 && memcmp(d, text, domain) == 0)
	size_t number = jid_number_digits(s, n);
	if (number) {
		buf_char(out, '+');
		buf_add(out, s, number);
		return "phone";
	}
	if (DOMAIN("s.whatsapp.net") || DOMAIN("c.us")) {
		buf_add(out, s, n);
		return "id";
	}
	if (DOMAIN("lid") && all_of(s, digits, "")) {
		buf_add(out, s, digits);
		buf_text(out, "@lid");
		return "lid";
	}
	if (DOMAIN("g.us") || DOMAIN("broadcast") || DOMAIN("newsletter")) {
		buf_add(out, s, n);
		return "group";
	}
#undef DOMAIN
	return NULL;
}

static bool email_like(const char *s, size_t n)
{
	const char *at = memchr(s, '@', n);
	if (!at || at == s || memchr(s, ' ', n))
		return false;
	size_t domain = n - (size_t)(at - s) - 1;
	return memchr(at + 1, '.', domain) && !memchr(at + 1, '@', domain) && at[domain] != '.';
}

/* By the given type. False: it does not fit. */
static bool typed_add(struct buf *out, const char *type, const char *s, size_t n, const char *region)
{
	if (strcmp(type, "phone") == 0)
		return phone_add(out, s, n, region);
	if (strcmp(type, "mac") == 0)
		return mac_add(out, s, n);
	if (strcmp(type, "email") == 0) {
		if (email_like(s, n))
			lower_add(out, s, n);
		return out->size > 0;
	}
	if (strcmp(type, "imei") == 0 || strcmp(type, "imsi") == 0 || strcmp(type, "iccid") == 0) {
		for (size_t i = 0; all_of(s, n, " -F") && i < n; i++)
			if (isdigit((unsigned char)s[i]))
				buf_char(out, s[i]);
		return out->size > 0;
	}
	if (strcmp(type, "handle") == 0)
		lower_add(out, s + (s[0] == '@'), n - (s[0] == '@'));
	else
		buf_add(out, s, n);
	return out->size > 0;
}

static void shaped_add(struct selector *ret, const char *s, size_t n, const char *region)
{
	struct buf *out = &ret->value;
	ret->service_bound = false;
	const char *jid = jid_add(out, s, n);
	if (jid) {
		ret->type = jid;
		ret->service_bound = jid[0] != 'p';
	} else if (email_like(s, n)) {
		ret->type = "email";
		lower_add(out, s, n);
	} else if ((s[0] == '+' || s[0] == '0') && digit_count(s, n) >= 6 && phone_add(out, s, n, region)) {
		ret->type = "phone";
	} else {
		ret->type = all_of(s, n, "") ? "number" : "name";
		ret->service_bound = true;
		buf_add(out, s, n);
	}
}

bool selector_empty(const char *s, size_t n)
{
	bool bound;
	while (n && isspace((unsigned char)*s)) {
		s++;
		n--;
	}
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	return n == 0 || (s[n - 1] == ':' && type_find(s, n - 1, &bound));
}

bool selector_read(const char *s, size_t n, const char *fixed, const char *region, struct selector *ret)
{
	buf_clear(&ret->value);
	while (n && isspace((unsigned char)*s)) {
		s++;
		n--;
	}
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	const char *colon = n ? memchr(s, ':', n < 8 ? n : 8) : NULL, *type = NULL;
	bool bound = false;
	if (colon && (type = type_find(s, (size_t)(colon - s), &bound))) {
		n -= (size_t)(colon - s) + 1;
		s = colon + 1;
	}
	if (!n)
		return false;
	ret->raw = s;
	ret->raw_size = n;
	const char *jid = !type || strcmp(type, "id") == 0 ? jid_add(&ret->value, s, n) : NULL;
	if (jid) {
		ret->type = jid;
		ret->service_bound = jid[0] != 'p';
		return true;
	}
	if (!type && fixed)
		type = type_find(fixed, strlen(fixed), &bound);
	if (type && typed_add(&ret->value, type, s, n, region)) {
		ret->type = type;
		ret->service_bound = bound;
		return true;
	}
	buf_clear(&ret->value);
	shaped_add(ret, s, n, region);
	return true;
}
