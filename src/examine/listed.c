/* What known lists say of an examination's files. Digests are looked up as the files are written, perceptual hashes all together at the end; matches are written
 * in an order of their own, so that the same evidence and lists give the same exhibit. */
#include <stdlib.h>
#include <string.h>

#include "examine/examine_inside.h"

struct match {
	int64_t file;
	uint32_t entry, frame, distance; /* frame WIRE_NULL: a picture's first, or the file as such */
	int list, quality;
	enum list_kind how;
};

struct asked {
	int64_t file;
	uint32_t frame;
	int quality;
};

enum { NO_FRAME = 0xffffffff };

struct listed {
	const struct watch *watch;
	struct match *matches;
	size_t match_count, match_room;
	struct pdq *hashes;
	struct asked *asked;
	size_t hash_count, hash_room;
	int64_t file;
	bool failed;
};

enum err listed_new(const struct watch *watch, struct listed **ret)
{
	*ret = watch ? calloc(1, sizeof **ret) : NULL;
	if (!watch)
		return OK;
	if (!*ret)
		return ERR_NOMEM;
	(*ret)->watch = watch;
	return OK;
}

void listed_free(struct listed *l)
{
	if (!l)
		return;
	free(l->matches);
	free(l->hashes);
	free(l->asked);
	free(l);
}

static bool match_add(struct listed *l, const struct match *m)
{
	if (l->match_count == l->match_room) {
		size_t room = l->match_room ? 2 * l->match_room : 64;
		struct match *more = realloc(l->matches, room * sizeof *more);
		if (!more) {
			l->failed = true;
			return false;
		}
		l->matches = more;
		l->match_room = room;
	}
	l->matches[l->match_count++] = *m;
	return true;
}

static bool digest_hit(void *context, const struct watch_hit *h)
{
	struct listed *l = context;
	return match_add(l, &(struct match){ l->file, h->entry, NO_FRAME, 0, h->number, -1, h->kind });
}

enum err listed_file(struct listed *l, int64_t file, const struct found *f)
{
	if (!l || (f->status != FOUND_READ && f->status != FOUND_DAMAGED))
		return OK;
	l->file = file;
	watch_digest(l->watch, LIST_SHA256, f->sha256, digest_hit, l);
	if (f->has_sha1)
		watch_digest(l->watch, LIST_SHA1, f->sha1, digest_hit, l);
	if (f->has_md5)
		watch_digest(l->watch, LIST_MD5, f->md5, digest_hit, l);
	return l->failed ? ERR_NOMEM : OK;
}

enum err listed_hash(struct listed *l, int64_t file, uint32_t frame, int quality, const uint8_t *pdq)
{
	if (!l || quality < PDQ_QUALITY_LEAST)
		return OK;
	if (l->hash_count == UINT32_MAX)
		return err_set(ERR_LIMIT, "more than 4,294,967,294 perceptual hashes");
	if (l->hash_count == l->hash_room) {
		size_t room = l->hash_room ? 2 * l->hash_room : 1024;
		struct pdq *hashes = realloc(l->hashes, room * sizeof *hashes);
		l->hashes = hashes ? hashes : l->hashes;
		struct asked *asked = realloc(l->asked, room * sizeof *asked);
		l->asked = asked ? asked : l->asked;
		if (!hashes || !asked)
			return ERR_NOMEM;
		l->hash_room = room;
	}
	l->hashes[l->hash_count] = pdq_of_bytes(pdq);
	l->asked[l->hash_count++] = (struct asked){ file, frame, quality };
	return OK;
}

static bool look_hit(void *context, const struct watch_hit *h)
{
	struct listed *l = context;
	const struct asked *a = &l->asked[h->query];
	return match_add(l, &(struct match){ a->file, h->entry, a->frame, h->distance, h->number, a->quality, LIST_PDQ });
}

static int order(const void *a, const void *b)
{
	const struct match *x = a, *y = b;
	const int64_t left[] = { x->file, x->list, x->how, x->frame == NO_FRAME ? -1 : (int64_t)x->frame, x->distance, x->entry };
	const int64_t right[] = { y->file, y->list, y->how, y->frame == NO_FRAME ? -1 : (int64_t)y->frame, y->distance, y->entry };
	for (size_t i = 0; i < sizeof left / sizeof *left; i++)
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	return 0;
}

static struct cell text(const char *t) { return cell_text(t, strlen(t)); }

static enum err lists_write(const struct listed *l, struct exhibit_writer *w)
{
	const struct list_store *s = watch_lists(l->watch);
	enum err e = OK;
	for (int i = 0; !e && i < list_store_count(s); i++) {
		const struct list_about *a = list_about(list_store_at(s, i));
		const struct cell cells[10] = { cell_int(i + 1), text(a->name), text(a->version), text(list_nature_name(a->nature)), text(a->country), text(a->source),
						text(a->handling), text(a->format), text(a->sha256), cell_int((int64_t)a->entries) };
		e = exhibit_put(w, TABLE_LIST, cells, 10);
	}
	return e;
}

static enum err match_write(const struct listed *l, struct exhibit_writer *w, int64_t id, const struct match *m)
{
	static const char *const how[LIST_KINDS] = { [LIST_MD5] = "md5", [LIST_SHA1] = "sha1", [LIST_SHA256] = "sha256", [LIST_PDQ] = "pdq", [LIST_PHOTODNA] = "photodna" };
	const struct list *list = list_store_at(watch_lists(l->watch), m->list);
	struct list_entry entry = { .category = "", .media = "" };
	(void)list_entry_get(list, m->entry, &entry);
	struct cell cells[9] = { cell_int(id), cell_int(m->file), { 0 }, cell_int(m->list + 1), text(how[m->how]), { 0 }, { 0 }, text(entry.category), text(entry.media) };
	if (m->frame != NO_FRAME)
		cells[2] = cell_int(m->frame);
	if (m->how == LIST_PDQ) {
		cells[5] = cell_int(m->distance);
		cells[6] = cell_int(m->quality);
	}
	return exhibit_put(w, TABLE_LIST_MATCH, cells, 9);
}

/* A file counts once: by the gravest list it is on. */
static void file_count(struct listed_counts *c, bool illegal, bool other, bool good)
{
	c->illegal += illegal;
	c->listed += illegal || other || good;
	c->good += good && !illegal && !other;
}

enum err listed_write(struct listed *l, struct exhibit_writer *w, struct listed_counts *ret)
{
	if (!l)
		return OK;
	enum err e = lists_write(l, w);
	if (!e)
		e = watch_pdq_many(l->watch, l->hashes, (uint32_t)l->hash_count, look_hit, l);
	if (!e && l->failed)
		e = ERR_NOMEM;
	if (l->match_count)
		qsort(l->matches, l->match_count, sizeof *l->matches, order);
	bool illegal = false, other = false, good = false;
	for (size_t i = 0; !e && i < l->match_count; i++) {
		const struct match *m = &l->matches[i];
		enum list_nature nature = list_about(list_store_at(watch_lists(l->watch), m->list))->nature;
		illegal |= nature == LIST_ILLEGAL;
		good |= nature == LIST_KNOWN_GOOD && m->how != LIST_PDQ;
		other |= nature == LIST_HARMFUL || nature == LIST_OF_INTEREST || (nature == LIST_KNOWN_GOOD && m->how == LIST_PDQ);
		if (i + 1 == l->match_count || m[1].file != m->file) {
			file_count(ret, illegal, other, good);
			illegal = other = good = false;
		}
		e = match_write(l, w, (int64_t)i + 1, m);
	}
	return e;
}
