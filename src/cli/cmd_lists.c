/* Known lists: which there are, adding, removing and verifying them, and asking them for a hash. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "match/list.h"
#include "match/list_import.h"
#include "match/watch.h"

enum { OPT_LISTS = 256, OPT_NAME, OPT_VERSION, OPT_NATURE, OPT_COUNTRY, OPT_SOURCE, OPT_HANDLING, OPT_FORMAT, OPT_SCRATCH, OPT_JSONL };

struct options {
	const char *lists, *scratch, *nature;
	struct list_import order;
	bool jsonl, quiet;
	char folder[4096];
};

/* What came from a list's source does not steer the terminal. */
static void line_put(const struct buf *line)
{
	struct buf safe = { 0 };
	if (line->data && isatty(STDOUT_FILENO))
		table_safe(&safe, line->data, line->size);
	puts(safe.data ? safe.data : line->data ? line->data : "");
	buf_free(&safe);
}

static void count_text(uint64_t n, char out[32])
{
	char digits[24];
	int size = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), to = 0;
	for (int i = 0; i < size; i++) {
		if (i && (size - i) % 3 == 0)
			out[to++] = ',';
		out[to++] = digits[i];
	}
	out[to] = 0;
}

static void member(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "%s\"%s\":", b->size > 1 ? "," : "", name);
	buf_json(b, value, strlen(value));
}

static void about_json(struct buf *b, const struct list_about *a)
{
	char at[40];
	member(b, "name", a->name);
	member(b, "version", a->version);
	member(b, "nature", list_nature_name(a->nature));
	member(b, "country", a->country);
	member(b, "source", a->source);
	member(b, "handling", a->handling);
	member(b, "format", a->format);
	member(b, "imported_at", time_iso(a->imported_at, at, sizeof at));
	member(b, "sha256", a->sha256);
}

static void bad_tell(void *context, const char *file, const char *reason)
{
	++*(int *)context;
	(void)file;
	fprintf(stderr, "%scustos:%s %s\n", cli_style(STDERR_FILENO, STYLE_RED), cli_style(STDERR_FILENO, STYLE_PLAIN), reason);
}

/* --- custos lists --- */

static void list_json(const struct list_about *a)
{
	struct buf b = { 0 };
	buf_char(&b, '{');
	about_json(&b, a);
	buf_printf(&b, ",\"entries\":%llu,\"taken_back\":%llu", (unsigned long long)a->entries, (unsigned long long)a->tombstones);
	for (int k = 0; k < LIST_KINDS; k++)
		buf_printf(&b, ",\"%s\":%llu", list_kind_name((enum list_kind)k), (unsigned long long)a->counts[k]);
	buf_char(&b, '}');
	puts(b.data ? b.data : "");
	buf_free(&b);
}

static void list_row(const struct list_about *a)
{
	static const enum cli_style styles[LIST_NATURES] = { STYLE_RED, STYLE_YELLOW, STYLE_BLUE, STYLE_GREEN };
	struct buf line = { 0 }, name = { 0 }, hashes = { 0 };
	char number[32], at[40];
	buf_printf(&name, "%s@%s", a->name, a->version);
	table_cell(&line, name.data, 30);
	buf_printf(&line, " %s", cli_style(STDOUT_FILENO, styles[a->nature]));
	table_cell(&line, list_nature_name(a->nature), 12);
	buf_text(&line, cli_style(STDOUT_FILENO, STYLE_PLAIN));
	buf_char(&line, ' ');
	table_cell(&line, a->country, 8);
	time_iso(a->imported_at, at, sizeof at);
	buf_printf(&line, " %.10s  ", at);
	for (int k = 0; k < LIST_KINDS; k++) {
		if (!a->counts[k])
			continue;
		count_text(a->counts[k], number);
		buf_printf(&hashes, "%s%s %s", hashes.size ? ", " : "", number, list_kind_name((enum list_kind)k));
	}
	table_cell(&line, hashes.data ? hashes.data : "", 44);
	buf_char(&line, ' ');
	table_cell(&line, a->source, 40);
	while (line.size && line.data[line.size - 1] == ' ')
		line.data[--line.size] = 0;
	puts(line.data ? line.data : "");
	buf_free(&line);
	buf_free(&name);
	buf_free(&hashes);
}

static int lists_show(struct options *o)
{
	struct list_store *s = NULL;
	int bad = 0;
	enum err e = list_store_open(o->folder, bad_tell, &bad, &s);
	if (e)
		return cli_fail(e);
	if (!o->jsonl && list_store_count(s)) {
		struct buf line = { 0 };
		static const char *const names[] = { "list", "nature", "country", "imported", "hashes", "source" };
		static const int widths[] = { 30, 12, 8, 11, 44, 6 };
		for (int i = 0; i < 6; i++) {
			table_cell(&line, names[i], widths[i]);
			buf_char(&line, ' ');
		}
		printf("%s%s%s\n", cli_style(STDOUT_FILENO, STYLE_DIM), line.data ? line.data : "", cli_style(STDOUT_FILENO, STYLE_PLAIN));
		buf_free(&line);
	}
	for (int i = 0; i < list_store_count(s); i++)
		(o->jsonl ? list_json : list_row)(list_about(list_store_at(s, i)));
	if (!list_store_count(s) && !bad && !o->jsonl)
		printf("no lists in %s; custos lists add --help tells how to add one\n", o->folder);
	list_store_free(s);
	return bad ? EXIT_FAILED : EXIT_OK;
}

/* --- custos lists add --- */

struct bar {
	int64_t began, stage_began, last;
	int stage;
	bool bar;
};

static bool watch_tell(void *context, int stage, double done, uint64_t entries)
{
	struct bar *w = context;
	int64_t now = time_now();
	char text[64], number[32];
	if (stage != w->stage)
		w->stage_began = now;
	w->stage = stage;
	if (w->bar && now - w->last >= 100000) {
		w->last = now;
		count_text(entries, number);
		snprintf(text, sizeof text, "%s entries", number);
		progress_bar(stage ? "sorting" : "reading", done, w->stage_began, text);
	}
	return !atomic_load(&cancelled);
}

static void left_out(uint64_t n, const char *what, const char *more)
{
	char number[32];
	count_text(n, number);
	if (n)
		printf("  %s %s%s%s\n", number, what, more ? ", the first of them: " : "", more ? more : "");
}

static int list_add(const struct command *c, struct options *o, char **files, int count)
{
	static sandbox_fn *const workers[] = { list_import_worker };
	static struct list_import_told told;
	struct list_import *i = &o->order;
	struct sandbox *box = NULL;
	struct bar watch = { .began = time_now(), .bar = !o->quiet && isatty(STDERR_FILENO), .stage = -1 };
	char number[32], took[32];
	if (!count)
		return cli_usage(c, "the file of the list is to be named");
	if (!i->name || !i->version)
		return cli_usage(c, "a list has a --name and a --version");
	if (!o->nature || !list_nature_parse(o->nature, &i->nature))
		return cli_usage(c, "%s: --nature is one of illegal, harmful, of-interest, known-good: what does it mean to be on this list?", o->nature ? o->nature : "not said");
	enum err e = list_import_prepare();
	if (!e)
		e = sandbox_new(workers, 1, &box);
	cancel_on_signals();
	i->files = (const char *const *)files;
	i->file_count = count;
	i->folder = o->folder;
	i->scratch = o->scratch;
	i->progress = watch_tell;
	i->context = &watch;
	if (!e)
		e = list_import(box, 0, i, &told);
	if (watch.bar)
		progress_clear();
	sandbox_free(box);
	if (!e)
		e = watch_index_make(told.path);
	if (e)
		return cli_fail(e);
	count_text(told.entries, number);
	snprintf(took, sizeof took, "%.1f", (double)(time_now() - watch.began) / 1e6);
	if (!o->quiet) {
		printf("%s@%s: %s entries in %s s, %s\n", i->name, i->version, number, took, told.path);
		left_out(told.hashless, "entries have no hash that can be matched", NULL);
		left_out(told.foreign, "hashes or signals of other kinds were left out", told.foreign_kind);
		left_out(told.photodna_other, "PhotoDNA values in a notation that is not known were left out", NULL);
		left_out(told.cut, "texts were too long and were cut", NULL);
	}
	return EXIT_OK;
}

/* --- remove, verify --- */

static int list_remove(const struct command *c, struct options *o, char **names, int count)
{
	char path[4096];
	if (!count)
		return cli_usage(c, "the list is to be named: NAME@VERSION");
	for (int i = 0; i < count; i++) {
		char *at = strchr(names[i], '@');
		if (!at)
			return cli_usage(c, "%s: NAME@VERSION, so that no other version goes by mistake", names[i]);
		*at = 0;
		enum err e = list_path(o->folder, names[i], at + 1, path, sizeof path);
		if (!e && unlink(path) != 0)
			e = errno == ENOENT ? err_set(ERR_NOT_FOUND, "there is no list %s@%s in %s", names[i], at + 1, o->folder) : err_errno("cannot remove %s", path);
		if (!e)
			e = watch_index_remove(path);
		*at = '@';
		if (e)
			return cli_fail(e);
		if (!o->quiet)
			printf("%s is removed\n", names[i]);
	}
	return EXIT_OK;
}

static int lists_verify(struct options *o)
{
	struct list_store *s = NULL;
	int bad = 0, changed = 0;
	enum err e = list_store_open(o->folder, bad_tell, &bad, &s);
	if (e)
		return cli_fail(e);
	for (int i = 0; i < list_store_count(s); i++) {
		const struct list *l = list_store_at(s, i);
		e = list_verify(l);
		changed += e == ERR_CHANGED;
		if (e && e != ERR_CHANGED)
			cli_fail(e);
		printf("%s@%s: %s%s%s\n", list_about(l)->name, list_about(l)->version, cli_style(STDOUT_FILENO, e ? STYLE_RED : STYLE_GREEN), e ? "CHANGED" : "unchanged",
		       cli_style(STDOUT_FILENO, STYLE_PLAIN));
	}
	list_store_free(s);
	return changed || bad ? EXIT_DIFFERS : EXIT_OK;
}

/* --- find --- */

struct search {
	const struct options *o;
	const char *hash; /* as it was asked for */
	const char *kind;
	uint64_t hits;
};

static const struct {
	unsigned flag;
	const char *text;
} flags[] = { { LIST_VIDEO, "video" }, { LIST_VICTIM_IDENTIFIED, "victim identified" }, { LIST_OFFENDER_IDENTIFIED, "offender identified" }, { LIST_DISTRIBUTED, "distributed" },
	      { LIST_PRECATEGORIZED, "precategorised" }, { LIST_SUSPECTED, "suspected" } };

static void flags_text(struct buf *b, unsigned set)
{
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (set & flags[i].flag)
			buf_printf(b, "%s%s", b->size ? ", " : "", flags[i].text);
}

static void detail(const char *name, const char *value)
{
	struct buf line = { 0 };
	if (!*value)
		return;
	buf_printf(&line, "  %-10s %s", name, value);
	line_put(&line);
	buf_free(&line);
}

static bool hit_show(void *context, const struct list_hit *h)
{
	struct search *s = context;
	const struct list_about *a = list_about(h->list);
	struct list_entry entry;
	struct buf b = { 0 }, set = { 0 };
	list_entry_get(h->list, h->entry, &entry);
	const char *meaning = list_category_meaning(a, entry.category);
	s->hits++;
	flags_text(&set, entry.flags);
	if (s->o->jsonl) {
		buf_char(&b, '{');
		member(&b, "hash", s->hash);
		member(&b, "kind", s->kind);
		about_json(&b, a);
		buf_printf(&b, ",\"entry\":%u", h->entry);
		member(&b, "category", entry.category);
		member(&b, "media", entry.media);
		member(&b, "series", entry.series);
		member(&b, "tags", entry.tags);
		member(&b, "flags", set.data ? set.data : "");
		buf_char(&b, '}');
		puts(b.data ? b.data : "");
	} else {
		buf_printf(&b, "%s  %s  %s@%s  %s", s->hash, s->kind, a->name, a->version, list_nature_name(a->nature));
		line_put(&b);
		buf_clear(&b);
		if (*entry.category)
			buf_printf(&b, "%s%s%s%s%s", entry.category, *a->country ? ", as in " : ", of a country that was not stated", a->country, meaning ? ": " : "", meaning ? meaning : "");
		detail("category", b.data ? b.data : "");
		detail("media", entry.media);
		detail("series", entry.series);
		detail("tags", entry.tags);
		detail("stated", set.data ? set.data : "");
		detail("source", a->source);
		detail("handling", a->handling);
	}
	buf_free(&b);
	buf_free(&set);
	return true;
}

static void pdq_find(struct search *s, const struct list *l, const struct pdq *wanted)
{
	uint32_t count;
	const struct pdq *all = list_pdq(l, &count);
	for (uint32_t i = 0; i < count; i++)
		if (memcmp(&all[i], wanted, sizeof *wanted) == 0)
			hit_show(s, &(struct list_hit){ l, list_pdq_entry(l, i) });
}

static int hash_find(const struct list_store *store, struct search *s)
{
	size_t digits = strlen(s->hash);
	uint8_t digest[LIST_DIGEST_MOST];
	struct pdq pdq;
	enum list_kind kind = digits == 32 ? LIST_MD5 : digits == 40 ? LIST_SHA1 : LIST_SHA256;
	if (strspn(s->hash, "0123456789abcdefABCDEF") != digits || digits != 2 * list_kind_size(kind))
		return -1;
	for (size_t i = 0; i < digits; i += 2) {
		char two[3] = { s->hash[i], s->hash[i + 1], 0 };
		digest[i / 2] = (uint8_t)strtoul(two, NULL, 16);
	}
	s->kind = list_kind_name(kind);
	list_find(store, kind, digest, hit_show, s);
	s->kind = list_kind_name(LIST_PDQ);
	for (int i = 0; kind == LIST_SHA256 && pdq_parse(s->hash, digits, &pdq) && i < list_store_count(store); i++)
		pdq_find(s, list_store_at(store, i), &pdq);
	return 0;
}

static int lists_find(const struct command *c, struct options *o, char **hashes, int count)
{
	struct list_store *store = NULL;
	bool all = true;
	if (!count)
		return cli_usage(c, "a hash is to be named");
	enum err e = list_store_open(o->folder, NULL, NULL, &store);
	if (e)
		return cli_fail(e);
	for (int i = 0; i < count; i++) {
		struct search s = { .o = o, .hash = hashes[i] };
		if (hash_find(store, &s)) {
			list_store_free(store);
			return cli_usage(c, "%s is no hash: 32 hexadecimal digits are MD5, 40 SHA-1, 64 SHA-256 or PDQ", hashes[i]);
		}
		if (!s.hits && !o->quiet)
			fprintf(stderr, "%s is on none of %d lists\n", hashes[i], list_store_count(store));
		all &= s.hits > 0;
	}
	list_store_free(store);
	return ferror(stdout) || fflush(stdout) != 0 ? cli_fail(err_errno("cannot write")) : all ? EXIT_OK : EXIT_FAILED;
}

int cmd_lists(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = { { "lists", required_argument, NULL, OPT_LISTS }, { "name", required_argument, NULL, OPT_NAME },
						 { "version", required_argument, NULL, OPT_VERSION }, { "nature", required_argument, NULL, OPT_NATURE },
						 { "country", required_argument, NULL, OPT_COUNTRY }, { "source", required_argument, NULL, OPT_SOURCE },
						 { "handling", required_argument, NULL, OPT_HANDLING }, { "format", required_argument, NULL, OPT_FORMAT },
						 { "scratch", required_argument, NULL, OPT_SCRATCH }, { "jsonl", no_argument, NULL, OPT_JSONL }, { "quiet", no_argument, NULL, 'q' }, { 0 } };
	static struct options o;
	struct list_import *i = &o.order;
	const char **const texts[] = { &o.lists, &i->name, &i->version, &o.nature, &i->country, &i->source, &i->handling, &i->format, &o.scratch };
	int opt;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":q", options, NULL)) != -1) {
		if (opt >= OPT_LISTS && opt <= OPT_SCRATCH)
			*texts[opt - OPT_LISTS] = optarg;
		else if (opt == OPT_JSONL)
			o.jsonl = true;
		else if (opt == 'q')
			o.quiet = true;
		else
			return cli_usage(c, "unknown option or missing value: %s", argv[optind - 1]);
	}
	enum err e = list_folder(o.lists, o.folder, sizeof o.folder);
	if (e)
		return cli_fail(e);
	const char *verb = optind < argc ? argv[optind] : "";
	char **rest = argv + optind + 1;
	int count = argc - optind - 1;
	if (!*verb)
		return lists_show(&o);
	if (strcmp(verb, "add") == 0)
		return list_add(c, &o, rest, count);
	if (strcmp(verb, "remove") == 0)
		return list_remove(c, &o, rest, count);
	if (strcmp(verb, "verify") == 0 && !count)
		return lists_verify(&o);
	if (strcmp(verb, "find") == 0)
		return lists_find(c, &o, rest, count);
	return cli_usage(c, "%s: one of add, remove, verify, find", verb);
}
