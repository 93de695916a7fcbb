/* custos recover: the rows of one database that no query sees any more. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/quiet.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/recover.h"
#include "cli/table.h"

enum { OPT_TABLE = 256, OPT_CSV, OPT_JSONL, OPT_SQLITE, OPT_MAP, OPT_LIVE, OPT_FRAGMENTS, OPT_HOT, OPT_WAL, OPT_JOURNAL, OPT_NO_WAL, OPT_NO_JOURNAL, OPT_NOTES };

static const struct option long_options[] = {
	{ "table", required_argument, NULL, OPT_TABLE },   { "csv", no_argument, NULL, OPT_CSV },
	{ "jsonl", no_argument, NULL, OPT_JSONL },         { "sqlite", required_argument, NULL, OPT_SQLITE },
	{ "map", required_argument, NULL, OPT_MAP },       { "live", no_argument, NULL, OPT_LIVE },
	{ "fragments", no_argument, NULL, OPT_FRAGMENTS }, { "hot-journal", no_argument, NULL, OPT_HOT },
	{ "wal", required_argument, NULL, OPT_WAL },       { "journal", required_argument, NULL, OPT_JOURNAL },
	{ "no-wal", no_argument, NULL, OPT_NO_WAL },       { "no-journal", no_argument, NULL, OPT_NO_JOURNAL },
	{ "notes", no_argument, NULL, OPT_NOTES },         { "quiet", no_argument, NULL, 'q' },
	{ 0 }
};

enum part { PART_DB, PART_WAL, PART_JOURNAL, PARTS };
enum { NOTES_SHOWN = 10 };

struct options {
	const char *file, *named[PARTS], *sqlite, *map;
	bool without[PARTS];
	int form; /* an OPT_, or 0 */
	bool notes, quiet;
	struct recover_order order;
};

/* The files of one run, and what is told on standard error meanwhile. */
struct run {
	const struct options *o;
	char *path[PARTS]; /* NULL: none */
	int fd[PARTS];
	uint64_t bytes;
	bool bar, bar_shown;
	int64_t began, last;
	int notes, notes_left;
	struct recover_sink sinks[4];
	int sink_count;
};

static bool is_wal(const unsigned char *h, ssize_t n) { return n >= 4 && h[0] == 0x37 && h[1] == 0x7f && h[2] == 0x06 && (h[3] | 1) == 0x83; }

static bool is_journal(const unsigned char *h, ssize_t n)
{
	static const unsigned char magic[8] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7 };
	return n >= 8 && memcmp(h, magic, 8) == 0;
}

/* Opens a file for reading; nothing but a plain file. Not waiting for the other end of a named pipe. */
static enum err part_open(const char *path, int *ret_fd, uint64_t *ret_size)
{
	struct stat st;
	int fd = quiet_open(path, O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_errno("cannot open %s", path);
	enum err e = fstat(fd, &st) != 0		 ? err_errno("cannot read %s", path)
		     : S_ISDIR(st.st_mode)		 ? err_set(ERR_FORMAT, "%s is a folder; name one database in it (custos examine reads folders)", path)
		     : !S_ISREG(st.st_mode)		 ? err_set(ERR_FORMAT, "%s is no file that can be read from any place", path)
							 : OK;
	if (e) {
		close(fd);
		return e;
	}
	*ret_fd = fd;
	*ret_size = (uint64_t)st.st_size;
	return OK;
}

static enum err part_take(struct run *r, enum part p, const char *path)
{
	uint64_t size;
	enum err e = part_open(path, &r->fd[p], &size);
	if (!e && !(r->path[p] = strdup(path)))
		e = ERR_NOMEM;
	r->bytes += e ? 0 : size;
	return e;
}

/* FILE itself: a database, or a WAL or journal that somebody found alone. */
static enum err main_take(struct run *r)
{
	static const char *const tails[] = { "", "-wal", "-journal" };
	const char *file = r->o->file;
	unsigned char h[16];
	enum err e = part_take(r, PART_DB, file);
	if (e == ERR_NOT_FOUND && !r->o->without[PART_WAL]) {
		struct buf name = { 0 };
		buf_printf(&name, "%s-wal", file);
		bool wal = name.data && access(name.data, F_OK) == 0;
		buf_free(&name);
		if (wal)
			return err_set(ERR_NOT_FOUND, "there is no %s; its WAL is there: custos recover %s-wal reads that alone", file, file);
	}
	ssize_t n = e ? 0 : pread(r->fd[PART_DB], h, sizeof h, 0);
	enum part p = is_wal(h, n) ? PART_WAL : is_journal(h, n) ? PART_JOURNAL : PART_DB;
	if (!e && p == PART_DB && text_ends(file, tails[PART_JOURNAL]) && n >= 8 && memcmp(h, "SQLite f", 8) != 0)
		p = PART_JOURNAL; /* a journal whose header was zeroed at the end of its transaction */
	if (e || p == PART_DB)
		return e;
	if (r->o->named[PART_WAL] || r->o->named[PART_JOURNAL])
		return err_set(ERR_USAGE, "%s is itself a %s: name the database, and this with --%s", file, tails[p] + 1, tails[p] + 1);
	fprintf(stderr, "%s is a %s: it is read alone. To read it with its database, name that one.\n", file, p == PART_WAL ? "WAL" : "rollback journal");
	r->fd[p] = r->fd[PART_DB];
	r->path[p] = r->path[PART_DB];
	r->fd[PART_DB] = -1;
	r->path[PART_DB] = NULL;
	return OK;
}

/* The file beside the database, or the one that was named. */
static enum err beside_take(struct run *r, enum part p, const char *tail)
{
	const struct options *o = r->o;
	if (o->named[p])
		return part_take(r, p, o->named[p]);
	if (o->without[p] || !r->path[PART_DB])
		return OK;
	struct buf name = { 0 };
	buf_printf(&name, "%s%s", o->file, tail);
	enum err e = name.failed ? ERR_NOMEM : part_take(r, p, name.data);
	buf_free(&name);
	return e == ERR_NOT_FOUND ? OK : e;
}

static void bar_away(struct run *r)
{
	if (r->bar_shown)
		progress_clear();
	r->bar_shown = false;
}

static void note_show(void *context, uint64_t offset, const char *reason)
{
	struct run *r = context;
	struct buf line = { 0 };
	if (!r->o->notes && r->notes >= NOTES_SHOWN) {
		r->notes_left++;
		return;
	}
	r->notes++;
	bar_away(r);
	table_safe(&line, reason, strlen(reason));
	fprintf(stderr, "%snote:%s ", cli_style(STDERR_FILENO, STYLE_YELLOW), cli_style(STDERR_FILENO, STYLE_PLAIN));
	if (offset)
		fprintf(stderr, "at byte %llu: ", (unsigned long long)offset);
	fprintf(stderr, "%s\n", line.data ? line.data : "");
	buf_free(&line);
}

static void progress_show(void *context, uint64_t done, uint64_t all)
{
	struct run *r = context;
	int64_t now = time_now();
	char bytes[24];
	/* Nothing to look at for what is done at once. */
	if (!r->bar || now - r->began < 400000 || now - r->last < 150000)
		return;
	r->last = now;
	r->bar_shown = true;
	size_text((double)done, bytes, sizeof bytes);
	progress_bar("reading", all && done < all ? (double)done / (double)all : 0.99, r->began, bytes);
}

/* A table that was asked for and is not there: says which are. */
static enum err table_check(void *context, const struct recover_tables *tables)
{
	struct run *r = context;
	const char *wanted = r->o->order.table;
	struct buf names = { .limit = 3000 };
	char room[40];
	int n = 0;
	for (uint32_t i = 0; wanted && i < tables->count; i++) {
		const struct recover_table *t = &tables->list[i];
		if (t->name && strcasecmp(t->name, wanted) == 0) {
			buf_free(&names);
			return OK;
		}
		if (n++ < 60)
			buf_printf(&names, "%s%s", n > 1 ? ", " : "", recover_table_label(t, room, sizeof room));
	}
	enum err e = wanted ? err_set(ERR_NOT_FOUND, "there is no table %s; there %s: %s%s", wanted, n == 1 ? "is" : "are", n ? names.data : "none", n > 60 ? ", …" : "") : OK;
	buf_free(&names);
	return e;
}

static enum err read_all(struct run *r, struct sandbox *box)
{
	struct recover_order order = r->o->order;
	int fds[PARTS], count = 0;
	uint8_t *places[PARTS] = { &order.db, &order.wal, &order.journal };
	for (int p = 0; p < PARTS; p++) {
		*places[p] = r->path[p] ? (uint8_t)count : RECOVER_NO_FILE;
		if (r->path[p])
			fds[count++] = r->fd[p];
	}
	enum err e = recover_read(box, &order, fds, count, r->bytes, r->sinks, r->sink_count);
	struct buf line = { 0 };
	buf_text(&line, err_message());
	bar_away(r);
	if (r->notes_left)
		fprintf(stderr, "… and %d more notes: --notes shows them\n", r->notes_left);
	if (e && e != ERR_CANCELLED)
		err_set(e, "%s: %s", r->o->file, line.data && *line.data ? line.data : err_text(e));
	else if (e)
		err_set(e, r->o->sqlite || r->o->map ? "cancelled; no file was made" : "cancelled");
	buf_free(&line);
	return e;
}

/* The outputs of one run. */
struct outputs {
	struct recover_text *text;
	struct recover_lines *lines;
	struct recover_sqlite *sqlite;
	struct recover_map *map;
};

static enum err outputs_make(struct run *r, struct outputs *out, uint64_t wal_bytes)
{
	const struct options *o = r->o;
	const char *slash = strrchr(o->file, '/');
	enum err e = OK;
	/* The files first: what is wrong with them is told before anything is read. Text goes last, when all else is known to be done. */
	if (o->map || o->sqlite)
		output_goes_on();
	if (o->map)
		e = recover_map_new(o->map, slash ? slash + 1 : o->file, o->order.table, wal_bytes, &out->map, &r->sinks[r->sink_count++]);
	if (!e && o->sqlite)
		e = recover_sqlite_new(o->sqlite, &out->sqlite, &r->sinks[r->sink_count++]);
	if (!e && (o->form == OPT_CSV || o->form == OPT_JSONL))
		e = recover_lines_new(o->form == OPT_JSONL, &out->lines, &r->sinks[r->sink_count++]);
	else if (!e)
		e = recover_text_new(!o->sqlite, &out->text, &r->sinks[r->sink_count++]);
	return e;
}

static enum err recover(const struct options *o)
{
	struct run r = { .o = o, .fd = { -1, -1, -1 }, .bar = isatty(STDERR_FILENO) && !o->quiet, .began = time_now() };
	struct outputs out = { 0 };
	struct sandbox *box = NULL;
	static sandbox_fn *const fns[] = { recover_worker };
	uint64_t db = 0, wal = 0;
	/* Before any evidence is opened: the workers inherit nothing of it. */
	enum err e = sandbox_new(fns, 1, &box);
	cancel_on_signals();
	if (!e)
		e = main_take(&r);
	db = r.path[PART_WAL] ? 0 : r.bytes;
	if (!e)
		e = beside_take(&r, PART_WAL, "-wal");
	wal = r.path[PART_WAL] ? r.bytes - db : 0;
	if (!e)
		e = beside_take(&r, PART_JOURNAL, "-journal");
	if (!e && !r.bytes)
		e = err_set(ERR_FORMAT, "%s is empty, and there is no WAL or journal to it", o->file);
	r.sinks[r.sink_count++] = (struct recover_sink){ .context = &r, .begin = table_check, .note = note_show, .progress = progress_show };
	if (!e)
		e = outputs_make(&r, &out, wal);
	if (!e)
		e = read_all(&r, box);
	struct buf line = { 0 };
	buf_text(&line, err_message());
	sandbox_free(box);
	recover_text_free(out.text);
	recover_lines_free(out.lines);
	recover_sqlite_free(out.sqlite);
	recover_map_free(out.map);
	if (e)
		err_set(e, "%s", line.data ? line.data : "");
	buf_free(&line);
	for (int p = 0; p < PARTS; p++) {
		if (r.fd[p] >= 0)
			close(r.fd[p]);
		free(r.path[p]);
	}
	return e;
}

int cmd_recover(const struct command *c, int argc, char **argv)
{
	struct options o = { 0 };
	int opt;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":q", long_options, NULL)) != -1) {
		switch (opt) {
		case OPT_TABLE:
			o.order.table = optarg;
			break;
		case OPT_CSV:
		case OPT_JSONL:
		case OPT_SQLITE:
			if (o.form && o.form != opt)
				return cli_usage(c, "one of --csv, --jsonl and --sqlite can be had at a time");
			o.form = opt;
			if (opt == OPT_SQLITE)
				o.sqlite = optarg;
			break;
		case OPT_MAP:
			o.map = optarg;
			break;
		case OPT_LIVE:
			o.order.live = true;
			break;
		case OPT_FRAGMENTS:
			o.order.fragments = true;
			break;
		case OPT_HOT:
			o.order.hot_journal = true;
			break;
		case OPT_WAL:
			o.named[PART_WAL] = optarg;
			break;
		case OPT_JOURNAL:
			o.named[PART_JOURNAL] = optarg;
			break;
		case OPT_NO_WAL:
			o.without[PART_WAL] = true;
			break;
		case OPT_NO_JOURNAL:
			o.without[PART_JOURNAL] = true;
			break;
		case OPT_NOTES:
			o.notes = true;
			break;
		case 'q':
			o.quiet = true;
			break;
		case ':':
			return cli_usage(c, "%s needs a value", argv[optind - 1]);
		default:
			return cli_usage(c, "unknown option %s", argv[optind - 1]);
		}
	}
	if (optind + 1 != argc)
		return cli_usage(c, optind == argc ? "no database is named" : "more than one database is named");
	if ((o.named[PART_WAL] && o.without[PART_WAL]) || (o.named[PART_JOURNAL] && o.without[PART_JOURNAL]))
		return cli_usage(c, "a WAL or journal is both named and left out");
	o.file = argv[optind];
	if (!o.form && !isatty(STDOUT_FILENO) && !cli_style(STDOUT_FILENO, STYLE_BOLD)[0])
		o.form = OPT_CSV;
	o.order.grouped = o.form != OPT_JSONL;
	o.order.counts = !o.form;
	o.order.pages = o.map;
	enum err e = recover(&o);
	if (e == ERR_CANCELLED && output_reader_gone())
		return EXIT_OK;
	return e ? cli_fail(e) : EXIT_OK;
}
