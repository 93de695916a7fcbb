#include "web/template.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/time.h"

enum { DEPTH_MOST = 16 };

/* The items that the steps stand in, the innermost last. */
struct scope {
	const json_t *items[DEPTH_MOST + 1];
	int depth;
};

void html_escape(struct buf *out, const char *text, size_t size)
{
	size_t from = 0;
	for (size_t i = 0; i < size; i++) {
		const char *with = text[i] == '&' ? "&amp;" : text[i] == '<' ? "&lt;" : text[i] == '>' ? "&gt;" : text[i] == '"' ? "&quot;" : text[i] == '\'' ? "&#39;" : !text[i] ? "\xef\xbf\xbd" : NULL;
		if (!with)
			continue;
		buf_add(out, text + from, i - from);
		buf_text(out, with);
		from = i + 1;
	}
	buf_add(out, text + from, size - from);
}

const struct template *template_find(const char *name)
{
	for (int i = 0; i < template_count; i++)
		if (strcmp(templates[i].name, name) == 0)
			return &templates[i];
	return NULL;
}

/* In the item the steps stand in, never further out by itself: a value that an item lacks must not be another's. */
static const json_t *look_up(const struct scope *s, const char *name)
{
	const json_t *j = s->items[*name == '^' ? 0 : s->depth];
	for (name += *name == '^'; j && *name; name += strlen(name) + 1)
		j = json_object_get(j, name);
	return j;
}

static bool is_false(const json_t *j)
{
	switch (j ? json_typeof(j) : JSON_NULL) {
	case JSON_NULL:
	case JSON_FALSE:
		return true;
	case JSON_INTEGER:
		return json_integer_value(j) == 0;
	case JSON_STRING:
		return json_string_length(j) == 0;
	case JSON_ARRAY:
		return json_array_size(j) == 0;
	case JSON_OBJECT:
		return json_object_size(j) == 0;
	default:
		return false;
	}
}

enum moment_form { MOMENT_TIME, MOMENT_DAY, MOMENT_ISO };

static void moment(struct buf *out, int64_t at, enum moment_form form)
{
	char text[80];
	time_t seconds = (time_t)(at / 1000000 - (at % 1000000 < 0));
	struct tm t;
	if (!gmtime_r(&seconds, &t))
		return;
	size_t n = form == MOMENT_TIME ? strftime(text, sizeof text, "%e %b %Y, %H:%M:%S UTC", &t) : form == MOMENT_DAY ? strftime(text, sizeof text, "%e %B %Y", &t) : strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &t);
	buf_text(out, n ? text + (*text == ' ') : ""); /* %e is padded */
}

static void day(struct buf *out, const json_t *j)
{
	static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" };
	int y, m, d;
	if (json_is_integer(j))
		moment(out, json_integer_value(j), MOMENT_DAY);
	else if (sscanf(json_string_value(j) ? json_string_value(j) : "", "%4d-%2d-%2d", &y, &m, &d) == 3 && m >= 1 && m <= 12)
		buf_printf(out, "%d %s %d", d, months[m - 1], y);
	else if (json_string_value(j))
		html_escape(out, json_string_value(j), json_string_length(j));
}

static void count(struct buf *out, int64_t n)
{
	char digits[24];
	int size = snprintf(digits, sizeof digits, "%llu", n < 0 ? 0ULL - (unsigned long long)n : (unsigned long long)n);
	if (n < 0)
		buf_char(out, '-');
	for (int i = 0; i < size; i++) {
		if (i && (size - i) % 3 == 0)
			buf_char(out, ',');
		buf_char(out, digits[i]);
	}
}

static void bytes(struct buf *out, int64_t n)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	double x = (double)n;
	int u = 0;
	for (; x >= 1000 && u < 4; u++)
		x /= 1000;
	buf_printf(out, u && x < 10 ? "%.1f %s" : "%.0f %s", x, units[u]);
}

static void percent(struct buf *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];
		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("-._~", c)))
			buf_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

/* A path of this server: no scheme, no other host ("//", and "/\", which browsers read so), no control character that a browser leaves out. */
static bool is_path(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == '\\')
			return false;
	return size && (text[0] == '?' || text[0] == '#' || (text[0] == '/' && (size == 1 || text[1] != '/')));
}

static void value(struct buf *out, const json_t *j, enum template_filter filter)
{
	char number[40];
	const char *text = number;
	size_t size = 0;
	bool whole = json_is_integer(j);
	if (!j || json_is_null(j))
		return;
	if (whole && filter == FILTER_TIME) {
		moment(out, json_integer_value(j), MOMENT_TIME);
		return;
	}
	if (whole && filter == FILTER_ISO) {
		moment(out, json_integer_value(j), MOMENT_ISO);
		return;
	}
	if (filter == FILTER_DAY) {
		day(out, j);
		return;
	}
	if (whole && (filter == FILTER_COUNT || filter == FILTER_BYTES)) {
		(filter == FILTER_COUNT ? count : bytes)(out, json_integer_value(j));
		return;
	}
	switch (json_typeof(j)) {
	case JSON_STRING:
		text = json_string_value(j);
		size = json_string_length(j);
		break;
	case JSON_INTEGER:
		size = (size_t)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(j));
		break;
	case JSON_REAL:
		size = (size_t)snprintf(number, sizeof number, "%.10g", json_real_value(j));
		break;
	case JSON_TRUE:
		text = "yes";
		size = 3;
		break;
	default: /* false, arrays, objects: nothing to say in a line */
		return;
	}
	if (filter == FILTER_PART)
		percent(out, text, size);
	else if (filter == FILTER_PATH && !is_path(text, size))
		buf_char(out, '#');
	else
		html_escape(out, text, size);
}

/* Renders the steps [from, to). Depth is bounded by the compiler, which refuses templates nested deeper than DEPTH_MOST. */
static void steps(struct buf *out, const struct template *t, int from, int to, struct scope *s)
{
	for (int i = from; i < to && !out->failed; i++) {
		const struct template_step *p = &t->steps[i];
		const json_t *j = p->op == TEMPLATE_VALUE || p->op == TEMPLATE_IF || p->op == TEMPLATE_EACH ? look_up(s, p->text) : NULL;
		int other = p->jump, end = p->op == TEMPLATE_IF || p->op == TEMPLATE_EACH ? (t->steps[other].op == TEMPLATE_ELSE ? t->steps[other].jump : other) : i;
		switch ((enum template_op)p->op) {
		case TEMPLATE_TEXT:
			buf_add(out, p->text, p->size);
			break;
		case TEMPLATE_VALUE:
			value(out, j, (enum template_filter)p->filter);
			break;
		case TEMPLATE_IF:
			if (!is_false(j))
				steps(out, t, i + 1, other, s);
			else
				steps(out, t, other + 1, end, s);
			i = end;
			break;
		case TEMPLATE_EACH:
			for (size_t k = 0; s->depth < DEPTH_MOST && k < json_array_size(j); k++) {
				s->items[++s->depth] = json_array_get(j, k);
				steps(out, t, i + 1, other, s);
				s->depth--;
			}
			if (!json_array_size(j))
				steps(out, t, other + 1, end, s);
			i = end;
			break;
		case TEMPLATE_ELSE:
		case TEMPLATE_END:
			break;
		}
	}
}

enum err template_render(struct buf *out, const struct template *t, const json_t *data)
{
	struct scope s = { .items = { data } };
	steps(out, t, 0, t->count, &s);
	if (!out->failed)
		return OK;
	return out->limit ? err_set(ERR_LIMIT, "%s: the page would be larger than %zu bytes", t->name, out->limit) : ERR_NOMEM;
}
