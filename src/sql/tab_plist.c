/* plist_each, nskeyed_each: the nodes one level below a path. plist_tree: every node. */
#include "formats/plist.h"
#include "sql/tab.h"

static const char *type_name(const struct value *v)
{
	static const char *const names[] = {
		[VALUE_NULL] = "null",	 [VALUE_BOOL] = "bool", [VALUE_INT] = "int",   [VALUE_REAL] = "real",
		[VALUE_DATE] = "date",	 [VALUE_TEXT] = "text", [VALUE_DATA] = "data", [VALUE_UID] = "uid",
		[VALUE_ARRAY] = "array", [VALUE_DICT] = "dict",
	};
	return names[v->type];
}

/* Appends the step to child `i` of `parent`: ".key", "."a key"", "[3]". */
static void path_step(struct buf *path, const struct value *parent, size_t i)
{
	if (parent->type == VALUE_ARRAY) {
		buf_printf(path, "[%zu]", i);
		return;
	}
	const struct value *key = parent->keys[i];
	bool plain = key->size > 0;
	for (size_t k = 0; plain && k < key->size; k++) {
		char c = key->bytes[k];
		plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
			c == '-' || c == '$';
	}
	buf_text(path, plain ? "." : ".\"");
	buf_add(path, key->bytes, key->size);
	if (!plain)
		buf_char(path, '"');
}

static bool has_children(const struct value *v) { return v && (v->type == VALUE_ARRAY || v->type == VALUE_DICT); }

static struct cell key_cell(const struct value *parent, size_t i)
{
	if (parent->type == VALUE_ARRAY)
		return cell_int((int64_t)i);
	return cell_bytes(CELL_TEXT, parent->keys[i]->bytes, parent->keys[i]->size);
}

static struct cell value_cell(const struct value *v) { return (struct cell){ .type = CELL_VALUE, .value = v }; }

struct each {
	const struct value *parent;
	const char *path;
	size_t i;
};

static enum err each_open_as(struct tab_rows *r, bool keyed)
{
	struct each *s = arena_new(r->arena, struct each);
	if (!s)
		return err_set(ERR_NOMEM, "no memory");
	r->state = s;
	const struct value *root;
	enum err e = plist_read(r->arena, r->blob.start, span_size(&r->blob), &root);
	if (e == OK && keyed)
		e = nskeyed_resolve(r->arena, root, &root);
	if (e < 0)
		return e;
	s->path = r->argument ? r->argument : "$";
	s->parent = value_path(root, s->path);
	return OK;
}

static enum err plist_each_open(struct tab_rows *r) { return each_open_as(r, false); }
static enum err nskeyed_each_open(struct tab_rows *r) { return each_open_as(r, true); }

/* A copy in the arena, or NULL: a missing path is no reason to lose the row. */
static const char *path_keep(struct tab_rows *r, struct buf *path)
{
	const char *kept = path->failed ? NULL : arena_copy(r->arena, path->data, path->size);
	buf_free(path);
	return kept;
}

static bool each_next(struct tab_rows *r)
{
	struct each *s = r->state;
	if (!s || !has_children(s->parent) || s->i >= s->parent->count)
		return false;
	const struct value *v = s->parent->items[s->i];
	struct buf path = { .limit = 1 << 20 };
	buf_text(&path, s->path);
	path_step(&path, s->parent, s->i);
	r->cells[0] = key_cell(s->parent, s->i);
	r->cells[1] = value_cell(v);
	r->cells[2] = cell_text(type_name(v));
	r->cells[3] = cell_text(path_keep(r, &path));
	s->i++;
	return true;
}

const struct tab plist_each_tab = { "plist_each", "key, value, type, path", "at", plist_each_open, each_next };
const struct tab nskeyed_each_tab = { "nskeyed_each", "key, value, type, path", "at", nskeyed_each_open, each_next };

/* Where a walk stands: `i` is the next child of `v` to visit. */
struct level {
	const struct value *v;
	const char *path;
	size_t i;
};

struct tree {
	struct level levels[VALUE_DEPTH + 1];
	int depth;		  /* levels in use */
	const struct value *root; /* until it was given */
};

static enum err tree_open(struct tab_rows *r)
{
	struct tree *s = arena_new(r->arena, struct tree);
	if (!s)
		return err_set(ERR_NOMEM, "no memory");
	r->state = s;
	return plist_read(r->arena, r->blob.start, span_size(&r->blob), &s->root);
}

/* Containers have no value here: their JSON at every level would grow with the square of the depth. */
static void tree_row(struct tab_rows *r, const struct value *v, const char *path, const char *parent)
{
	if (!has_children(v))
		r->cells[1] = value_cell(v);
	r->cells[2] = cell_text(type_name(v));
	r->cells[3] = cell_text(path);
	r->cells[4] = cell_text(parent);
}

static void tree_enter(struct tab_rows *r, struct tree *s, const struct value *v, const char *path)
{
	if (!has_children(v))
		return;
	if (s->depth > VALUE_DEPTH || !path)
		tab_note(r, 0, "too deep, or paths take too much memory: nodes below are left out");
	else
		s->levels[s->depth++] = (struct level){ v, path, 0 };
}

static bool tree_next(struct tab_rows *r)
{
	struct tree *s = r->state;
	if (!s)
		return false;
	if (s->root) {
		tree_row(r, s->root, "$", NULL);
		tree_enter(r, s, s->root, "$");
		s->root = NULL;
		return true;
	}
	while (s->depth > 0 && s->levels[s->depth - 1].i >= s->levels[s->depth - 1].v->count)
		s->depth--;
	if (s->depth == 0)
		return false;
	struct level *at = &s->levels[s->depth - 1];
	const struct value *v = at->v->items[at->i];
	struct buf path = { .limit = 1 << 20 };
	buf_text(&path, at->path);
	path_step(&path, at->v, at->i);
	const char *kept = path_keep(r, &path);
	r->cells[0] = key_cell(at->v, at->i++);
	tree_row(r, v, kept, at->path);
	tree_enter(r, s, v, kept);
	return true;
}

const struct tab plist_tree_tab = { "plist_tree", "key, value, type, path, parent", NULL, tree_open, tree_next };
