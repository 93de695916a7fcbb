#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/artifact_home.h"
#include "cli/cli.h"

static int list(const struct artifact_set *set)
{
	for (int i = 0; i < set->count; i++) {
		const struct artifact *a = set->list[i];
		printf("%s%-36s%s %-12s %s\n", cli_style(STDOUT_FILENO, STYLE_BOLD), a->name, cli_style(STDOUT_FILENO, STYLE_PLAIN), a->kind->name, a->about);
		for (const struct glob_line *g = a->files; g; g = g->next)
			printf("%s    %s%s\n", cli_style(STDOUT_FILENO, STYLE_DIM), g->text, cli_style(STDOUT_FILENO, STYLE_PLAIN));
		for (const struct glob_line *g = a->content; g; g = g->next)
			printf("%s    what holds %s%s\n", cli_style(STDOUT_FILENO, STYLE_DIM), g->text, cli_style(STDOUT_FILENO, STYLE_PLAIN));
	}
	printf("%d artifacts\n", set->count);
	return EXIT_OK;
}

static int frame(const char *name)
{
	printf("-- artifact: %s\n-- about:    \n-- record:   message\n-- app:      \n-- files:    */com.example/databases/example.db\n"
	       "-- tested:   \n\n-- when: message(_id, text, ?edited)\nSELECT m._origin,\n       unix_ms(m.time) AS sent_at,\n       m.text          AS body\n  FROM message m;\n\n"
	       "-- The record kinds and their columns: docs/records.md. Functions: docs/sql-functions.md.\n", name);
	return EXIT_OK;
}

/* Each file apart, so that all wrong ones are named and not the first alone. */
static int check(int argc, char **argv)
{
	int wrong = 0, right = 0;
	for (int i = 0; i < argc; i++) {
		struct artifact_set set = { 0 };
		enum err e = text_ends(argv[i], ".sql") ? artifact_add_file(&set, argv[i]) : artifact_add_folder(&set, argv[i]);
		if (!e)
			e = artifact_set_ready(&set);
		if (e) {
			cli_fail(e);
			wrong++;
		} else {
			right += set.count;
		}
		artifact_set_free(&set);
	}
	printf("%d right, %d wrong\n", right, wrong);
	return wrong ? EXIT_FAILED : EXIT_OK;
}

int cmd_artifacts(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = { { "artifacts", required_argument, NULL, 'a' }, { 0 } };
	const char *own = NULL;
	int opt;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":a:", options, NULL)) != -1) {
		if (opt != 'a')
			return cli_usage(c, "unknown option or missing value: %s", argv[optind - 1]);
		own = optarg;
	}
	const char *what = optind < argc ? argv[optind++] : "list";
	if (strcmp(what, "new") == 0)
		return optind + 1 == argc ? frame(argv[optind]) : cli_usage(c, "new takes one name, like android/someapp/messages");
	if (strcmp(what, "check") == 0 && optind < argc)
		return check(argc - optind, argv + optind);
	if (strcmp(what, "list") != 0 && strcmp(what, "check") != 0)
		return cli_usage(c, "unknown word %s", what);
	struct artifact_set set = { 0 };
	enum err e = artifacts_load(&set, own);
	int status = e ? cli_fail(e) : strcmp(what, "list") == 0 ? list(&set) : (printf("%d right, 0 wrong\n", set.count), EXIT_OK);
	artifact_set_free(&set);
	return status;
}
