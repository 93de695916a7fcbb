/* Selectors: numbers, jids and handles in one form each. */
#include <string.h>

#include "sql/functions.h"
#include "sql/jid.h"
#include "sql/phone.h"

/* phone_e164(text [, region]) */
static void phone_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	char out[PHONE_ROOM], region[3] = "GB";
	if (count == 2 && sqlite3_value_type(values[1]) == SQLITE_TEXT && sqlite3_value_bytes(values[1]) == 2)
		for (int i = 0; i < 2; i++) {
			char letter = (char)sqlite3_value_text(values[1])[i];
			region[i] = letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
		}
	int type = sqlite3_value_type(values[0]);
	if (type != SQLITE_TEXT && type != SQLITE_INTEGER)
		return;
	const char *text = (const char *)sqlite3_value_text(values[0]);
	if (text && phone_e164(text, region, out, sizeof out))
		sqlite3_result_text(c, out, -1, SQLITE_TRANSIENT);
}

static void jid_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	const char *jid = (const char *)sqlite3_value_text(values[0]);
	if (!jid || !*jid)
		return;
	size_t digits = jid_number_digits(jid, (size_t)sqlite3_value_bytes(values[0]));
	if (digits) {
		char number[20] = "+";
		memcpy(number + 1, jid, digits);
		sqlite3_result_text(c, number, (int)digits + 1, SQLITE_TRANSIENT);
	} else {
		sqlite3_result_value(c, values[0]);
	}
}

static void handle_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	const char *p = (const char *)sqlite3_value_text(values[0]);
	size_t size = (size_t)sqlite3_value_bytes(values[0]);
	struct buf out = { .limit = 1 << 20 };
	while (size && (*p == ' ' || *p == '@')) {
		p++;
		size--;
	}
	while (size && p[size - 1] == ' ')
		size--;
	buf_add(&out, p, size);
	for (size_t i = 0; i < out.size; i++)
		if (out.data[i] >= 'A' && out.data[i] <= 'Z')
			out.data[i] = (char)(out.data[i] - 'A' + 'a');
	if (size)
		function_text(c, &out);
	buf_free(&out);
}

const struct function selector_functions[] = {
	{ "phone_e164", 1, FUNCTION_PURE, phone_call, NULL },
	{ "phone_e164", 2, FUNCTION_PURE, phone_call, NULL },
	{ "jid_number", 1, FUNCTION_PURE, jid_call, NULL },
	{ "handle", 1, FUNCTION_PURE, handle_call, NULL },
	{ 0 },
};
