/* The manual out of the tables that the program itself goes by, so that it cannot fall behind: man page, record kinds, schema, completion. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "exhibit/exhibit.h"

/* Text for troff: no line may begin with a control character, backslashes and hyphens are literal. */
static void troff(const char *text)
{
	bool start = true;
	for (; *text; text++) {
		if (start && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
		start = *text == '\n';
	}
}

static void man(void)
{
	printf(".TH CUSTOS 1 \"\" \"custos %s\" \"Custos\"\n.SH NAME\ncustos \\- examine a seized phone into a sealed exhibit file, and read it\n.SH SYNOPSIS\n", CUSTOS_VERSION);
	for (int i = 0; i < command_count; i++) {
		if (commands[i].hidden)
			continue;
		printf(".B custos %s\n", commands[i].name);
		troff(commands[i].usage);
		printf("\n.br\n");
	}
	printf(".SH DESCRIPTION\nCustos reads what lies on a phone's extraction, live and deleted, and writes it with its origin into one SQLite file, the exhibit, sealed by a "
	       "root hash. Every file is parsed in a process of its own that can do nothing else. What could not be read is a note in the exhibit.\n.SH COMMANDS\n");
	for (int i = 0; i < command_count; i++) {
		if (commands[i].hidden)
			continue;
		printf(".SS %s\n", commands[i].name);
		troff(commands[i].about);
		printf("\n.PP\n.nf\n");
		troff(commands[i].help);
		printf(".fi\n");
	}
	printf(".SH EXIT STATUS\n0 done; 1 failed; 2 wrong usage; 3 verify found a difference; 130 cancelled.\n"
	       ".SH ENVIRONMENT\n.B CUSTOS_ARTIFACTS\nfolder of artifact files instead of those that came with custos.\n.br\n.B TMPDIR\nwhere large files are unpacked.\n.br\n.B NO_COLOR, CLICOLOR_FORCE\nno colour; colour also into a pipe.\n"
	       ".SH FILES\nThe exhibit's format: docs/exhibit\\-format.md. Artifact files: docs/artifacts.md.\n");
}

static void records(void)
{
	static const char *const types[] = { "text", "integer", "real", "yes/no", "time", "selector", "selectors", "path" };
	printf("# Record kinds\n\nMade by `custos manual records` from the table the program goes by (`src/exhibit/kind.c`). Times are integer microseconds UTC. A *selector* is stored\n"
	       "as a reference to the table `selector`, which holds it as found and normalised; the views show it normalised, with `NAME_raw` beside it. A *path* has `NAME_file` beside it:\n"
	       "the file entry it was found to be. Every record has besides: `app`, `account`, `profile`, `state`, `confidence` and its origin (file, table, row, page, offset, frame).\n");
	for (int k = 0; k < kind_count; k++) {
		printf("\n## %s\n\n%s. View `%s`, table `%s`.\n\n| column | type | meaning |\n|---|---|---|\n", kinds[k].name, kinds[k].about, kinds[k].plural, kind_table(&kinds[k]));
		for (int i = 0; i < kind_columns(&kinds[k]); i++) {
			const struct column *col = &kinds[k].columns[i];
			printf("| %s | %s | %s%s%s |\n", col->name, types[col->type], col->about,
			       col->flags & COLUMN_WHEN ? "; its moment in the timeline" : "", col->flags & COLUMN_SEARCHED ? "; searched" : "");
		}
	}
}

static void completion(void)
{
	printf("# bash completion for custos; made by `custos manual completion`\n_custos() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
	       "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tCOMPREPLY=($(compgen -W \"");
	for (int i = 0; i < command_count; i++)
		printf("%s%s", i ? " " : "", commands[i].name);
	printf(" help --help --version\" -- \"$cur\"))\n\t\treturn\n\tfi\n\tif [[ $cur == -* ]]; then\n\t\tcase ${COMP_WORDS[1]} in\n");
	for (int i = 0; i < command_count; i++) {
		printf("\t\t%s) COMPREPLY=($(compgen -W \"--help", commands[i].name);
		for (const char *p = commands[i].help; (p = strstr(p, "--")); ) {
			size_t n = 2;
			while (isalpha((unsigned char)p[n]) || p[n] == '-')
				n++;
			if (n > 2)
				printf(" %.*s", (int)n, p);
			p += n;
		}
		printf("\" -- \"$cur\")) ;;\n");
	}
	printf("\t\tesac\n\t\treturn\n\tfi\n\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -o filenames -F _custos custos\n");
}

int cmd_manual(const struct command *c, int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "man";
	if (strcmp(what, "man") == 0) {
		man();
	} else if (strcmp(what, "records") == 0) {
		records();
	} else if (strcmp(what, "completion") == 0) {
		completion();
	} else if (strcmp(what, "schema") == 0) {
		struct buf sql = { 0 };
		exhibit_schema(&sql);
		fputs(sql.data ? sql.data : "", stdout);
		buf_free(&sql);
	} else {
		return cli_usage(c, "one of: man, records, completion, schema");
	}
	return EXIT_OK;
}
