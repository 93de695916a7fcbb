/* custos media: the list of pictures and videos, those that look like a file, and those that look like one another. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/hashing.h"
#include "cli/progress.h"
#include "cli/records.h"
#include "cli/table.h"
#include "exhibit/view.h"
#include "match/near.h"

enum { OPT_SIMILAR = 256, OPT_GROUPS, OPT_DIHEDRAL, OPT_DISTANCE, OPT_JSONL, OPT_THUMBNAIL, OPT_CLEAR };

struct looking {
	struct view *v;
	sqlite3_stmt *path;
	struct pdq *hashes;
	uint32_t count, low;
	uint64_t told;
	int radius;
	bool jsonl;
};

/* One line: distance, quality, what it rests on, path. */
static enum err alike_print(struct looking *l, const struct view_alike *a, uint32_t group)
{
	struct buf line = { 0 }, safe = { 0 };
	sqlite3_reset(l->path);
	sqlite3_bind_int64(l->path, 1, a->file);
	bool there = sqlite3_step(l->path) == SQLITE_ROW;
	const char *path = there ? (const char *)sqlite3_column_text(l->path, 0) : "?", *sha = there ? (const char *)sqlite3_column_text(l->path, 1) : "";
	l->told++;
	if (l->jsonl) {
		buf_printf(&line, "{\"file\":%lld,\"path\":", (long long)a->file);
		buf_json(&line, path, strlen(path));
		buf_printf(&line, ",\"sha256\":\"%s\",\"distance\":%d,\"threshold\":%d,\"quality\":%d", sha ? sha : "", a->distance, l->radius, a->quality);
		if (group)
			buf_printf(&line, ",\"group\":%u", group);
		if (a->frame >= 0)
			buf_printf(&line, ",\"frame\":%lld", (long long)a->frame);
		buf_printf(&line, ",\"key_frame\":%s,\"pipeline\":\"custos %s\"}", a->key ? "true" : "false", CUSTOS_VERSION);
	} else {
		buf_printf(&line, "%3d  %3d  %-9s  %s", a->distance, a->quality, a->key ? "key frame" : a->frame >= 0 ? "frame" : "", path);
	}
	if (line.data && isatty(STDOUT_FILENO))
		table_safe(&safe, line.data, line.size);
	puts(safe.data ? safe.data : line.data ? line.data : "");
	buf_free(&line);
	buf_free(&safe);
	return ferror(stdout) ? err_errno("cannot write") : OK;
}

static enum err similar_print(void *context, const struct view_alike *a) { return alike_print(context, a, 0); }

struct grouping {
	struct looking *l;
	uint32_t number;
};

static enum err group_print(void *context, const struct view_group *g)
{
	struct grouping *all = context;
	enum err e = OK;
	all->number++;
	if (!all->l->jsonl)
		printf("%s%sgroup %u: %u files%s\n", all->number > 1 ? "\n" : "", cli_style(STDOUT_FILENO, STYLE_BOLD), all->number, g->count, cli_style(STDOUT_FILENO, STYLE_PLAIN));
	for (uint32_t i = 0; !e && i < g->count; i++)
		e = alike_print(all->l, &g->members[i], all->number);
	return e;
}

static enum err hash_take(void *context, const struct hashed *file, uint32_t number, double at, int quality, const struct pdq *hashes, int forms)
{
	struct looking *l = context;
	(void)file, (void)number, (void)at;
	if (quality < PDQ_QUALITY_LEAST) {
		l->low++;
		return OK;
	}
	struct pdq *more = realloc(l->hashes, (l->count + (uint32_t)forms) * sizeof *more);
	if (!more)
		return ERR_NOMEM;
	l->hashes = more;
	memcpy(l->hashes + l->count, hashes, (size_t)forms * sizeof *hashes);
	l->count += (uint32_t)forms;
	return OK;
}

/* A file that gave no hash is an answer of its own: nothing can be said to be like it. */
static enum err hash_end(void *context, const struct hashed *file)
{
	struct looking *l = context;
	if (file->unread)
		return err_set(ERR_IO, "%s", file->reason);
	if (!file->frames)
		return err_set(ERR_FORMAT, "%s: %s", file->path, file->reason[0] ? file->reason : "no picture or video that can be read");
	if (!l->count)
		return err_set(ERR_UNSUPPORTED, "%s is not comparable: its hash has a quality below %d, there is too little in the picture", file->path, PDQ_QUALITY_LEAST);
	if (file->reason[0] || file->cut)
		cli_warn(file->path, file->reason[0] ? file->reason : "damaged: what could be decoded was hashed");
	return OK;
}

/* What these lists leave out is said. */
static void left_out_tell(struct view *v)
{
	static const char *const views[] = { "sensitive", "known_good" }, *const words[] = { "on lists of illegal pictures, not shown: custos show names hash, list and category", "on lists of known-good files, out of sight" };
	for (int i = 0; i < 2; i++) {
		char sql[60];
		sqlite3_stmt *q = NULL;
		snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", views[i]);
		if (sqlite3_prepare_v2(view_db(v), sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW && sqlite3_column_int64(q, 0))
			fprintf(stderr, "%lld files are %s\n", sqlite3_column_int64(q, 0), words[i]);
		sqlite3_finalize(q);
	}
}

static enum err similar_find(struct looking *l, char *path, bool dihedral)
{
	const struct hashing_order order = { .mode = PICTURE_EXACT, .dihedral = dihedral, .frames = true };
	struct sandbox *box = NULL;
	char why[400];
	enum err e = hashing_prepare(&path, 1, true, &box, why);
	if (why[0])
		cli_warn(NULL, why);
	cancel_on_signals();
	if (!e)
		e = hashing_run(box, &path, 1, &order, hash_take, hash_end, l);
	sandbox_free(box);
	if (!e && !l->jsonl)
		printf("%sdistance of at most %d, quality, what it rests on, path (custos %s)%s\n", cli_style(STDOUT_FILENO, STYLE_DIM), l->radius, CUSTOS_VERSION, cli_style(STDOUT_FILENO, STYLE_PLAIN));
	if (!e)
		e = view_similar(l->v, l->hashes, l->count, l->radius, similar_print, l);
	if (!e)
		fprintf(stderr, "%llu files look like %s\n", (unsigned long long)l->told, path);
	return e;
}

static enum err groups_tell(struct looking *l)
{
	struct view_group_counts c;
	enum err e = view_groups(l->v, l->radius, group_print, &(struct grouping){ l, 0 }, &c);
	if (!e)
		fprintf(stderr, "%u groups of files that look alike (%u files, the largest group %u), of %u compared; %u not comparable\n", c.groups, c.grouped, c.largest, c.files, c.incomparable);
	return e;
}

/* One thumbnail into a new file: the blurred one unless the clear one is asked for. */
static enum err thumbnail_write(struct view *v, const char *sha256, bool clear, const char *out)
{
	sqlite3_stmt *q = NULL;
	uint8_t digest[32];
	enum err e = OK;
	if (strlen(sha256) != 64 || strspn(sha256, "0123456789abcdefABCDEF") != 64)
		return err_set(ERR_USAGE, "%s is no SHA-256 of a file", sha256);
	if (sqlite3_prepare_v2(view_db(v), "SELECT iif(?2, t.clear, t.blurred), f.id IN (SELECT file FROM sensitive) FROM file f LEFT JOIN thumbnail t ON t.file = f.id WHERE f.sha256 = ?1 ORDER BY t.id IS NULL LIMIT 1", -1, &q, NULL) != SQLITE_OK)
		return err_set(ERR_FORMAT, "thumbnails cannot be read: %s", sqlite3_errmsg(view_db(v)));
	for (int i = 0; i < 32; i++) {
		const char two[3] = { sha256[2 * i], sha256[2 * i + 1], 0 };
		digest[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	sqlite3_bind_blob(q, 1, digest, sizeof digest, SQLITE_STATIC);
	sqlite3_bind_int(q, 2, clear);
	if (sqlite3_step(q) != SQLITE_ROW)
		e = err_set(ERR_NOT_FOUND, "the exhibit has no file with this SHA-256");
	else if (sqlite3_column_int(q, 1))
		e = err_set(ERR_ACCESS, "this file is on a list of illegal pictures: there is no thumbnail of it. Refer it to the police");
	else if (sqlite3_column_type(q, 0) == SQLITE_NULL)
		e = err_set(ERR_NOT_FOUND, "no thumbnail was made of this file");
	FILE *f = e ? NULL : fopen(out, "wbx");
	if (!e && !f)
		e = err_errno("cannot make %s", out);
	if (f) {
		bool good = fwrite(sqlite3_column_blob(q, 0), 1, (size_t)sqlite3_column_bytes(q, 0), f) == (size_t)sqlite3_column_bytes(q, 0);
		if ((fclose(f) != 0) | !good) {
			e = err_errno("cannot write %s", out);
			remove(out);
		}
	}
	sqlite3_finalize(q);
	return e;
}

/* True where one of the words is an option of this command alone. */
static bool own_options(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strncmp(argv[i], "--similar", 9) == 0 || strcmp(argv[i], "--groups") == 0 || strncmp(argv[i], "--thumbnail", 11) == 0)
			return true;
	return false;
}

int cmd_media(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = { { "similar", required_argument, NULL, OPT_SIMILAR }, { "groups", no_argument, NULL, OPT_GROUPS }, { "dihedral", no_argument, NULL, OPT_DIHEDRAL },
						 { "distance", required_argument, NULL, OPT_DISTANCE }, { "jsonl", no_argument, NULL, OPT_JSONL },
						 { "thumbnail", required_argument, NULL, OPT_THUMBNAIL }, { "clear", no_argument, NULL, OPT_CLEAR }, { "output", required_argument, NULL, 'o' }, { 0 } };
	struct looking l = { .radius = PDQ_DISTANCE_MOST };
	char *similar = NULL, *end;
	const char *thumbnail = NULL, *out = NULL;
	bool groups = false, dihedral = false, clear = false;
	int opt;
	if (!own_options(argc, argv))
		return cmd_records(c, argc, argv);
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		if (opt == OPT_THUMBNAIL) {
			thumbnail = optarg;
		} else if (opt == OPT_CLEAR) {
			clear = true;
		} else if (opt == 'o') {
			out = optarg;
		} else if (opt == OPT_SIMILAR) {
			similar = optarg;
		} else if (opt == OPT_GROUPS) {
			groups = true;
		} else if (opt == OPT_DIHEDRAL) {
			dihedral = true;
		} else if (opt == OPT_JSONL) {
			l.jsonl = true;
		} else if (opt == OPT_DISTANCE) {
			l.radius = (int)strtol(optarg, &end, 10);
			if (*end || end == optarg || l.radius < 0 || l.radius > NEAR_RADIUS_MOST)
				return cli_usage(c, "--distance takes a number from 0 to %d", NEAR_RADIUS_MOST);
		} else {
			return cli_usage(c, "unknown option or missing value: %s (with --similar and --groups the filters do not apply)", argv[optind - 1]);
		}
	}
	if (optind + 1 != argc)
		return cli_usage(c, "one exhibit is to be named");
	if (!!similar + groups + !!thumbnail != 1)
		return cli_usage(c, "--similar, --groups or --thumbnail, one of them");
	if (!thumbnail != !out)
		return cli_usage(c, "--thumbnail SHA256 and -o OUT.jpg go together");
	enum err e = view_open(argv[optind], &l.v);
	if (!e && sqlite3_prepare_v2(view_db(l.v), "SELECT path, lower(hex(sha256)) FROM file WHERE id = ?", -1, &l.path, NULL) != SQLITE_OK)
		e = err_set(ERR_FORMAT, "%s cannot be read: %s", argv[optind], sqlite3_errmsg(view_db(l.v)));
	if (!e)
		e = thumbnail ? thumbnail_write(l.v, thumbnail, clear, out) : similar ? similar_find(&l, similar, dihedral) : groups_tell(&l);
	if (!e && !thumbnail)
		left_out_tell(l.v);
	if (!e && fflush(stdout) != 0)
		e = err_errno("cannot write");
	sqlite3_finalize(l.path);
	view_close(l.v);
	free(l.hashes);
	return e ? cli_fail(e) : EXIT_OK;
}
