#include "formats/sqlite_schema.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* One token of SQL: a word, a quoted name, a literal, or one character. */
struct token {
	const char *at;
	size_t size;
	char kind; /* 'w' word, 'q' quoted, '#' number, or the character itself; 0 at the end */
};

struct lexer {
	const char *at, *end;
	struct token now;
};

static void skip_space(struct lexer *l)
{
	while (l->at < l->end) {
		if (isspace((unsigned char)*l->at)) {
			l->at++;
		} else if (l->end - l->at >= 2 && l->at[0] == '-' && l->at[1] == '-') {
			while (l->at < l->end && *l->at != '\n')
				l->at++;
		} else if (l->end - l->at >= 2 && l->at[0] == '/' && l->at[1] == '*') {
			l->at += 2;
			while (l->at < l->end && !(l->end - l->at >= 2 && l->at[0] == '*' && l->at[1] == '/'))
				l->at++;
			l->at = l->end - l->at >= 2 ? l->at + 2 : l->end;
		} else {
			return;
		}
	}
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static void next(struct lexer *l)
{
	skip_space(l);
	const char *s = l->at;
	if (s >= l->end) {
		l->now = (struct token){ s, 0, 0 };
		return;
	}
	char close = *s == '[' ? ']' : *s;
	if (*s == '"' || *s == '\'' || *s == '`' || *s == '[') {
		l->at++;
		while (l->at < l->end) {
			if (*l->at == close) {
				if (close != ']' && l->end - l->at >= 2 && l->at[1] == close)
					l->at++;
				else
					break;
			}
			l->at++;
		}
		if (l->at < l->end)
			l->at++;
		l->now = (struct token){ s, (size_t)(l->at - s), 'q' };
	} else if (is_word(*s)) {
		while (l->at < l->end && (is_word(*l->at) || (*l->at == '.' && isdigit((unsigned char)*s))))
			l->at++;
		l->now = (struct token){ s, (size_t)(l->at - s), isdigit((unsigned char)*s) ? '#' : 'w' };
	} else {
		l->at++;
		l->now = (struct token){ s, 1, *s };
	}
}

static bool is(const struct lexer *l, const char *word)
{
	return l->now.kind == 'w' && l->now.size == strlen(word) && strncasecmp(l->now.at, word, l->now.size) == 0;
}

static bool accept(struct lexer *l, const char *word)
{
	if (!is(l, word))
		return false;
	next(l);
	return true;
}

/* The name a token stands for, without quotes. */
static char *name_of(struct arena *a, const struct token *t)
{
	if (t->kind != 'q')
		return arena_copy(a, t->at, t->size);
	char *name = arena_copy(a, t->at, t->size);
	if (!name || t->size < 2)
		return name;
	char close = *t->at == '[' ? ']' : *t->at;
	size_t n = 0, last = t->size - (t->at[t->size - 1] == close);
	for (size_t i = 1; i < last; i++) {
		name[n++] = t->at[i];
		if (close != ']' && t->at[i] == close && i + 1 < last && t->at[i + 1] == close)
			i++;
	}
	name[n] = 0;
	return name;
}

/* Passes over a parenthesis and all inside. */
static void skip_group(struct lexer *l)
{
	int depth = 0;
	do {
		if (l->now.kind == '(')
			depth++;
		else if (l->now.kind == ')')
			depth--;
		else if (!l->now.kind)
			return;
		next(l);
	} while (depth > 0);
}

static bool contains(const char *text, const char *part)
{
	size_t n = strlen(part);
	for (; *text; text++)
		if (strncasecmp(text, part, n) == 0)
			return true;
	return false;
}

/* The five rules of sqlite.org/datatype3.html, in their order. */
static enum affinity affinity_of(const char *type)
{
	if (contains(type, "INT"))
		return AFFINITY_INTEGER;
	if (contains(type, "CHAR") || contains(type, "CLOB") || contains(type, "TEXT"))
		return AFFINITY_TEXT;
	if (!*type || contains(type, "BLOB"))
		return AFFINITY_BLOB;
	if (contains(type, "REAL") || contains(type, "FLOA") || contains(type, "DOUB"))
		return AFFINITY_REAL;
	return AFFINITY_NUMERIC;
}

static bool starts_constraint(const struct lexer *l)
{
	static const char *const words[] = { "CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT",
					     "COLLATE", "REFERENCES", "GENERATED", "AS" };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (is(l, words[i]))
			return true;
	return false;
}

static void read_default(struct arena *a, struct lexer *l, struct schema_column *c)
{
	if (l->now.kind == '(') {
		skip_group(l);
		return;
	}
	const char *start = l->now.at;
	if (l->now.kind == '-' || l->now.kind == '+')
		next(l);
	c->initial = arena_copy(a, start, (size_t)(l->now.at + l->now.size - start));
	next(l);
}

/* Everything behind a column's name up to the comma; `*ret_desc` tells INTEGER PRIMARY KEY DESC, which is no alias. */
static void read_column_rest(struct arena *a, struct lexer *l, struct schema_column *c, bool *ret_desc)
{
	char type[128];
	size_t n = 0;
	while ((l->now.kind == 'w' || l->now.kind == 'q' || l->now.kind == '(') && !starts_constraint(l)) {
		if (l->now.kind == '(') {
			skip_group(l);
			continue;
		}
		for (size_t i = 0; i < l->now.size && n + 2 < sizeof(type); i++)
			type[n++] = l->now.at[i];
		if (n + 2 < sizeof(type))
			type[n++] = ' ';
		next(l);
	}
	while (n && type[n - 1] == ' ')
		n--;
	type[n] = 0;
	c->type = arena_copy(a, type, n);
	c->affinity = affinity_of(type);
	while (l->now.kind && l->now.kind != ',' && l->now.kind != ')') {
		if (accept(l, "PRIMARY")) {
			accept(l, "KEY");
			c->primary = true;
			*ret_desc = is(l, "DESC");
		} else if (accept(l, "UNIQUE")) {
			c->unique = true;
		} else if (accept(l, "NOT")) {
			if (accept(l, "NULL"))
				c->not_null = true;
		} else if (accept(l, "DEFAULT")) {
			read_default(a, l, c);
		} else if (accept(l, "AS")) {
			c->is_virtual = true;
			if (l->now.kind == '(')
				skip_group(l);
			if (is(l, "STORED"))
				c->is_virtual = false;
		} else if (l->now.kind == '(') {
			skip_group(l);
		} else {
			next(l);
		}
	}
}

static int column_named(const struct schema_table *t, const char *name)
{
	for (int i = 0; name && i < t->count; i++)
		if (t->columns[i].name && strcasecmp(t->columns[i].name, name) == 0)
			return i;
	return -1;
}

/* The same columns twice make one index. */
static bool unique_add(struct arena *a, struct schema_table *t, const int *columns, int count)
{
	for (int i = 0; i < t->unique_count; i++)
		if (t->uniques[i].count == count && memcmp(t->uniques[i].columns, columns, (size_t)count * sizeof(int)) == 0)
			return true;
	if (t->unique_count == t->unique_room) {
		int room = t->unique_room ? t->unique_room * 2 : 4;
		struct schema_key *more = arena_array(a, (size_t)room, sizeof(*more));
		if (!more)
			return false;
		if (t->unique_count)
			memcpy(more, t->uniques, (size_t)t->unique_count * sizeof(*more));
		t->uniques = more;
		t->unique_room = room;
	}
	struct schema_key *k = &t->uniques[t->unique_count];
	k->columns = arena_array(a, (size_t)count + 1, sizeof(int));
	if (!k->columns)
		return false;
	memcpy(k->columns, columns, (size_t)count * sizeof(int));
	k->count = count;
	t->unique_count++;
	return true;
}

static bool is_alias(const struct schema_column *c, bool desc) { return !desc && strcasecmp(c->type, "INTEGER") == 0; }

/* The columns of a table's PRIMARY KEY (…) or UNIQUE (…), in key order. */
static int read_key(struct arena *a, struct lexer *l, struct schema_table *t, int *keys, bool primary)
{
	int n = 0;
	if (l->now.kind != '(')
		return 0;
	next(l);
	while (l->now.kind && l->now.kind != ')') {
		int c = l->now.kind == 'w' || l->now.kind == 'q' ? column_named(t, name_of(a, &l->now)) : -1;
		if (c >= 0 && n < t->count) {
			keys[n++] = c;
			t->columns[c].primary |= primary;
		}
		while (l->now.kind && l->now.kind != ',' && l->now.kind != ')') {
			if (l->now.kind == '(')
				skip_group(l);
			else
				next(l);
		}
		if (l->now.kind == ',')
			next(l);
	}
	if (l->now.kind)
		next(l);
	return n;
}

/* The order of columns in a record: WITHOUT ROWID tables put their key first; virtual columns are not stored. */
static bool order_columns(struct arena *a, struct schema_table *t, const int *keys, int key_count)
{
	bool *done = arena_array(a, (size_t)t->count, sizeof(bool));
	t->order = arena_array(a, (size_t)t->count, sizeof(int));
	if (!done || !t->order)
		return false;
	for (int i = 0; t->without_rowid && i < key_count; i++) {
		if (!done[keys[i]]) {
			done[keys[i]] = true;
			t->columns[keys[i]].not_null = true;
			t->order[t->stored++] = keys[i];
		}
	}
	t->keys = t->stored;
	for (int i = 0; i < t->count; i++)
		if (!done[i] && !t->columns[i].is_virtual)
			t->order[t->stored++] = i;
	return t->stored > 0;
}

bool schema_read(struct arena *a, const char *sql, size_t size, struct schema_table *ret)
{
	struct lexer l = { .at = sql, .end = sql + size };
	struct schema_table t = { .ipk = -1 };
	next(&l);
	if (!accept(&l, "CREATE"))
		return false;
	if (!accept(&l, "TEMP"))
		accept(&l, "TEMPORARY");
	if (!accept(&l, "TABLE"))
		return false;
	if (accept(&l, "IF")) {
		accept(&l, "NOT");
		accept(&l, "EXISTS");
	}
	if (l.now.kind != 'w' && l.now.kind != 'q')
		return false;
	t.name = name_of(a, &l.now);
	next(&l);
	if (l.now.kind == '.') {
		next(&l);
		t.name = name_of(a, &l.now);
		next(&l);
	}
	if (l.now.kind != '(')
		return false;
	next(&l);

	struct schema_column *columns = NULL;
	int room = 0, key_count = 0;
	int *keys = NULL;
	bool key_desc = false;
	while (l.now.kind && l.now.kind != ')' && t.count < SCHEMA_COLUMNS) {
		if (is(&l, "CONSTRAINT")) {
			next(&l);
			next(&l);
		}
		if (t.count && l.now.kind == 'w' && (is(&l, "PRIMARY") || is(&l, "UNIQUE") || is(&l, "CHECK") || is(&l, "FOREIGN"))) {
			bool primary = accept(&l, "PRIMARY");
			if (primary || accept(&l, "UNIQUE")) {
				if (primary)
					accept(&l, "KEY");
				int *named = arena_array(a, (size_t)t.count, sizeof(int));
				t.columns = columns;
				if (!named)
					return false;
				int n = read_key(a, &l, &t, named, primary);
				if (primary) {
					keys = named;
					key_count = n;
				}
				if (n && !(primary && n == 1 && is_alias(&columns[named[0]], false)) && !unique_add(a, &t, named, n))
					return false;
			}
			while (l.now.kind && l.now.kind != ',' && l.now.kind != ')') {
				if (l.now.kind == '(')
					skip_group(&l);
				else
					next(&l);
			}
		} else {
			if (t.count == room) {
				room = room ? room * 2 : 8;
				struct schema_column *more = arena_array(a, (size_t)room, sizeof(*more));
				if (!more)
					return false;
				if (t.count)
					memcpy(more, columns, (size_t)t.count * sizeof(*more));
				columns = more;
			}
			struct schema_column *c = &columns[t.count];
			bool desc = false;
			c->name = name_of(a, &l.now);
			next(&l);
			read_column_rest(a, &l, c, &desc);
			if (c->primary)
				key_desc = desc;
			if ((c->unique || (c->primary && !is_alias(c, desc))) && !unique_add(a, &t, &t.count, 1))
				return false;
			t.count++;
		}
		if (l.now.kind == ',')
			next(&l);
		else if (l.now.kind != ')')
			break;
	}
	t.columns = columns;
	if (!t.count || a->failed)
		return false;
	if (l.now.kind != ')')
		return false; /* the text is cut: its columns would be too few */
	next(&l);
	for (; is(&l, "WITHOUT") || is(&l, "ROWID") || is(&l, "STRICT") || l.now.kind == ','; next(&l))
		if (is(&l, "WITHOUT"))
			t.without_rowid = true;
	if (!key_count) {
		keys = arena_array(a, 1, sizeof(int));
		for (int i = 0; keys && i < t.count && !key_count; i++)
			if (columns[i].primary)
				keys[key_count++] = i;
	}
	if (!t.without_rowid && key_count == 1 && !key_desc && strcasecmp(columns[keys[0]].type, "INTEGER") == 0)
		t.ipk = keys[0];
	*ret = t;
	return order_columns(a, ret, keys, key_count);
}

bool schema_read_index(struct arena *a, const char *sql, size_t size, struct schema_index *ret)
{
	struct lexer l = { .at = sql, .end = sql + size };
	struct schema_index x = { 0 };
	int room = 0;
	next(&l);
	if (!accept(&l, "CREATE"))
		return false;
	x.unique = accept(&l, "UNIQUE");
	if (!accept(&l, "INDEX"))
		return false;
	if (accept(&l, "IF")) {
		accept(&l, "NOT");
		accept(&l, "EXISTS");
	}
	x.name = name_of(a, &l.now);
	next(&l);
	if (l.now.kind == '.') {
		next(&l);
		x.name = name_of(a, &l.now);
		next(&l);
	}
	if (!accept(&l, "ON"))
		return false;
	x.table = name_of(a, &l.now);
	next(&l);
	if (l.now.kind != '(')
		return false;
	next(&l);
	while (l.now.kind && l.now.kind != ')' && x.count < SCHEMA_COLUMNS) {
		if (x.count == room) {
			room = room ? room * 2 : 8;
			const char **more = arena_array(a, (size_t)room, sizeof(*more));
			if (!more)
				return false;
			if (x.count)
				memcpy(more, x.columns, (size_t)x.count * sizeof(*more));
			x.columns = more;
		}
		/* A name and nothing but COLLATE, ASC or DESC behind it; else an expression. */
		const char *name = l.now.kind == 'w' || l.now.kind == 'q' ? name_of(a, &l.now) : NULL;
		if (l.now.kind != '(')
			next(&l);
		if (name && accept(&l, "COLLATE"))
			next(&l);
		if (!accept(&l, "ASC"))
			accept(&l, "DESC");
		if (l.now.kind != ',' && l.now.kind != ')')
			name = NULL;
		while (l.now.kind && l.now.kind != ',' && l.now.kind != ')') {
			if (l.now.kind == '(')
				skip_group(&l);
			else
				next(&l);
		}
		x.columns[x.count++] = name;
		if (l.now.kind == ',')
			next(&l);
	}
	*ret = x;
	return l.now.kind == ')' && x.count && x.table && !a->failed;
}
