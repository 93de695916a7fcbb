/* Which pictures, and frames of videos, of exhibits, files and folders are on known lists, and which look like those of an exhibit. */
#include <errno.h>
#include <fts.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "cli/hashing.h"
#include "cli/match.h"
#include "cli/progress.h"
#include "exhibit/exhibit.h"
#include "match/near.h"
#include "match/video_match.h"

enum { OPT_LISTS = 256, OPT_DISTANCE, OPT_HASH, OPT_DIHEDRAL, SCAN_QUERIES_MOST = 2000, FILES_MOST = 10000000 };

/* The files that were named. */
struct named {
	char **files; /* those of folders, too */
	int file_count, file_room;
	struct arena texts;
};

static bool hash_add(struct matching *m, const struct pdq *hash, struct where where)
{
	if (where.quality < PDQ_QUALITY_LEAST) {
		tell_incomparable(m, &where);
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

/* --- exhibits --- */

static enum err hashes_read(struct matching *m, int exhibit)
{
	static const char sql[] = "SELECT h.file, coalesce(h.frame, -1), h.quality, h.pdq, f.content LIKE 'video/%' AND (SELECT value FROM exhibit WHERE key = 'video_frames') <> 'all' "
				  "FROM media_hash h JOIN file f ON f.id = h.file ORDER BY h.id";
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(m->exhibits[exhibit], sql, -1, &q, NULL);
	if (rc != SQLITE_OK)
		return err_set(ERR_FORMAT, "%s holds no fingerprints of pictures: it was made before custos took them", m->names[exhibit]);
	enum err e = OK;
	while (!e && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		struct where w = { exhibit, sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), sqlite3_column_int(q, 2), 0, sqlite3_column_int(q, 4) != 0 };
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

struct exact {
	struct matching *m;
	const struct where *w;
};

static bool exact_hit(void *context, const struct watch_hit *hit)
{
	struct exact *x = context;
	tell_same_file(x->m, x->w, list_kind_name(hit->kind), hit->list, hit->entry);
	return !x->m->failed;
}

/* The files' bytes against the lists. */
static enum err exhibit_files_find(struct matching *m, int exhibit)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(m->exhibits[exhibit], "SELECT id, sha256, sha1, md5 FROM file WHERE sha256 IS NOT NULL ORDER BY id", -1, &q, NULL);
	if (rc != SQLITE_OK)
		return err_set(ERR_FORMAT, "%s cannot be read: %s", m->names[exhibit], sqlite3_errmsg(m->exhibits[exhibit]));
	while (!m->failed && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		static const enum list_kind digests[] = { LIST_SHA256, LIST_SHA1, LIST_MD5 };
		struct where w = { exhibit, sqlite3_column_int64(q, 0), -1, 0, 0, false };
		for (int i = 0; i < 3; i++)
			if ((size_t)sqlite3_column_bytes(q, i + 1) == list_kind_size(digests[i]))
				watch_digest(m->watch, digests[i], sqlite3_column_blob(q, i + 1), exact_hit, &(struct exact){ m, &w });
	}
	enum err e = m->failed || rc == SQLITE_DONE ? OK : err_set(ERR_FORMAT, "%s cannot be read: %s", m->names[exhibit], sqlite3_errmsg(m->exhibits[exhibit]));
	sqlite3_finalize(q);
	return e;
}

/* --- files of this machine --- */

static enum err frame_add(void *context, const struct hashed *file, uint32_t number, double at, int quality, const struct pdq *hashes, int forms)
{
	struct matching *m = context;
	(void)at;
	for (int i = 0; i < forms; i++) {
		struct where w = { -1, m->file_count, file->video || number ? (int64_t)number : -1, quality, (uint8_t)i, false };
		if (i && quality < PDQ_QUALITY_LEAST)
			break; /* told once */
		if (!hash_add(m, &hashes[i], w))
			return ERR_NOMEM;
	}
	return OK;
}

/* The same bytes in an exhibit. */
static enum err same_in_exhibits(struct matching *m, const struct where *w, const uint8_t sha256[32])
{
	for (int i = 0; i < m->exhibit_count; i++) {
		sqlite3_stmt *q = NULL;
		if (sqlite3_prepare_v2(m->exhibits[i], "SELECT id FROM file WHERE sha256 = ? ORDER BY id", -1, &q, NULL) != SQLITE_OK)
			return err_set(ERR_FORMAT, "%s cannot be read: %s", m->names[i], sqlite3_errmsg(m->exhibits[i]));
		sqlite3_bind_blob(q, 1, sha256, 32, SQLITE_STATIC);
		while (sqlite3_step(q) == SQLITE_ROW)
			tell_same_file_as(m, w, &(struct where){ i, sqlite3_column_int64(q, 0), -1, 0, 0, false });
		sqlite3_finalize(q);
	}
	return OK;
}

static enum err file_end(void *context, const struct hashed *file)
{
	struct matching *m = context;
	struct own_file *f = &m->files[m->file_count];
	struct where w = { -1, m->file_count, -1, 0, 0, false };
	*f = (struct own_file){ .path = file->path, .video = file->video };
	memcpy(f->sha256, file->sha256, 32);
	f->first = m->taken;
	f->count = m->count - m->taken;
	m->taken = m->count;
	m->unread += file->unread || (!file->frames && file->video);
	if (file->unread || file->reason[0])
		cli_warn(file->unread ? NULL : file->path, file->reason);
	if (!file->unread) {
		watch_digest(m->watch, LIST_SHA256, file->sha256, exact_hit, &(struct exact){ m, &w });
		watch_digest(m->watch, LIST_SHA1, file->sha1, exact_hit, &(struct exact){ m, &w });
		watch_digest(m->watch, LIST_MD5, file->md5, exact_hit, &(struct exact){ m, &w });
	}
	enum err e = file->unread ? OK : same_in_exhibits(m, &w, file->sha256);
	m->file_count++;
	return e;
}

/* --- what looks alike --- */

/* What is looked for: what was named, else all. */
static uint32_t first_asked(const struct matching *m) { return m->asked ? m->own : 0; }

static bool list_near(void *context, const struct watch_hit *hit)
{
	struct matching *m = context;
	tell_near_list(m, &m->wheres[first_asked(m) + hit->query], hit);
	return !m->failed;
}

/* Two things that move, of which some frames look alike: compared whole, once. */
static bool moving_add(struct matching *m, uint32_t query, uint32_t other)
{
	const struct where *a = &m->wheres[query], *b = &m->wheres[other];
	for (uint32_t i = 0; i < m->moving_count; i++) {
		const struct where *x = &m->wheres[m->moving[i].query], *y = &m->wheres[m->moving[i].other];
		if (x->file == a->file && y->file == b->file && x->exhibit == a->exhibit && y->exhibit == b->exhibit)
			return true;
	}
	struct moving_pair *more = realloc(m->moving, sizeof *more * (m->moving_count + 1));
	if (!more)
		return false;
	m->moving = more;
	m->moving[m->moving_count++] = (struct moving_pair){ query, other };
	return true;
}

/* Each pair once: of different exhibits, or of what was named and whatever looks like it. */
static bool pair_near(void *context, uint32_t query, struct near_hit hit)
{
	struct matching *m = context;
	query += first_asked(m);
	const struct where *w = &m->wheres[query], *other = &m->wheres[hit.id];
	bool same = w->exhibit == other->exhibit && (w->exhibit >= 0 || w->file == other->file);
	if (same || (hit.id < query && other->exhibit == w->exhibit) || (!m->asked && hit.id < query))
		return true;
	if (m->asked && w->frame >= 0 && other->frame >= 0)
		m->failed |= !moving_add(m, query, hit.id);
	else
		tell_near_pair(m, w, other, hit.distance);
	return !m->failed;
}

static enum err pairs_find(struct matching *m)
{
	struct near_index *index = NULL;
	uint32_t from = first_asked(m), queries = m->count - from;
	if (!queries || !m->count)
		return OK;
	if (queries <= SCAN_QUERIES_MOST) {
		near_scan(m->hashes, m->count, m->hashes + from, queries, m->radius, pair_near, m);
		return OK;
	}
	enum err e = near_new(m->hashes, m->count, 0, &index);
	if (!e)
		near_find_many(index, m->hashes + from, queries, m->radius, 0, pair_near, m);
	near_free(index);
	return e;
}

/* All frames of the thing that hash `at` is of: they stand together. */
static struct video_frames frames_of(const struct matching *m, uint32_t at)
{
	const struct where *w = &m->wheres[at];
	uint32_t first = at, end = at + 1;
	while (first && m->wheres[first - 1].exhibit == w->exhibit && m->wheres[first - 1].file == w->file)
		first--;
	while (end < m->count && m->wheres[end].exhibit == w->exhibit && m->wheres[end].file == w->file)
		end++;
	return (struct video_frames){ m->hashes + first, NULL, end - first };
}

static enum err moving_tell(struct matching *m)
{
	struct video_rule rule = video_rule_published;
	enum err e = OK;
	rule.distance_most = m->radius;
	for (uint32_t i = 0; !e && i < m->moving_count; i++) {
		struct video_frames query = frames_of(m, m->moving[i].query), other = frames_of(m, m->moving[i].other);
		struct video_match v;
		struct where w = m->wheres[m->moving[i].query], o = m->wheres[m->moving[i].other];
		e = video_match(&query, &other, &rule, &v);
		w.frame = o.frame = -1;
		if (!e)
			tell_video(m, &w, &o, &v);
	}
	return e;
}

static enum err match_all(struct matching *m)
{
	enum err e = OK;
	for (int i = 0; !e && !m->asked && i < m->exhibit_count; i++)
		e = exhibit_files_find(m, i);
	if (!e)
		e = watch_pdq_many(m->watch, m->hashes + first_asked(m), m->count - first_asked(m), list_near, m);
	if (!e && (m->exhibit_count > 1 || m->asked))
		e = pairs_find(m);
	if (!e)
		e = moving_tell(m);
	if (!e && (m->failed || fflush(stdout) != 0 || ferror(stdout)))
		e = m->failed ? err_set(ERR_NOMEM, "not all matches could be told") : err_errno("cannot write");
	return e;
}

/* --- the command --- */

static bool file_named(struct named *n, const char *path)
{
	if (n->file_count == n->file_room) {
		int room = n->file_room ? 2 * n->file_room : 64;
		char **more = realloc(n->files, sizeof *more * (size_t)room);
		if (!more)
			return false;
		n->files = more;
		n->file_room = room;
	}
	return (n->files[n->file_count] = arena_copy(&n->texts, path, strlen(path))) && ++n->file_count;
}

static int by_name(const FTSENT **a, const FTSENT **b) { return strcmp((*a)->fts_name, (*b)->fts_name); }

/* All files below, links not followed, in the order of their names. */
static enum err folder_named(struct matching *m, struct named *n, char *path)
{
	char *roots[] = { path, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *f;
	enum err e = walk ? OK : err_errno("cannot read %s", path);
	while (!e && (f = fts_read(walk))) {
		if (f->fts_info == FTS_F && n->file_count >= FILES_MOST)
			e = err_set(ERR_LIMIT, "%s: more than %d files", path, FILES_MOST);
		else if (f->fts_info == FTS_F && !file_named(n, f->fts_path))
			e = ERR_NOMEM;
		if (f->fts_info == FTS_DNR || f->fts_info == FTS_ERR || f->fts_info == FTS_NS) {
			cli_warn(f->fts_path, strerror(f->fts_errno));
			m->unread++;
		}
	}
	if (walk)
		fts_close(walk);
	return e;
}

/* An exhibit is one by its first bytes, not by its name: an exhibit is a database, and no picture begins so. */
static bool is_exhibit(const char *path)
{
	char head[16] = "";
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(head, 1, sizeof head, f) : 0;
	if (f)
		fclose(f);
	return n == sizeof head && memcmp(head, "SQLite format 3", 16) == 0;
}

static enum err arguments_take(struct matching *m, struct named *n, char **words, int count)
{
	enum err e = OK;
	for (int i = 0; !e && i < count; i++) {
		struct stat st;
		if (stat(words[i], &st) != 0)
			e = err_errno("cannot open %s", words[i]);
		else if (S_ISDIR(st.st_mode))
			e = folder_named(m, n, words[i]);
		else if (!S_ISREG(st.st_mode) || !is_exhibit(words[i]))
			e = file_named(n, words[i]) ? OK : ERR_NOMEM;
		else if (m->exhibit_count == EXHIBITS_MOST)
			e = err_set(ERR_USAGE, "at most %d exhibits at a time", EXHIBITS_MOST);
		else
			m->names[m->exhibit_count++] = words[i];
	}
	return e;
}

static enum err exhibits_read(struct matching *m)
{
	enum err e = OK;
	for (int i = 0; !e && i < m->exhibit_count; i++) {
		e = exhibit_open(m->names[i], &m->exhibits[i]);
		if (!e)
			e = hashes_read(m, i);
	}
	return e;
}

/* Named hashes and files come behind the exhibits' hashes. */
static enum err own_read(struct matching *m, struct sandbox *box, const struct named *n, const struct pdq *hashes, int hash_count)
{
	const struct hashing_order order = { .mode = PICTURE_EXACT, .dihedral = m->dihedral, .frames = true, .digests = true };
	enum err e = OK;
	m->own = m->count;
	for (int i = 0; !e && i < hash_count; i++)
		if (!hash_add(m, &hashes[i], (struct where){ -1, -1 - i, -1, 100, 0, false }))
			e = ERR_NOMEM;
	m->taken = m->count;
	m->files = calloc((size_t)n->file_count + 1, sizeof *m->files);
	if (!m->files)
		return ERR_NOMEM;
	return e || !n->file_count ? e : hashing_run(box, n->files, n->file_count, &order, frame_add, file_end, m);
}

int cmd_match(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = { { "lists", required_argument, NULL, OPT_LISTS }, { "distance", required_argument, NULL, OPT_DISTANCE },
						 { "hash", required_argument, NULL, OPT_HASH }, { "dihedral", no_argument, NULL, OPT_DIHEDRAL }, { 0 } };
	enum { HASHES_MOST = 1000 };
	static struct pdq hashes[HASHES_MOST];
	struct matching m = { .radius = PDQ_DISTANCE_MOST };
	struct named n = { .texts = arena_make(1ull << 32) };
	struct sandbox *box = NULL;
	const char *lists = NULL;
	char folder[4096], why[400], *end;
	int opt, hash_count = 0;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt == OPT_LISTS) {
			lists = optarg;
		} else if (opt == OPT_DISTANCE) {
			m.radius = (int)strtol(optarg, &end, 10);
			if (*end || end == optarg || m.radius < 0 || m.radius > NEAR_RADIUS_MOST)
				return cli_usage(c, "--distance takes a number from 0 to %d", NEAR_RADIUS_MOST);
		} else if (opt == OPT_HASH) {
			if (hash_count == HASHES_MOST)
				return cli_usage(c, "at most %d hashes: put them in a list (custos lists add --format pdq)", HASHES_MOST);
			if (!pdq_parse(optarg, strlen(optarg), &hashes[hash_count++]))
				return cli_usage(c, "%s is no PDQ hash: 64 hexadecimal digits, as custos hash prints them", optarg);
		} else if (opt == OPT_DIHEDRAL) {
			m.dihedral = true;
		} else {
			return cli_usage(c, "unknown option or missing value: %s", argv[optind - 1]);
		}
	}
	if (optind == argc && !hash_count)
		return cli_usage(c, "at least one exhibit, file or folder is to be named");
	enum err e = arguments_take(&m, &n, argv + optind, argc - optind);
	m.asked = hash_count || n.file_count;
	/* Strict: a list that cannot be opened would be a match not told. */
	if (!e)
		e = list_folder(lists, folder, sizeof folder);
	if (!e)
		e = watch_open(folder, m.radius, &m.watch);
	if (!e && n.file_count) {
		e = hashing_prepare(n.files, n.file_count, true, &box, why);
		if (why[0])
			cli_warn(NULL, why);
	}
	cancel_on_signals();
	if (!e)
		e = exhibits_read(&m);
	if (!e)
		e = own_read(&m, box, &n, hashes, hash_count);
	if (!e)
		e = match_all(&m);
	if (!e)
		tell_summary(&m);
	sandbox_free(box);
	for (int i = 0; i < m.exhibit_count; i++)
		sqlite3_close(m.exhibits[i]);
	watch_free(m.watch);
	free(m.files);
	free(m.moving);
	free(m.hashes);
	free(m.wheres);
	free(n.files);
	arena_free(&n.texts);
	return e ? cli_fail(e) : m.unread ? EXIT_FAILED : EXIT_OK;
}
