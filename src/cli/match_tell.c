/* The report of custos match: a line of JSON a match, with all that a reader needs to judge it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/match.h"
#include "cli/table.h"
#include "match/video_match.h"

static void name_add(struct buf *b, const char *prefix, const char *name) { buf_printf(b, "%s\"%s%s\":", b->size > 1 ? "," : "", prefix, name); }

static void member(struct buf *b, const char *prefix, const char *name, const char *value)
{
	name_add(b, prefix, name);
	if (value)
		buf_json(b, value, strlen(value));
	else
		buf_text(b, "null");
}

static void member_number(struct buf *b, const char *prefix, const char *name, int64_t n)
{
	name_add(b, prefix, name);
	buf_printf(b, "%lld", (long long)n);
}

/* Path and SHA-256 of a hash's file, and which frame or form it is. */
static void where_add(struct matching *m, struct buf *b, const struct where *w, const char *prefix)
{
	sqlite3_stmt *q = NULL;
	if (w->exhibit < 0) {
		const struct own_file *f = w->file < 0 ? NULL : &m->files[w->file];
		member(b, prefix, "path", f ? f->path : NULL);
		if (f) {
			name_add(b, prefix, "sha256");
			buf_char(b, '"');
			buf_hex(b, f->sha256, sizeof f->sha256);
			buf_char(b, '"');
		}
		if (m->dihedral)
			member(b, prefix, "form", pdq_form_name((enum pdq_form)w->form));
	} else if (sqlite3_prepare_v2(m->exhibits[w->exhibit], "SELECT path, lower(hex(sha256)) FROM file WHERE id = ?", -1, &q, NULL) == SQLITE_OK) {
		sqlite3_bind_int64(q, 1, w->file);
		bool there = sqlite3_step(q) == SQLITE_ROW;
		member(b, prefix, "exhibit", m->names[w->exhibit]);
		member(b, prefix, "path", there ? (const char *)sqlite3_column_text(q, 0) : NULL);
		member(b, prefix, "sha256", there ? (const char *)sqlite3_column_text(q, 1) : NULL);
	} else {
		m->failed = true;
	}
	sqlite3_finalize(q);
	if (w->frame >= 0)
		member_number(b, prefix, "frame", w->frame);
	if (w->key)
		member(b, prefix, "basis", "key frame: examine again with --all-frames before this is relied on");
}

static void line_end(struct matching *m, struct buf *b)
{
	struct buf safe = { 0 };
	member(b, "", "pipeline", "custos " CUSTOS_VERSION);
	buf_char(b, '}');
	m->failed |= b->failed;
	if (b->data && isatty(STDOUT_FILENO))
		table_safe(&safe, b->data, b->size);
	puts(safe.data ? safe.data : b->data ? b->data : "");
	buf_free(&safe);
	buf_free(b);
}

static void list_add(struct matching *m, struct buf *b, const struct list *l, uint32_t entry)
{
	const struct list_about *a = list_about(l);
	struct list_entry e;
	bool known = list_entry_get(l, entry, &e);
	member(b, "", "list", a->name);
	member(b, "", "version", a->version);
	member(b, "", "nature", list_nature_name(a->nature));
	member(b, "", "country", a->country);
	member(b, "", "category", known ? e.category : NULL);
	member(b, "", "media", known ? e.media : NULL);
	member(b, "", "handling", a->handling);
	if (a->nature == LIST_ILLEGAL) {
		buf_text(b, ",\"mandatory_referral\":true");
		m->illegal_hits++;
	}
}

static void begin(struct matching *m, struct buf *b, const char *what, const struct where *w)
{
	buf_char(b, '{');
	member(b, "", "match", what);
	where_add(m, b, w, "");
	m->hits++;
}

static void near_add(struct matching *m, struct buf *b, const struct where *w, uint32_t distance)
{
	member_number(b, "", "distance", distance);
	member_number(b, "", "threshold", m->radius);
	member_number(b, "", "quality", w->quality);
}

void tell_same_file(struct matching *m, const struct where *w, const char *by, const struct list *list, uint32_t entry)
{
	struct buf b = { 0 };
	begin(m, &b, "same file", w);
	member(&b, "", "by", by);
	list_add(m, &b, list, entry);
	line_end(m, &b);
}

void tell_same_file_as(struct matching *m, const struct where *w, const struct where *other)
{
	struct buf b = { 0 };
	begin(m, &b, "same file", w);
	member(&b, "", "by", "SHA-256");
	where_add(m, &b, other, "other_");
	line_end(m, &b);
}

void tell_near_list(struct matching *m, const struct where *w, const struct watch_hit *hit)
{
	struct buf b = { 0 };
	begin(m, &b, "looks alike", w);
	near_add(m, &b, w, hit->distance);
	list_add(m, &b, hit->list, hit->entry);
	line_end(m, &b);
}

void tell_near_pair(struct matching *m, const struct where *w, const struct where *other, uint32_t distance)
{
	struct buf b = { 0 };
	begin(m, &b, "looks alike", w);
	near_add(m, &b, w, distance);
	where_add(m, &b, other, "other_");
	member_number(&b, "other_", "quality", other->quality);
	line_end(m, &b);
}

static void side_add(struct buf *b, const char *prefix, const struct video_side *s)
{
	member_number(b, prefix, "frames_compared", s->frames);
	name_add(b, prefix, "percent");
	buf_printf(b, "%.1f", s->percent);
}

void tell_video(struct matching *m, const struct where *w, const struct where *other, const struct video_match *v)
{
	struct buf b = { 0 };
	begin(m, &b, v->match ? "same video" : "parts of a video", w);
	member_number(&b, "", "threshold", m->radius);
	member_number(&b, "", "distance", v->distance);
	side_add(&b, "", &v->query);
	where_add(m, &b, other, "other_");
	side_add(&b, "other_", &v->compared);
	line_end(m, &b);
}

void tell_incomparable(struct matching *m, const struct where *w)
{
	struct buf b = { 0 };
	m->incomparable++;
	if (w->exhibit >= 0 || w->file < 0)
		return; /* of exhibits they are many, and each exhibit says which: they are counted */
	buf_char(&b, '{');
	member(&b, "", "match", "not comparable");
	where_add(m, &b, w, "");
	member_number(&b, "", "quality", w->quality);
	line_end(m, &b);
}

void tell_summary(const struct matching *m)
{
	fprintf(stderr, "custos %s, PDQ, distance at most %d: %u fingerprints of %d exhibits and %d files, %d lists: %llu matches\n", CUSTOS_VERSION, m->radius, m->count, m->exhibit_count,
		m->file_count, list_store_count(watch_lists(m->watch)), (unsigned long long)m->hits);
	if (m->incomparable)
		fprintf(stderr, "not comparable, for their quality is below %d: %llu fingerprints\n", PDQ_QUALITY_LEAST, (unsigned long long)m->incomparable);
	if (m->unread)
		fprintf(stderr, "not read: %llu files, named above\n", (unsigned long long)m->unread);
	for (int i = 0; i < m->exhibit_count; i++) {
		sqlite3_stmt *q = NULL;
		int64_t without = 0;
		/* An exhibit made without a list that gives SHA-1 or MD5 alone lacks those. */
		if (watch_wants(m->watch, LIST_SHA1) && sqlite3_prepare_v2(m->exhibits[i], "SELECT count(*) FROM file WHERE sha256 IS NOT NULL AND sha1 IS NULL", -1, &q, NULL) == SQLITE_OK &&
		    sqlite3_step(q) == SQLITE_ROW)
			without = sqlite3_column_int64(q, 0);
		sqlite3_finalize(q);
		if (without)
			fprintf(stderr, "%s has no SHA-1 of %lld files: against lists that give SHA-1 alone they were not compared; examine with these lists (custos examine --lists)\n", m->names[i],
				(long long)without);
	}
	if (m->illegal_hits)
		fprintf(stderr, "%sMANDATORY POLICE REFERRAL: %llu matches with lists of illegal pictures. Do not open these files.%s\n", cli_style(STDERR_FILENO, STYLE_RED),
			(unsigned long long)m->illegal_hits, cli_style(STDERR_FILENO, STYLE_PLAIN));
}
