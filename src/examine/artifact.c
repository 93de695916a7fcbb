#include "examine/artifact.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "examine/glob.h"

enum { ARTIFACT_MEMORY = 64 << 20 };

/* Where in which file the parser is: for messages. */
struct place {
	struct arena *arena;
	const char *path;
	int line;
};

static enum err wrong(const struct place *at, const char *what, const char *detail)
{
	return err_set(ERR_FORMAT, "%s:%d: %s%s%s", at->path, at->line, what, detail ? ": " : "", detail ? detail : "");
}

static char *trimmed(struct arena *a, const char *from, const char *to)
{
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	return arena_copy(a, from, (size_t)(to - from));
}

static const char *blank_skip(const char *p)
{
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

/* A name, bare or in double quotes; *p is moved behind it. NULL when there is none. */
static const char *name_take(const struct place *at, const char **p)
{
	const char *s = blank_skip(*p), *end;
	if (*s == '"') {
		end = strchr(++s, '"');
		if (!end)
			return NULL;
		*p = end + 1;
	} else {
		end = s;
		while (isalnum((unsigned char)*end) || *end == '_' || *end == '$' || (unsigned char)*end >= 0x80)
			end++;
		*p = end;
	}
	return end > s ? arena_copy(at->arena, s, (size_t)(end - s)) : NULL;
}

static enum err columns_take(const struct place *at, const char **p, struct need_column **ret)
{
	const char *s = *p + 1; /* behind '(' */
	for (;;) {
		s = blank_skip(s);
		bool optional = *s == '?';
		s += optional;
		const char *name = name_take(at, &s);
		struct need_column *c = name ? arena_new(at->arena, struct need_column) : NULL;
		if (!c)
			return wrong(at, "a column's name is expected", s);
		*c = (struct need_column){ name, optional, NULL };
		*ret = c;
		ret = &c->next;
		s = blank_skip(s);
		if (*s == ')')
			break;
		if (*s++ != ',')
			return wrong(at, "',' or ')' is expected behind column", name);
	}
	*p = s + 1;
	return OK;
}

/* "table(a, ?b), ?other": the list of `when:` and of `with:`. */
static enum err tables_parse(const struct place *at, const char *s, struct need_table **ret)
{
	for (;;) {
		s = blank_skip(s);
		bool optional = *s == '?';
		s += optional;
		const char *name = name_take(at, &s);
		struct need_table *t = name ? arena_new(at->arena, struct need_table) : NULL;
		if (!t)
			return wrong(at, "a table's name is expected", s);
		*t = (struct need_table){ name, optional, NULL, NULL };
		*ret = t;
		ret = &t->next;
		s = blank_skip(s);
		if (*s == '(') {
			enum err e = columns_take(at, &s, &t->columns);
			if (e)
				return e;
			s = blank_skip(s);
		}
		if (!*s)
			return OK;
		if (*s++ != ',')
			return wrong(at, "',' is expected behind table", name);
	}
}

static enum err with_parse(const struct place *at, struct artifact *art, const char *value)
{
	const char *p = value, *name = name_take(at, &p);
	p = blank_skip(p);
	if (!name || *p != '=')
		return wrong(at, "`with:` is written NAME = GLOB [: tables]", value);
	struct sibling *w = arena_new(at->arena, struct sibling);
	if (!w)
		return ERR_NOMEM;
	const char *tables = strstr(p, " : ");
	w->name = name;
	w->glob = trimmed(at->arena, p + 1, tables ? tables : p + strlen(p));
	if (!w->glob || !*w->glob)
		return wrong(at, "`with:` names no glob", value);
	struct sibling **tail = &art->with;
	while (*tail)
		tail = &(*tail)->next;
	*tail = w;
	return tables ? tables_parse(at, tables + 3, &w->tables) : OK;
}

static enum err glob_add(const struct place *at, struct glob_line **tail, const char *value)
{
	struct glob_line *g = arena_new(at->arena, struct glob_line);
	if (!g)
		return ERR_NOMEM;
	g->text = value;
	while (*tail)
		tail = &(*tail)->next;
	*tail = g;
	return *value ? OK : wrong(at, "the line names no glob", NULL);
}

static enum err once(const struct place *at, const char **field, const char *key, const char *value)
{
	if (*field)
		return wrong(at, "given twice", key);
	*field = value;
	return OK;
}

static enum err head_line(const struct place *at, struct artifact *art, const char *key, const char *value)
{
	if (strcmp(key, "artifact") == 0)
		return once(at, &art->name, key, value);
	if (strcmp(key, "about") == 0)
		return once(at, &art->about, key, value);
	if (strcmp(key, "app") == 0)
		return once(at, &art->app, key, value);
	if (strcmp(key, "omits") == 0)
		return once(at, &art->omits, key, value);
	if (strcmp(key, "tested") == 0)
		return once(at, &art->tested, key, value);
	if (strcmp(key, "files") == 0)
		return glob_add(at, &art->files, value);
	if (strcmp(key, "content") == 0)
		return glob_add(at, &art->content, value);
	if (strcmp(key, "with") == 0)
		return with_parse(at, art, value);
	if (strcmp(key, "record") != 0)
		return wrong(at, "unknown key", key);
	art->kind = kind_find(value);
	return art->kind ? OK : wrong(at, "no such record kind", value);
}

/* "-- key: value" → true, with both in the arena. A comment without such a key is a comment. */
static bool head_split(const struct place *at, const char *line, const char *end, const char **key, const char **value)
{
	static const char *const keys[] = { "artifact", "about", "record", "app", "files", "content", "with", "omits", "tested", "when" };
	if (end - line < 3 || strncmp(line, "--", 2) != 0)
		return false;
	const char *p = line + 2;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		size_t n = strlen(keys[i]);
		if ((size_t)(end - p) > n && strncmp(p, keys[i], n) == 0 && p[n] == ':') {
			*key = keys[i];
			*value = trimmed(at->arena, p + n + 1, end);
			return *value != NULL;
		}
	}
	return false;
}

static enum err variant_begin(const struct place *at, struct artifact *art, const char *when, struct variant **ret)
{
	struct variant *v = arena_new(at->arena, struct variant), **tail = &art->variants;
	if (!v)
		return ERR_NOMEM;
	while (*tail)
		tail = &(*tail)->next;
	*tail = *ret = v;
	v->line = at->line;
	if (!when || strcmp(when, "file") == 0)
		return OK;
	return tables_parse(at, when, &v->needs);
}

static enum err artifact_whole(struct place *at, const struct artifact *art)
{
	at->line = 1;
	const char *missing = !art->name ? "artifact" : !art->about ? "about" : !art->kind ? "record" : !art->files && !art->content ? "files" : NULL;
	if (missing)
		return wrong(at, "the head lacks", missing);
	if (!art->variants)
		return wrong(at, "there is no query", NULL);
	if (art->content && (art->files || art->with || art->variants->needs || art->variants->next))
		return wrong(at, "with `content:` there is one query over the file alone: no `files:`, no `with:`, no tables", NULL);
	for (const struct variant *v = art->variants; v; v = v->next) {
		at->line = v->line;
		if (!v->sql || !*blank_skip(v->sql))
			return wrong(at, "a `when:` without a query", NULL);
		if (!strstr(v->sql, "_origin"))
			return wrong(at, "the query does not select `_origin`", NULL);
	}
	return OK;
}

static enum err artifact_parse(struct place *at, const char *text, size_t size, struct artifact *art)
{
	struct variant *v = NULL;
	struct buf sql = { 0 };
	enum err e = OK;
	const char *end = text + size;
	at->line = 0;
	for (const char *line = text, *next; !e && line <= end; line = next) {
		const char *nl = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL, *stop = nl ? nl : end;
		const char *key, *value;
		next = stop + 1;
		at->line++;
		bool head = head_split(at, line, stop, &key, &value), when = head && strcmp(key, "when") == 0;
		if (v && (when || stop == end) && !v->sql) {
			if (stop == end && !head)
				buf_add(&sql, line, (size_t)(stop - line));
			v->sql = trimmed(at->arena, sql.data ? sql.data : "", (sql.data ? sql.data : "") + sql.size);
			buf_clear(&sql);
		}
		if (when) {
			e = variant_begin(at, art, value, &v);
		} else if (head && !v) {
			e = head_line(at, art, key, value);
		} else if (stop > line && !(head || (line[0] == '-' && line[1] == '-'))) {
			const char *p = line;
			while (p < stop && isspace((unsigned char)*p))
				p++;
			if (!v && p < stop)
				e = variant_begin(at, art, NULL, &v);
			if (v && !v->sql) {
				buf_add(&sql, line, (size_t)(stop - line));
				buf_char(&sql, '\n');
				if (stop == end)
					v->sql = trimmed(at->arena, sql.data, sql.data + sql.size);
			}
		}
	}
	buf_free(&sql);
	return e ? e : artifact_whole(at, art);
}

static enum err set_put(struct artifact_set *set, struct artifact *art)
{
	for (int i = 0; i < set->count; i++)
		if (strcmp(set->list[i]->name, art->name) == 0) {
			set->list[i] = art;
			return OK;
		}
	if (set->count == set->room) {
		int room = set->room ? set->room * 2 : 64;
		struct artifact **list = realloc(set->list, sizeof *list * (size_t)room);
		if (!list)
			return ERR_NOMEM;
		set->list = list;
		set->room = room;
	}
	set->list[set->count++] = art;
	return OK;
}

enum err artifact_add(struct artifact_set *set, const char *path, const char *text, size_t size)
{
	if (!set->arena.limit)
		set->arena = arena_make(ARTIFACT_MEMORY);
	struct artifact *art = arena_new(&set->arena, struct artifact);
	struct place at = { &set->arena, arena_copy(&set->arena, path, strlen(path)), 1 };
	if (!art || !at.path)
		return ERR_NOMEM;
	if (utf8_valid(text, size) != size || memchr(text, 0, size))
		return wrong(&at, "the file is no UTF-8 text", NULL);
	art->path = at.path;
	enum err e = artifact_parse(&at, text, size, art);
	return e ? e : set_put(set, art);
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct artifact *const *)a)->name, (*(struct artifact *const *)b)->name);
}

enum err artifact_set_ready(struct artifact_set *set)
{
	int globs = 0;
	if (set->count)
		qsort(set->list, (size_t)set->count, sizeof *set->list, by_name);
	for (int i = 0; i < set->count; i++) {
		set->list[i]->id = i;
		for (const struct glob_line *g = set->list[i]->files; g; g = g->next)
			globs++;
		for (const struct sibling *w = set->list[i]->with; w; w = w->next)
			globs++;
	}
	const char **patterns = arena_array(&set->arena, (size_t)globs + 1, sizeof *patterns);
	set->uses = arena_array(&set->arena, (size_t)globs + 1, sizeof *set->uses);
	if (!patterns || !set->uses)
		return ERR_NOMEM;
	for (int i = 0; i < set->count; i++) {
		struct artifact *art = set->list[i];
		for (const struct glob_line *g = art->files; g; g = g->next) {
			patterns[set->use_count] = g->text;
			set->uses[set->use_count++] = (struct glob_use){ art, NULL };
		}
		for (struct sibling *w = art->with; w; w = w->next) {
			patterns[set->use_count] = w->glob;
			w->glob_id = set->use_count;
			set->uses[set->use_count++] = (struct glob_use){ art, w };
		}
	}
	return glob_set_new(patterns, globs, &set->globs);
}

const struct artifact *artifact_find(const struct artifact_set *set, const char *name)
{
	for (int i = 0; i < set->count; i++)
		if (strcmp(set->list[i]->name, name) == 0)
			return set->list[i];
	return NULL;
}

void artifact_set_free(struct artifact_set *set)
{
	if (!set)
		return;
	glob_set_free(set->globs);
	free(set->list);
	arena_free(&set->arena);
	*set = (struct artifact_set){ 0 };
}
