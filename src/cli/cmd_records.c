#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "cli/records.h"

static void count_tell(int64_t count, const struct filter *f, const char *what)
{
	if (f->form == TABLE_TEXT)
		printf("%s%lld %s%s\n", cli_style(STDOUT_FILENO, STYLE_DIM), (long long)count, what, cli_style(STDOUT_FILENO, STYLE_PLAIN));
}

/* Opens the one exhibit that is named, prints the kind's records (NULL: the timeline) and how many there were. */
static int exhibit_print(const struct command *c, int argc, char **argv, const struct filter *f, const struct kind *k, const char *what)
{
	struct view *v = NULL;
	int64_t count = 0;
	if (optind + 1 != argc)
		return cli_usage(c, "one exhibit is to be named");
	enum err e = view_open(argv[optind], &v);
	if (!e)
		e = k ? records_print(v, k, f, &count) : timeline_print(v, f, &count);
	if (!e)
		count_tell(count, f, what);
	view_close(v);
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
	if (f.want.selector || f.want.thread)
		return cli_usage(c, "the timeline has no --selector and no --thread: ask messages or calls");
	return exhibit_print(c, argc, argv, &f, NULL, "moments");
}

int cmd_search(const struct command *c, int argc, char **argv)
{
	struct filter f;
	struct view *v = NULL;
	struct buf query = { 0 };
	int64_t count = 0, all = 0;
	int wrong = filter_read(c, argc, argv, &f);
	if (wrong)
		return wrong;
	if (argc - optind < 2)
		return cli_usage(c, "an exhibit and at least one word are to be named");
	for (int i = optind + 1; i < argc; i++)
		view_phrase(&query, argv[i], strlen(argv[i]));
	f.want.text = query.data;
	enum err e = view_open(argv[optind], &v);
	for (int k = 0; !e && k < kind_count; k++) {
		if (!kind_searched(&kinds[k]))
			continue;
		e = records_print(v, &kinds[k], &f, &count);
		all += count;
	}
	if (!e)
		count_tell(all, &f, "records found");
	view_close(v);
	buf_free(&query);
	return e ? cli_fail(e) : EXIT_OK;
}
