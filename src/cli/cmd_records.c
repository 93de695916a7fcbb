#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "cli/records.h"
#include "exhibit/exhibit.h"

static enum err exhibit_named(const char *path, sqlite3 **ret)
{
	enum err e = exhibit_open(path, ret);
	if (!e && (e = names_make(*ret))) {
		sqlite3_close(*ret);
		*ret = NULL;
	}
	return e;
}

static void count_tell(int64_t count, const struct filter *f, const char *what)
{
	if (f->form == TABLE_TEXT)
		printf("%s%lld %s%s\n", cli_style(STDOUT_FILENO, STYLE_DIM), (long long)count, what, cli_style(STDOUT_FILENO, STYLE_PLAIN));
}

/* Opens the one exhibit that is named, prints the kind's records (NULL: the timeline) and how many there were. */
static int exhibit_print(const struct command *c, int argc, char **argv, const struct filter *f, const struct kind *k, const char *what)
{
	sqlite3 *db = NULL;
	int64_t count = 0;
	if (optind + 1 != argc)
		return cli_usage(c, "one exhibit is to be named");
	enum err e = exhibit_named(argv[optind], &db);
	if (!e)
		e = k ? records_print(db, k, f, &count) : timeline_print(db, f, &count);
	if (!e)
		count_tell(count, f, what);
	sqlite3_close(db);
	return e ? cli_fail(e) : EXIT_OK;
}

int cmd_records(const struct command *c, int argc, char **argv)
{
	struct filter f;
	int wrong = filter_read(c, argc, argv, &f);
	return wrong ? wrong : exhibit_print(c, argc, argv, &f, kind_find(c->name), c->name);
}

int cmd_timeline(const struct command *c, int argc, char **argv)
{
	struct filter f;
	int wrong = filter_read(c, argc, argv, &f);
	if (wrong)
		return wrong;
	if (f.selector || f.thread)
		return cli_usage(c, "the timeline has no --selector and no --thread: ask messages or calls");
	return exhibit_print(c, argc, argv, &f, NULL, "moments");
}

/* The words as one full-text query: each must occur. Quoted, so that no character is taken for an operator. */
static void query_of(struct buf *out, int count, char **words)
{
	for (int i = 0; i < count; i++) {
		if (i)
			buf_char(out, ' ');
		buf_char(out, '"');
		for (const char *p = words[i]; *p; p++) {
			if (*p == '"')
				buf_char(out, '"');
			buf_char(out, *p);
		}
		buf_char(out, '"');
		if (words[i][0] && words[i][strlen(words[i]) - 1] == '*')
			buf_char(out, '*');
	}
}

int cmd_search(const struct command *c, int argc, char **argv)
{
	struct filter f;
	sqlite3 *db = NULL;
	struct buf query = { 0 };
	int64_t count = 0, all = 0;
	int wrong = filter_read(c, argc, argv, &f);
	if (wrong)
		return wrong;
	if (argc - optind < 2)
		return cli_usage(c, "an exhibit and at least one word are to be named");
	query_of(&query, argc - optind - 1, argv + optind + 1);
	f.text = query.data;
	enum err e = exhibit_named(argv[optind], &db);
	for (int k = 0; !e && k < kind_count; k++) {
		if (!kind_searched(&kinds[k]))
			continue;
		e = records_print(db, &kinds[k], &f, &count);
		all += count;
	}
	if (!e)
		count_tell(all, &f, "records found");
	sqlite3_close(db);
	buf_free(&query);
	return e ? cli_fail(e) : EXIT_OK;
}
