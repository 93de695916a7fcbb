#include "sql/jid.h"

#include <stdbool.h>
#include <string.h>

enum { DIGITS_LEAST = 7, DIGITS_MOST = 15 }; /* E.164 allows 15; shorter ones are the server's own */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t jid_number_digits(const char *jid, size_t size)
{
	static const char *const servers[] = { "s.whatsapp.net", "c.us", "call" };
	const char *at = memchr(jid, '@', size);
	if (!at)
		return 0;
	size_t user = (size_t)(at - jid), server = size - user - 1, digits = 0;
	bool known = false;
	for (size_t i = 0; i < sizeof servers / sizeof *servers; i++)
		known |= strlen(servers[i]) == server && memcmp(servers[i], at + 1, server) == 0;
	while (digits < user && is_digit(jid[digits]))
		digits++;
	for (size_t i = digits; i < user; i++)
		known &= is_digit(jid[i]) || jid[i] == ':' || jid[i] == '_' || jid[i] == '.';
	return known && digits >= DIGITS_LEAST && digits <= DIGITS_MOST ? digits : 0;
}
