#include "casebook/words.h"

#include <string.h>

#include "base/text.h"

const char *const words_exhibit_kinds[] = { "mobile phone", "tablet", "SIM card", "memory card", "computer", "watch", "drone", "other", NULL };
const char *const words_exhibit_states[] = { "registered", "awaiting examination", "being examined", "examined", "handed to police", "returned", "destroyed", NULL };
const char *const words_case_parts[] = { "suspected", "victim", "at risk", "witness", "owner of the device", "other", NULL };

enum err words_check(const char *field, const char *text, size_t most, bool needed)
{
	size_t n = text ? strlen(text) : 0;
	bool lines = most > WORDS_LINE;
	if (!n)
		return needed ? err_set(ERR_USAGE, "%s: is missing", field) : OK;
	if (n > most)
		return err_set(ERR_USAGE, "%s: is too long; at most %zu bytes", field, most);
	if (utf8_valid(text, n) != n)
		return err_set(ERR_USAGE, "%s: is no UTF-8 text", field);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		if ((c < ' ' && !(lines && (c == '\n' || c == '\r' || c == '\t'))) || c == 127)
			return err_set(ERR_USAGE, "%s: holds a control character", field);
	}
	return text[0] == ' ' || text[n - 1] == ' ' ? err_set(ERR_USAGE, "%s: begins or ends with a space", field) : OK;
}

enum err words_one_of(const char *field, const char *text, const char *const *list)
{
	for (; *list; list++)
		if (text && strcmp(*list, text) == 0)
			return OK;
	return err_set(ERR_USAGE, "%s: choose one of the list", field);
}
