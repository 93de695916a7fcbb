#include "formats/plist.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "base/time.h"
#include "formats/plist_parts.h"

/* Each container of the archive is resolved once and then shared, as the archive shares it: the result is a DAG no larger
 * than the archive, whatever its references would multiply to. */

enum kind { PLAIN, ARRAY, DICT, DATE, DATA, STRING, URL, UUID, NUMBER, DECIMAL, NOTHING };

static const struct {
	const char *name;
	enum kind kind;
} classes[] = {
	{ "NSArray", ARRAY },	   { "NSMutableArray", ARRAY },	      { "NSSet", ARRAY },
	{ "NSMutableSet", ARRAY }, { "NSOrderedSet", ARRAY },	      { "NSMutableOrderedSet", ARRAY },
	{ "NSDictionary", DICT },  { "NSMutableDictionary", DICT },   { "NSDate", DATE },
	{ "NSData", DATA },	   { "NSMutableData", DATA },	      { "NSString", STRING },
	{ "NSURL", URL },	   { "NSMutableString", STRING },     { "NSUUID", UUID },
	{ "NSNumber", NUMBER },	   { "NSDecimalNumber", DECIMAL },    { "NSNull", NOTHING },
};

/* What an object of the archive is as a class; looked up once for each class. */
struct class_info {
	bool known;
	enum kind kind;
	const struct value *name; /* NULL: it is no class */
};

/* A container of the archive and what became of it. */
struct slot {
	const struct value *from; /* NULL: free */
	struct value *to;	  /* NULL: being resolved */
	unsigned height;	  /* levels below and including `to` */
};

struct resolver {
	struct arena *arena;
	const struct value *objects; /* an array */
	struct class_info *classes;  /* one for each object */
	struct value *null;
	struct slot *slots; /* open addressing, a power of two, at most half full */
	size_t slot_count, slot_used;
};

static enum err resolve(struct resolver *r, const struct value *v, int depth, struct value **ret, unsigned *height);

static struct slot *slot_find(struct slot *slots, size_t count, const struct value *from)
{
	size_t i = text_hash(&from, sizeof from) & (count - 1);
	while (slots[i].from && slots[i].from != from)
		i = (i + 1) & (count - 1);
	return &slots[i];
}

static enum err slot_take(struct resolver *r, const struct value *from)
{
	if (r->slot_used * 2 >= r->slot_count) {
		size_t count = r->slot_count ? r->slot_count * 2 : 256;
		struct slot *more = calloc(count, sizeof *more);
		if (!more)
			return err_set(ERR_NOMEM, "keyed archive: out of memory");
		for (size_t i = 0; i < r->slot_count; i++)
			if (r->slots[i].from)
				*slot_find(more, count, r->slots[i].from) = r->slots[i];
		free(r->slots);
		r->slots = more;
		r->slot_count = count;
	}
	slot_find(r->slots, r->slot_count, from)->from = from;
	r->slot_used++;
	return OK;
}

static bool text_is(const struct value *v, const char *text)
{
	size_t n = strlen(text);
	return v && v->type == VALUE_TEXT && v->size == n && memcmp(v->bytes, text, n) == 0;
}

/* What `v` stands for when it is a UID; NULL for `$null`, for a UID of nothing and for UIDs in a circle. */
static const struct value *follow(const struct resolver *r, const struct value *v)
{
	for (int hops = 0; v && v->type == VALUE_UID; hops++) {
		if (hops == 8 || v->integer < 0 || (uint64_t)v->integer >= r->objects->count)
			return NULL;
		bool first = v->integer == 0;
		v = r->objects->items[v->integer];
		if (first && text_is(v, "$null"))
			return NULL;
	}
	return v;
}

static const struct value *field(const struct resolver *r, const struct value *v, const char *name)
{
	return follow(r, value_get(v, name));
}

static const struct value *field_of(const struct resolver *r, const struct value *v, const char *name, enum value_type t)
{
	const struct value *f = field(r, v, name);
	return f && f->type == t ? f : NULL;
}

static enum kind kind_of(const struct value *name)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (text_is(name, classes[i].name))
			return classes[i].kind;
	return PLAIN;
}

/* The class of archived object `v`; its name is NULL when it has none. */
static struct class_info class_of(struct resolver *r, const struct value *v)
{
	const struct value *uid = value_get(v, "$class");
	if (!uid || uid->type != VALUE_UID || (uint64_t)uid->integer >= r->objects->count)
		return (struct class_info){ 0 };
	struct class_info *c = &r->classes[uid->integer];
	if (c->known)
		return *c;
	c->known = true;
	const struct value *class = r->objects->items[uid->integer], *line = field(r, class, "$classes");
	c->name = field_of(r, class, "$classname", VALUE_TEXT);
	c->kind = kind_of(c->name);
	/* Its superclasses, nearest first. */
	for (size_t i = 0; c->name && c->kind == PLAIN && i < 16 && value_at(line, i); i++)
		c->kind = kind_of(follow(r, value_at(line, i)));
	return *c;
}

/* Fields "PREFIX0", "PREFIX1", … as an array value, or NULL when there are none or one is missing. */
static struct value *numbered(struct resolver *r, const struct value *v, const char *prefix)
{
	size_t n = strlen(prefix), count = 0;
	for (size_t i = 0; i < v->count; i++)
		count += v->keys[i]->size > n && memcmp(v->keys[i]->bytes, prefix, n) == 0;
	struct value *array = count ? value_new(r->arena, VALUE_ARRAY) : NULL;
	struct value **items = array ? arena_array(r->arena, count, sizeof *items) : NULL;
	if (!items)
		return NULL;
	for (size_t i = 0; i < v->count; i++) {
		const struct value *key = v->keys[i];
		if (key->size <= n || memcmp(key->bytes, prefix, n) != 0)
			continue;
		size_t at = 0;
		for (size_t k = n; k < key->size && at < count; k++)
			at = key->bytes[k] >= '0' && key->bytes[k] <= '9' ? at * 10 + (size_t)(key->bytes[k] - '0') : count;
		if (at >= count || items[at])
			return NULL;
		items[at] = v->items[i];
	}
	array->items = items;
	array->count = count;
	return array;
}

/* The array in field `name`, or collected from numbered fields; NULL when there is none of either. */
static const struct value *list_field(struct resolver *r, const struct value *v, const char *name, const char *prefix)
{
	const struct value *list = field_of(r, v, name, VALUE_ARRAY);
	return list ? list : numbered(r, v, prefix);
}

/* Of a resolved key that is no text: what it says, as text. */
static struct value *key_text(struct resolver *r, struct value *key)
{
	if (key->type == VALUE_TEXT)
		return key;
	struct buf b = { .limit = 1000 };
	value_json(&b, key);
	char *s = b.data ? b.data : (char *)"";
	size_t size = b.size;
	if (size >= 2 && s[0] == '"' && s[size - 1] == '"') { /* a date or data */
		s++;
		size -= 2;
	}
	char *copy = arena_copy(r->arena, s, size);
	buf_free(&b);
	return copy ? value_text(r->arena, copy, size) : NULL;
}

static enum err dict_make(struct resolver *r, const struct value *keys, const struct value *objects, int depth,
			  struct value **ret, unsigned *height)
{
	struct value *k, *o;
	unsigned keys_height;
	enum err e = resolve(r, keys, depth, &k, &keys_height);
	if (e == OK)
		e = resolve(r, objects, depth, &o, height);
	if (e)
		return e;
	if (k->type != VALUE_ARRAY || o->type != VALUE_ARRAY) { /* cut: the lists contain the dict's own lists */
		*ret = r->null;
		return OK;
	}
	struct value *dict = value_new(r->arena, VALUE_DICT);
	size_t count = k->count < o->count ? k->count : o->count;
	struct value **names = arena_array(r->arena, count, sizeof *names);
	if (!dict || !names)
		return plist_no_room();
	for (size_t i = 0; i < count; i++)
		if (!(names[i] = key_text(r, k->items[i])))
			return plist_no_room();
	dict->items = o->items;
	dict->keys = names;
	dict->count = count;
	*ret = dict;
	return OK;
}

static struct value *date_make(struct resolver *r, const struct value *time)
{
	if (time && (time->type == VALUE_REAL || time->type == VALUE_INT))
		return plist_date(r->arena, time->type == VALUE_REAL ? time->real : (double)time->integer);
	return NULL;
}

static struct value *text_make(struct resolver *r, const struct value *v)
{
	const struct value *text = field_of(r, v, "NS.string", VALUE_TEXT);
	const struct value *bytes = text ? NULL : field(r, v, "NS.bytes");
	if (bytes && bytes->type == VALUE_DATA)
		return value_text(r->arena, bytes->bytes, bytes->size);
	return (struct value *)(text ? text : bytes && bytes->type == VALUE_TEXT ? bytes : NULL);
}

static struct value *uuid_make(struct resolver *r, const struct value *bytes)
{
	if (!bytes || bytes->size != 16)
		return NULL;
	char text[37], *out = text;
	for (int i = 0; i < 16; i++)
		out += sprintf(out, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02X" : "%02X", (uint8_t)bytes->bytes[i]);
	char *copy = arena_copy(r->arena, text, 36);
	return copy ? value_text(r->arena, copy, 36) : NULL;
}

static struct value *number_make(struct resolver *r, const struct value *v)
{
	static const char *const names[] = { "NS.intval", "NS.dblval", "NS.boolval", "NS.number" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct value *n = field(r, v, names[i]);
		if (n && (n->type == VALUE_INT || n->type == VALUE_REAL || n->type == VALUE_BOOL))
			return (struct value *)n;
	}
	return NULL;
}

/* NSDecimal: mantissa × 10^exponent, the mantissa in up to eight 16-bit words, the least first. */
static struct value *decimal_make(struct resolver *r, const struct value *v)
{
	const struct value *mantissa = field_of(r, v, "NS.mantissa", VALUE_DATA);
	const struct value *exponent = field_of(r, v, "NS.exponent", VALUE_INT);
	const struct value *negative = field(r, v, "NS.negative"), *order = field(r, v, "NS.mantissa.bo");
	if (!mantissa || mantissa->size != 16 || !exponent || exponent->integer < -128 || exponent->integer > 127)
		return NULL;
	bool minus = negative && (negative->type == VALUE_BOOL || negative->type == VALUE_INT) && negative->integer;
	bool big_endian = order && order->type == VALUE_INT && order->integer == 2; /* CFByteOrderBigEndian */
	struct span s = span_of(mantissa->bytes, mantissa->size);
	unsigned __int128 n = 0;
	for (int i = 0; i < 8; i++)
		n |= (unsigned __int128)(big_endian ? span_be16(&s) : span_le16(&s)) << (16 * i);
	if (minus && n == 0) /* NSDecimal's not-a-number */
		return r->null;
	int64_t e = exponent->integer;
	for (; e < 0 && n % 10 == 0 && n; e++)
		n /= 10;
	for (; e > 0 && n < (unsigned __int128)1 << 120; e--)
		n *= 10;
	if (e == 0 || n == 0)
		return plist_integer(r->arena, n, minus);
	char digits[64];
	struct value *whole = plist_integer(r->arena, n, minus), *real = value_new(r->arena, VALUE_REAL);
	if (!whole || !real)
		return NULL;
	int size = whole->type == VALUE_INT
			   ? snprintf(digits, sizeof digits, "%" PRId64 "e%" PRId64, whole->integer, e)
			   : snprintf(digits, sizeof digits, "%.*se%" PRId64, (int)whole->size, whole->bytes, e);
	/* A double keeps 15 digits; what has more stays text, so that it is not rounded. */
	if (n < 1000000000000000u) {
		real->real = strtod(digits, NULL); /* no decimal point: the locale does not matter */
		return real;
	}
	char *copy = arena_copy(r->arena, digits, (size_t)size);
	return copy ? value_text(r->arena, copy, (size_t)size) : NULL;
}

/* Length of "scheme:" at the start of `s`, or 0. */
static size_t scheme_size(const char *s, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		bool letter = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z');
		if (s[i] == ':')
			return i ? i + 1 : 0;
		if (!letter && (i == 0 || !strchr("0123456789+-.", s[i]) || !s[i]))
			return 0;
	}
	return 0;
}

/* How much of `base` stays before relative reference `rel` (RFC 3986, 5.2.2, without the removal of dots). */
static size_t base_kept(const char *base, size_t size, const char *rel, size_t rel_size)
{
	size_t scheme = scheme_size(base, size), path = scheme;
	if (rel_size >= 2 && memcmp(rel, "//", 2) == 0)
		return scheme;
	if (size - scheme >= 2 && memcmp(base + scheme, "//", 2) == 0)
		for (path += 2; path < size && !strchr("/?#", base[path]); path++)
			;
	size_t query = path;
	while (query < size && base[query] != '?' && base[query] != '#')
		query++;
	size_t fragment = query;
	while (fragment < size && base[fragment] != '#')
		fragment++;
	if (rel_size == 0 || rel[0] == '#')
		return fragment;
	if (rel[0] == '?')
		return query;
	if (rel[0] == '/')
		return path;
	while (query > path && base[query - 1] != '/')
		query--;
	return query;
}

static enum err url_make(struct resolver *r, const struct value *v, int depth, struct value **ret)
{
	const struct value *rel = field_of(r, v, "NS.relative", VALUE_TEXT), *base_field = field(r, v, "NS.base");
	struct value *base;
	unsigned height;
	*ret = (struct value *)rel;
	if (!rel || !base_field || scheme_size(rel->bytes, rel->size))
		return OK;
	enum err e = resolve(r, base_field, depth + 1, &base, &height);
	if (e || base->type != VALUE_TEXT)
		return e;
	size_t kept = base_kept(base->bytes, base->size, rel->bytes, rel->size);
	char *joined = arena_alloc(r->arena, kept + rel->size + 1);
	if (!joined)
		return plist_no_room();
	memcpy(joined, base->bytes, kept);
	memcpy(joined + kept, rel->bytes, rel->size);
	*ret = value_text(r->arena, joined, kept + rel->size);
	return OK;
}

/* An object of a class that has a plain equal; *ret stays NULL when its fields are not as they should be. */
static enum err known_make(struct resolver *r, const struct value *v, enum kind kind, int depth, struct value **ret,
			   unsigned *height)
{
	const struct value *list, *keys;
	*ret = NULL;
	*height = 1;
	switch (kind) {
	case ARRAY:
		list = list_field(r, v, "NS.objects", "NS.object.");
		return list ? resolve(r, list, depth, ret, height) : OK;
	case DICT:
		list = list_field(r, v, "NS.objects", "NS.object.");
		keys = list ? list_field(r, v, "NS.keys", "NS.key.") : NULL;
		return keys ? dict_make(r, keys, list, depth, ret, height) : OK;
	case URL:
		return url_make(r, v, depth, ret);
	case DATE:
		*ret = date_make(r, field(r, v, "NS.time"));
		break;
	case DATA:
		*ret = (struct value *)field_of(r, v, "NS.data", VALUE_DATA);
		if (!*ret)
			*ret = (struct value *)field_of(r, v, "NS.bytes", VALUE_DATA);
		break;
	case STRING:
		*ret = text_make(r, v);
		break;
	case UUID:
		*ret = uuid_make(r, field_of(r, v, "NS.uuidbytes", VALUE_DATA));
		break;
	case NUMBER:
		*ret = number_make(r, v);
		break;
	case DECIMAL:
		*ret = decimal_make(r, v);
		break;
	case NOTHING:
		*ret = r->null;
		break;
	case PLAIN:
		break;
	}
	return OK;
}

/* Items of an array, or fields of a dict; those of an object without its `$class` but with the class's name. */
static enum err fields_make(struct resolver *r, const struct value *v, const struct value *class_name, int depth,
			    struct value **ret, unsigned *height)
{
	struct value *made = value_new(r->arena, v->type);
	struct value **items = arena_array(r->arena, v->count + 1, sizeof *items), **keys = NULL;
	if (v->type == VALUE_DICT && !(keys = arena_array(r->arena, v->count + 1, sizeof *keys)))
		return plist_no_room();
	if (!made || !items)
		return plist_no_room();
	size_t n = 0;
	unsigned deepest = class_name != NULL;
	for (size_t i = 0; i < v->count; i++) {
		unsigned below;
		if (class_name && text_is(v->keys[i], "$class"))
			continue;
		enum err e = resolve(r, v->items[i], depth + 1, &items[n], &below);
		if (e)
			return e;
		if (keys)
			keys[n] = v->keys[i];
		if (below > deepest)
			deepest = below;
		n++;
	}
	if (class_name) {
		static const char class_key[] = "$class";
		items[n] = (struct value *)class_name;
		if (!(keys[n++] = value_text(r->arena, class_key, sizeof class_key - 1)))
			return plist_no_room();
	}
	made->items = items;
	made->keys = keys;
	made->count = n;
	*ret = made;
	*height = deepest + 1;
	return OK;
}

/* Recursion: two frames for each level of the result, at most VALUE_DEPTH levels. Only lists inside an object are resolved
 * at the object's own depth, and a list is no object, so that two such steps never follow each other. */
static enum err resolve(struct resolver *r, const struct value *v, int depth, struct value **ret, unsigned *height)
{
	v = follow(r, v);
	*height = 1;
	*ret = v ? (struct value *)v : r->null;
	if (!v || (v->type != VALUE_ARRAY && v->type != VALUE_DICT))
		return OK;
	struct slot *s = r->slots ? slot_find(r->slots, r->slot_count, v) : NULL;
	if (s && s->from && !s->to) {
		*ret = r->null; /* a cycle */
		return OK;
	}
	unsigned levels = s && s->from ? s->height : 1;
	if (depth + (int)levels > VALUE_DEPTH)
		return err_set(ERR_LIMIT, "keyed archive: more than %d levels deep", VALUE_DEPTH);
	if (s && s->from) {
		*ret = s->to;
		*height = s->height;
		return OK;
	}
	enum err e = slot_take(r, v);
	if (e)
		return e;
	struct class_info class = v->type == VALUE_DICT ? class_of(r, v) : (struct class_info){ 0 };
	struct value *made = NULL;
	if (class.kind != PLAIN)
		e = known_make(r, v, class.kind, depth, &made, height);
	if (e == OK && r->arena->failed)
		e = plist_no_room();
	if (e == OK && !made)
		e = fields_make(r, v, class.name, depth, &made, height);
	if (e)
		return e;
	s = slot_find(r->slots, r->slot_count, v); /* the table may have moved */
	s->to = made;
	s->height = *height;
	*ret = made;
	return OK;
}

enum err nskeyed_resolve(struct arena *a, const struct value *archive, const struct value **ret)
{
	const struct value *objects = value_get(archive, "$objects"), *top = value_get(archive, "$top");
	const struct value *archiver = value_get(archive, "$archiver"), *root = value_get(top, "root");
	*ret = archive;
	if (!archiver || archiver->type != VALUE_TEXT || !objects || objects->type != VALUE_ARRAY || !top ||
	    top->type != VALUE_DICT)
		return OK;
	struct resolver r = { .arena = a, .objects = objects };
	r.null = value_new(a, VALUE_NULL);
	r.classes = arena_array(a, objects->count, sizeof *r.classes);
	if (!r.null || !r.classes)
		return plist_no_room();
	struct value *made;
	unsigned height;
	enum err e = resolve(&r, root ? root : top, 0, &made, &height);
	free(r.slots);
	if (e == OK)
		*ret = made;
	return e;
}
