/* records: one query over one record kind, shown in one of three forms. Shared by the commands that list records and by search. */
#ifndef CUSTOS_CLI_RECORDS_H
#define CUSTOS_CLI_RECORDS_H

#include <stdint.h>

#include "cli/cli.h"
#include "cli/table.h"
#include "exhibit/view.h"

struct filter {
	struct view_filter want;
	int64_t limit; /* 0: all */
	enum table_form form;
	bool form_given;
};

/* Reads the options all record commands share. 0, or an exit status when they are wrong. On success optind is at the first word. */
int filter_read(const struct command *c, int argc, char **argv, struct filter *ret);

/* Prints the kind's records; *ret_count: how many. */
enum err records_print(struct view *v, const struct kind *k, const struct filter *f, int64_t *ret_count);

/* Prints the exhibit's records of all kinds in the order of time. */
enum err timeline_print(struct view *v, const struct filter *f, int64_t *ret_count);

int cmd_records(const struct command *c, int argc, char **argv); /* messages, calls, contacts, … : by the command's name */
int cmd_media(const struct command *c, int argc, char **argv); /* and those that look alike */
int cmd_timeline(const struct command *c, int argc, char **argv);
int cmd_search(const struct command *c, int argc, char **argv);
int cmd_show(const struct command *c, int argc, char **argv);
int cmd_sql(const struct command *c, int argc, char **argv);

#endif
