#include "cli/table.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

int table_width(void)
{
	struct winsize w = { 0 };
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40 ? w.ws_col : 120;
}

/* One code point of valid UTF-8. */
static uint32_t point_next(const char **p)
{
	const unsigned char *s = (const unsigned char *)*p;
	int more = s[0] < 0x80 ? 0 : s[0] < 0xe0 ? 1 : s[0] < 0xf0 ? 2 : 3;
	uint32_t c = more ? s[0] & (0x3fu >> more) : s[0];
	int i = 1;
	for (; i <= more && (s[i] & 0xc0) == 0x80; i++)
		c = c << 6 | (s[i] & 0x3f);
	*p += i;
	return c;
}

/* Cells a code point takes: a short table instead of wcwidth, which depends on the locale. */
static int point_cells(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return 1; /* shown as a space */
	if ((c >= 0x300 && c < 0x370) || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
	    (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff)
		return 0;
	if ((c >= 0x1100 && c < 0x1160) || (c >= 0x2e80 && c < 0xa4d0) || (c >= 0xac00 && c < 0xd7a4) || (c >= 0xf900 && c < 0xfb00) ||
	    (c >= 0xfe30 && c < 0xfe70) || (c >= 0xff00 && c < 0xff61) || (c >= 0x1f300 && c < 0x1fb00) || (c >= 0x20000 && c < 0x40000))
		return 2;
	return 1;
}

/* Controls, and the marks that turn the direction of text, could make a line show what it does not say. */
static bool point_hidden(uint32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff; }

void table_cell(struct buf *out, const char *text, int width)
{
	int used = 0;
	const char *p = text ? text : "";
	while (*p) {
		const char *from = p;
		uint32_t c = point_next(&p);
		int cells = point_cells(c);
		if (used + cells > width - (*p != 0)) {
			if (used < width) {
				buf_text(out, "…");
				used++;
			}
			break;
		}
		if (point_hidden(c)) {
			for (int i = 0; i < cells; i++)
				buf_char(out, ' ');
		} else {
			buf_add(out, from, (size_t)(p - from));
		}
		used += cells;
	}
	for (; used < width; used++)
		buf_char(out, ' ');
}

int table_cells(const char *text)
{
	int n = 0;
	while (*text)
		n += point_cells(point_next(&text));
	return n;
}

void table_safe(struct buf *out, const char *text, size_t size)
{
	struct buf clean = { 0 };
	buf_scrub(&clean, text, size);
	const char *p = clean.data ? clean.data : "", *end = p + clean.size;
	while (p < end) {
		const char *from = p;
		uint32_t c = point_next(&p);
		if (c != '\n' && c != '\t' && point_hidden(c))
			buf_char(out, ' ');
		else
			buf_add(out, from, (size_t)(p - from));
	}
	buf_free(&clean);
}

void table_csv(struct buf *out, const char *text, size_t size)
{
	bool formula = size && strchr("=+-@\t\r", text[0]) && !(text[0] == '+' && size > 1 && strspn(text + 1, "0123456789") == size - 1) &&
		       !(text[0] == '-' && size > 1 && strspn(text + 1, "0123456789.") == size - 1);
	bool quote = formula || memchr(text, ',', size) || memchr(text, '"', size) || memchr(text, '\n', size) || memchr(text, '\r', size);
	if (quote)
		buf_char(out, '"');
	if (formula)
		buf_char(out, '\'');
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '"')
			buf_char(out, '"');
		buf_char(out, text[i]);
	}
	if (quote)
		buf_char(out, '"');
}

void table_json(struct buf *out, sqlite3_stmt *q, int column)
{
	switch (sqlite3_column_type(q, column)) {
	case SQLITE_INTEGER:
		buf_printf(out, "%lld", sqlite3_column_int64(q, column));
		break;
	case SQLITE_FLOAT:
		buf_printf(out, "%.15g", sqlite3_column_double(q, column));
		break;
	case SQLITE_TEXT: {
		const char *text = (const char *)sqlite3_column_text(q, column);
		buf_json(out, text ? text : "", text ? (size_t)sqlite3_column_bytes(q, column) : 0);
		break;
	}
	case SQLITE_BLOB: {
		const void *bytes = sqlite3_column_blob(q, column);
		buf_char(out, '"');
		buf_hex(out, bytes, (size_t)sqlite3_column_bytes(q, column));
		buf_char(out, '"');
		break;
	}
	default:
		buf_text(out, "null");
	}
}
