/* Which pictures, and frames of videos, of exhibits are on known lists, and which look like those of another exhibit. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/table.h"
#include "exhibit/exhibit.h"
#include "match/list.h"
#include "match/near.h"

enum { OPT_LISTS = 256, OPT_DISTANCE, OPT_HASH, EXHIBITS_MOST = 64, SCAN_QUERIES_MOST = 2000 };

/* Where a hash is from; `file` 0: named on the command line. */
struct where {
	int exhibit, quality;
	int64_t file, frame; /* -1: a picture's */
};

struct matching {
	const char *names[EXHIBITS_MOST];
	sqlite3 *exhibits[EXHIBITS_MOST];
	int exhibit_count, radius;
	bool asked; /* hashes were named */
	struct list_store *lists;
	struct pdq *hashes; /* comparable ones */
	struct where *wheres;
	uint32_t count, room;
	uint64_t incomparable, illegal_hits, hits;
	const struct list *list; /* at work */
	bool failed;
};

static bool hash_add(struct matching *m, const struct pdq *hash, struct where where)
{
	if (where.quality < PDQ_QUALITY_LEAST) {
		m->incomparable++;
		return true;
	}
	if (m->count == m->room) {
		uint32_t room = m->room ? m->room * 2 : 4096;
		struct pdq *hashes = realloc(m->hashes, sizeof *hashes * room);
		m->hashes = hashes ? hashes : m->hashes;
		struct where *wheres = realloc(m->wheres, sizeof *wheres * room);
		m->wheres = wheres ? wheres : m->wheres;
		if (!hashes || !wheres)
			return false;
		m->room = room;
	}
	m->hashes[m->count] = *hash;
	m->wheres[m->count++] = where;
	return true;
}

static enum err hashes_read(struct matching *m, int exhibit)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(m->exhibits[exhibit], "SELECT file, coalesce(frame, -1), quality, pdq FROM media_hash ORDER BY id", -1, &q, NULL);
	if (rc != SQLITE_OK)
		return err_set(ERR_FORMAT, "%s holds no fingerprints of pictures: it was made before custos took them", m->names[exhibit]);
	enum err e = OK;
	while (!e && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		struct where w = { exhibit, sqlite3_column_int(q, 2), sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1) };
		const uint8_t *bytes = sqlite3_column_blob(q, 3);
		if (!bytes || sqlite3_column_bytes(q, 3) != PDQ_BYTES) {
			e = err_set(ERR_FORMAT, "%s: a fingerprint of a wrong length", m->names[exhibit]);
			break;
		}
		struct pdq hash = pdq_of_bytes(bytes);
		if (!hash_add(m, &hash, w))
			e = ERR_NOMEM;
	}
	if (!e && rc != SQLITE_DONE)
		e = err_set(ERR_FORMAT, "%s cannot be read: %s", m->names[exhibit], sqlite3_errmsg(m->exhibits[exhibit]));
	sqlite3_finalize(q);
	return e;
}

/* --- the report: a line a hit --- */

static void member(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "%s\"%s\":", b->size > 1 ? "," : "", name);
	if (value)
		buf_json(b, value, strlen(value));
	else
		buf_text(b, "null");
}

static void member_number(struct buf *b, const char *name, int64_t n) { buf_printf(b, "%s\"%s\":%lld", b->size > 1 ? "," : "", name, (long long)n); }

/* Path and SHA-256 of a hash's file. */
static void where_add(struct matching *m, struct buf *b, const struct where *w, const char *prefix)
{
	sqlite3_stmt *q = NULL;
	char name[40];
	if (!w->file) {
		snprintf(name, sizeof name, "%spath", prefix);
		member(b, name, NULL);
		return;
	}
	if (sqlite3_prepare_v2(m->exhibits[w->exhibit], "SELECT path, lower(hex(sha256)) FROM file WHERE id = ?", -1, &q, NULL) == SQLITE_OK) {
		sqlite3_bind_int64(q, 1, w->file);
		bool there = sqlite3_step(q) == SQLITE_ROW;
		snprintf(name, sizeof name, "%sexhibit", prefix);
		member(b, name, m->names[w->exhibit]);
		snprintf(name, sizeof name, "%spath", prefix);
		member(b, name, there ? (const char *)sqlite3_column_text(q, 0) : NULL);
		snprintf(name, sizeof name, "%ssha256", prefix);
		member(b, name, there ? (const char *)sqlite3_column_text(q, 1) : NULL);
	} else {
		m->failed = true;
	}
	sqlite3_finalize(q);
	if (w->frame >= 0) {
		snprintf(name, sizeof name, "%sframe", prefix);
		member_number(b, name, w->frame);
	}
}

static void line_end(struct matching *m, struct buf *b)
{
	struct buf safe = { 0 };
	buf_char(b, '}');
	m->failed |= b->failed;
	if (b->data && isatty(STDOUT_FILENO))
		table_safe(&safe, b->data, b->size);
	puts(safe.data ? safe.data : b->data ? b->data : "");
	buf_free(&safe);
	buf_free(b);
	m->hits++;
}

static void list_add(struct matching *m, struct buf *b, const struct list *l, uint32_t entry)
{
	const struct list_about *a = list_about(l);
	struct list_entry e;
	bool known = list_entry_get(l, entry, &e);
	member(b, "list", a->name);
	member(b, "version", a->version);
	member(b, "nature", list_nature_name(a->nature));
	member(b, "country", a->country);
	member(b, "category", known ? e.category : NULL);
	member(b, "media", known ? e.media : NULL);
	member(b, "handling", a->handling);
	if (a->nature == LIST_ILLEGAL) {
		buf_text(b, ",\"mandatory_referral\":true");
		m->illegal_hits++;
	}
}

static void near_line(struct matching *m, uint32_t query, uint32_t distance, struct buf *b)
{
	buf_char(b, '{');
	member(b, "match", "looks alike");
	where_add(m, b, &m->wheres[query], "");
	member_number(b, "distance", distance);
	member_number(b, "threshold", m->radius);
	member_number(b, "quality", m->wheres[query].quality);
}

static bool list_near(void *context, uint32_t query, struct near_hit hit)
{
	struct matching *m = context;
	struct buf b = { 0 };
	near_line(m, query, hit.distance, &b);
	list_add(m, &b, m->list, list_pdq_entry(m->list, hit.id));
	line_end(m, &b);
	return !m->failed;
}

/* Each pair once: of different exhibits, or of a hash that was named and whatever looks like it. */
static bool pair_near(void *context, uint32_t query, struct near_hit hit)
{
	struct matching *m = context;
	struct buf b = { 0 };
	const struct where *w = &m->wheres[query], *other = &m->wheres[hit.id];
	if (hit.id <= query || (m->asked ? w->file || !other->file : w->exhibit == other->exhibit))
		return true;
	near_line(m, query, hit.distance, &b);
	where_add(m, &b, other, "other_");
	member_number(&b, "other_quality", other->quality);
	line_end(m, &b);
	return !m->failed;
}

static enum err all_near(struct matching *m, const struct pdq *among, uint32_t among_count, near_scan_fn *hit)
{
	struct near_index *index = NULL;
	if (!among_count || !m->count)
		return OK;
	if (m->count <= SCAN_QUERIES_MOST) {
		near_scan(among, among_count, m->hashes, m->count, m->radius, hit, m);
		return OK;
	}
	enum err e = near_new(among, among_count, 0, &index);
	if (!e)
		near_find_many(index, m->hashes, m->count, m->radius, 0, hit, m);
	near_free(index);
	return e;
}

/* --- the same bytes --- */

struct exact {
	struct matching *m;
	const char *kind, *path, *sha256;
	int exhibit;
};

static bool exact_hit(void *context, const struct list_hit *hit)
{
	struct exact *x = context;
	struct buf b = { 0 };
	buf_char(&b, '{');
	member(&b, "match", "same file");
	member(&b, "by", x->kind);
	member(&b, "exhibit", x->m->names[x->exhibit]);
	member(&b, "path", x->path);
	member(&b, "sha256", x->sha256);
	list_add(x->m, &b, hit->list, hit->entry);
	line_end(x->m, &b);
	return !x->m->failed;
}

static enum err files_find(struct matching *m, int exhibit)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(m->exhibits[exhibit], "SELECT path, lower(hex(sha256)), sha256, md5 FROM file WHERE sha256 IS NOT NULL ORDER BY id", -1, &q, NULL);
	if (rc != SQLITE_OK)
		return err_set(ERR_FORMAT, "%s cannot be read: %s", m->names[exhibit], sqlite3_errmsg(m->exhibits[exhibit]));
	while (!m->failed && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		struct exact x = { m, "SHA-256", (const char *)sqlite3_column_text(q, 0), (const char *)sqlite3_column_text(q, 1), exhibit };
		if (sqlite3_column_bytes(q, 2) == 32)
			list_find(m->lists, LIST_SHA256, sqlite3_column_blob(q, 2), exact_hit, &x);
		x.kind = "MD5";
		if (sqlite3_column_bytes(q, 3) == 16)
			list_find(m->lists, LIST_MD5, sqlite3_column_blob(q, 3), exact_hit, &x);
	}
	enum err e = m->failed || rc == SQLITE_DONE ? OK : err_set(ERR_FORMAT, "%s cannot be read: %s", m->names[exhibit], sqlite3_errmsg(m->exhibits[exhibit]));
	sqlite3_finalize(q);
	return e;
}

/* What a comparison did not look at is said, too. */
static void summary(const struct matching *m)
{
	uint64_t sha1_only = 0;
	for (int i = 0; i < list_store_count(m->lists); i++) {
		const struct list_about *a = list_about(list_store_at(m->lists, i));
		sha1_only += a->counts[LIST_SHA1] && !a->counts[LIST_MD5] && !a->counts[LIST_SHA256] ? a->counts[LIST_SHA1] : 0;
	}
	fprintf(stderr, "custos %s, PDQ, distance at most %d: %u fingerprints of %d exhibits, %d lists: %llu matches\n", CUSTOS_VERSION, m->radius, m->count, m->exhibit_count,
		list_store_count(m->lists), (unsigned long long)m->hits);
	if (m->incomparable)
		fprintf(stderr, "not comparable, for their quality is below %d: %llu fingerprints\n", PDQ_QUALITY_LEAST, (unsigned long long)m->incomparable);
	if (sha1_only)
		fprintf(stderr, "not compared: %llu hashes of lists that give SHA-1 alone; exhibits hold SHA-256 and MD5\n", (unsigned long long)sha1_only);
	if (m->illegal_hits)
		fprintf(stderr, "%sMANDATORY POLICE REFERRAL: %llu matches with lists of illegal pictures. Do not open these files.%s\n", cli_style(STDERR_FILENO, STYLE_RED),
			(unsigned long long)m->illegal_hits, cli_style(STDERR_FILENO, STYLE_PLAIN));
}

static enum err match_all(struct matching *m)
{
	enum err e = OK;
	for (int i = 0; !e && i < m->exhibit_count; i++)
		e = files_find(m, i);
	for (int i = 0; !e && i < list_store_count(m->lists); i++) {
		uint32_t count = 0;
		m->list = list_store_at(m->lists, i);
		const struct pdq *hashes = list_pdq(m->list, &count);
		e = all_near(m, hashes, count, list_near);
	}
	if (!e && (m->exhibit_count > 1 || m->asked))
		e = all_near(m, m->hashes, m->count, pair_near);
	if (!e && (m->failed || fflush(stdout) != 0 || ferror(stdout)))
		e = m->failed ? err_set(ERR_NOMEM, "not all matches could be told") : err_errno("cannot write");
	return e;
}

int cmd_match(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = { { "lists", required_argument, NULL, OPT_LISTS }, { "distance", required_argument, NULL, OPT_DISTANCE },
						 { "hash", required_argument, NULL, OPT_HASH }, { 0 } };
	struct matching m = { .radius = PDQ_DISTANCE_MOST };
	const char *lists = NULL;
	char folder[4096], *end;
	struct pdq hash;
	int opt;
	enum err e = OK;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt == OPT_LISTS) {
			lists = optarg;
		} else if (opt == OPT_DISTANCE) {
			m.radius = (int)strtol(optarg, &end, 10);
			if (*end || end == optarg || m.radius < 0 || m.radius > NEAR_RADIUS_MOST)
				return cli_usage(c, "--distance takes a number from 0 to %d", NEAR_RADIUS_MOST);
		} else if (opt == OPT_HASH) {
			if (!pdq_parse(optarg, strlen(optarg), &hash))
				return cli_usage(c, "%s is no PDQ hash: 64 hexadecimal digits, as custos hash prints them", optarg);
			if (!hash_add(&m, &hash, (struct where){ .quality = 100, .frame = -1 }))
				return cli_fail(ERR_NOMEM);
			m.asked = true;
		} else {
			return cli_usage(c, "unknown option or missing value: %s", argv[optind - 1]);
		}
	}
	if (optind == argc)
		return cli_usage(c, "at least one exhibit is to be named");
	if (argc - optind > EXHIBITS_MOST)
		return cli_usage(c, "at most %d exhibits at a time", EXHIBITS_MOST);
	e = list_folder(lists, folder, sizeof folder);
	/* Strict: a list that cannot be opened would be a match not told. */
	if (!e)
		e = list_store_open(folder, NULL, NULL, &m.lists);
	for (; !e && optind < argc; optind++) {
		m.names[m.exhibit_count] = argv[optind];
		if (!(e = exhibit_open(argv[optind], &m.exhibits[m.exhibit_count])))
			e = hashes_read(&m, m.exhibit_count++);
	}
	if (!e)
		e = match_all(&m);
	if (!e)
		summary(&m);
	for (int i = 0; i < m.exhibit_count; i++)
		sqlite3_close(m.exhibits[i]);
	list_store_free(m.lists);
	free(m.hashes);
	free(m.wheres);
	return e ? cli_fail(e) : EXIT_OK;
}
