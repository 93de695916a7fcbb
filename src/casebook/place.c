#include "casebook/place.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "casebook/log.h"
#include "casebook/words.h"

enum { COLUMNS_MOST = 40, LINES_MOST = 100000 };

struct csv {
	const char *at, *end;
	int64_t line;
	struct buf fields[COLUMNS_MOST];
	int count;
};

/* One field, up to its comma or the line's end; *ret_last: the line ended. */
static enum err field_read(struct csv *c, struct buf *out, bool *ret_last)
{
	bool quoted = c->at < c->end && *c->at == '"';
	buf_clear(out);
	buf_add(out, "", 0);
	for (c->at += quoted; c->at < c->end; c->at++) {
		if (quoted && *c->at == '"' && c->at + 1 < c->end && c->at[1] == '"')
			buf_char(out, *c->at++);
		else if (quoted && *c->at == '"') {
			quoted = false;
			if (c->at + 1 < c->end && !strchr(",\r\n", c->at[1]))
				return err_set(ERR_FORMAT, "line %lld: something behind a closing quote", (long long)c->line);
		} else if (!quoted && (*c->at == ',' || *c->at == '\n'))
			break;
		else if (quoted || *c->at != '\r')
			buf_char(out, *c->at);
	}
	if (quoted)
		return err_set(ERR_FORMAT, "line %lld: a quote is never closed", (long long)c->line);
	*ret_last = c->at >= c->end || *c->at == '\n';
	c->at += c->at < c->end;
	return out->failed ? ERR_NOMEM : OK;
}

static enum err line_read(struct csv *c)
{
	bool last = false;
	enum err e = OK;
	c->line++;
	for (c->count = 0; !e && !last; c->count++)
		e = c->count < COLUMNS_MOST ? field_read(c, &c->fields[c->count], &last) : err_set(ERR_FORMAT, "line %lld: more than %d columns", (long long)c->line, COLUMNS_MOST);
	return e;
}

static const char *value(const struct csv *c, int i) { return i >= 0 && i < c->count && c->fields[i].data ? c->fields[i].data : ""; }

struct header {
	json_t *names;
	int code, name, active;
};

static enum err header_read(struct csv *c, struct header *h)
{
	enum err e = line_read(c);
	*h = (struct header){ json_array(), -1, -1, -1 };
	for (int i = 0; !e && i < c->count; i++) {
		const char *text = value(c, i);
		json_array_append_new(h->names, json_string(text));
		if (strcmp(text, "prison_id") == 0 || strcmp(text, "code") == 0)
			h->code = i;
		else if (strcmp(text, "name") == 0)
			h->name = i;
		else if (strcmp(text, "active") == 0)
			h->active = i;
	}
	return e || (h->code >= 0 && h->name >= 0) ? e : err_set(ERR_FORMAT, "line 1: columns named prison_id (or code) and name are needed");
}

static enum err place_put(struct store *s, const struct csv *c, const struct header *h)
{
	json_t *details = json_object();
	const char *active = value(c, h->active);
	for (int i = 0; i < c->count; i++)
		if (i != h->code && i != h->name && i != h->active)
			json_object_set_new(details, json_string_value(json_array_get(h->names, (size_t)i)), json_string(value(c, i)));
	char *text = json_dumps(details, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(details);
	enum err e = text ? words_check("prison_id", value(c, h->code), 12, true) : ERR_NOMEM;
	if (!e)
		e = words_check("name", value(c, h->name), WORDS_LINE, true);
	if (e == ERR_USAGE || (!e && (size_t)c->count != json_array_size(h->names)))
		e = err_set(ERR_FORMAT, "line %lld: a code, a name and as many columns as the first line are needed", (long long)c->line);
	if (!e)
		e = STORE_RUN(s,
			      "INSERT INTO establishment (code, name, active, details) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (code) DO UPDATE SET name = excluded.name, active = excluded.active, details = excluded.details",
			      NULL, NULL, store_text(value(c, h->code)), store_text(value(c, h->name)), store_int(h->active < 0 || strcmp(active, "0") != 0), store_text(text));
	free(text);
	return e;
}

enum err place_import(struct store *s, const struct act *act, const char *text, size_t size, int64_t *ret_count)
{
	struct csv c = { .at = text, .end = text + size };
	struct header h;
	if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		c.at += 3;
	*ret_count = 0;
	enum err e = utf8_valid(text, size) == size && !memchr(text, 0, size) ? header_read(&c, &h) : err_set(ERR_FORMAT, "no UTF-8 text");
	if (e && c.line == 0)
		return e;
	while (!e && c.at < c.end) {
		if ((e = line_read(&c)) || (c.count == 1 && !*value(&c, 0)))
			continue;
		e = ++*ret_count > LINES_MOST ? err_set(ERR_LIMIT, "more than %d establishments", LINES_MOST) : place_put(s, &c, &h);
	}
	for (int i = 0; i < COLUMNS_MOST; i++)
		buf_free(&c.fields[i]);
	json_decref(h.names);
	return e ? e : log_change(s, act, LOG_COLLECTION, "establishments imported", NULL, 0, json_pack("{s:I}", "count", (json_int_t)*ret_count));
}

enum err place_list(struct store *s, json_t *array) { return store_query(s, "SELECT code, name FROM establishment WHERE active = 1 ORDER BY name, code", NULL, 0, store_json_add, array, NULL); }
