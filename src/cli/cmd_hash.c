/* A line for each file: SHA-256, perceptual hash, quality, path. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/hashing.h"
#include "cli/progress.h"
#include "cli/table.h"

enum { OPT_DIHEDRAL = 256, OPT_FRAMES, OPT_KEYS, OPT_TRIAGE };

struct printing {
	struct hashing_order order;
	int unread;
};

/* As sha256sum does: a name that would break the line is written with \\n, \\r and \\\\, and the line begins with a backslash. */
static void name_print(struct buf *line, const char *name)
{
	if (!strpbrk(name, "\n\r\\")) {
		buf_text(line, name);
		return;
	}
	for (const char *p = name; *p; p++) {
		if (*p == '\n' || *p == '\r' || *p == '\\')
			buf_char(line, '\\');
		buf_char(line, *p == '\n' ? 'n' : *p == '\r' ? 'r' : *p);
	}
}

/* Without a frame `hash` is "-". */
static void line_print(const struct printing *p, const struct hashed *w, const char *hash, const char *quality, uint32_t frame, double at, const char *form)
{
	struct buf line = { 0 }, safe = { 0 };
	if (strpbrk(w->path, "\n\r\\"))
		buf_char(&line, '\\');
	buf_hex(&line, w->sha256, sizeof w->sha256);
	buf_printf(&line, "  %-64s  %3s  ", hash, quality);
	if (p->order.frames && *hash == '-')
		buf_printf(&line, "%5s  %9s  ", "-", "-");
	else if (p->order.frames)
		buf_printf(&line, "%5u  %9.3f  ", frame, at);
	if (p->order.keys)
		buf_printf(&line, "%-3s  ", w->video ? "key" : "-");
	buf_printf(&line, "%s%s", form, *form ? "  " : "");
	name_print(&line, w->path);
	/* On a terminal nothing in a name steers it. */
	if (isatty(STDOUT_FILENO) && line.data)
		table_safe(&safe, line.data, line.size);
	puts(safe.data ? safe.data : line.data ? line.data : "");
	buf_free(&line);
	buf_free(&safe);
}

static enum err frame_print(void *context, const struct hashed *file, uint32_t number, double at, int quality, const struct pdq *hashes, int forms)
{
	const struct printing *p = context;
	char hex[PDQ_HEX], quality_text[8];
	snprintf(quality_text, sizeof quality_text, "%d", quality);
	for (int i = 0; i < forms; i++) {
		pdq_hex(&hashes[i], hex);
		line_print(p, file, hex, quality_text, number, at, p->order.dihedral ? pdq_form_name((enum pdq_form)i) : "");
	}
	return ferror(stdout) ? err_errno("cannot write") : OK;
}

static enum err file_print(void *context, const struct hashed *file)
{
	struct printing *p = context;
	if (file->unread) {
		cli_warn(NULL, file->reason);
		p->unread++;
		return OK;
	}
	if (!file->frames)
		line_print(p, file, "-", "-", 0, 0, p->order.dihedral ? "-" : "");
	if (!file->frames || file->reason[0])
		cli_warn(file->path, file->reason);
	else if (file->cut)
		cli_warn(file->path, "damaged: what could be decoded was hashed");
	if (file->stopped)
		cli_warn(file->path, "has more frames than are read: what follows was not hashed");
	return ferror(stdout) ? err_errno("cannot write") : OK;
}

int cmd_hash(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = {
		{ "dihedral", no_argument, NULL, OPT_DIHEDRAL }, { "frames", no_argument, NULL, OPT_FRAMES }, { "keys", no_argument, NULL, OPT_KEYS },
		{ "triage", no_argument, NULL, OPT_TRIAGE }, { 0 },
	};
	struct printing p = { .order.mode = PICTURE_EXACT };
	char why[400];
	int opt;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt == OPT_DIHEDRAL)
			p.order.dihedral = true;
		else if (opt == OPT_FRAMES)
			p.order.frames = true;
		else if (opt == OPT_KEYS)
			p.order.frames = p.order.keys = true;
		else if (opt == OPT_TRIAGE)
			p.order.mode = PICTURE_TRIAGE;
		else
			return cli_usage(c, "unknown option %s", argv[optind - 1]);
	}
	if (optind == argc)
		return cli_usage(c, "at least one file is to be named");
	struct sandbox *box = NULL;
	enum err e = hashing_prepare(argv + optind, argc - optind, p.order.frames, &box, why);
	if (why[0])
		cli_warn(NULL, why);
	cancel_on_signals();
	if (!e)
		e = hashing_run(box, argv + optind, argc - optind, &p.order, frame_print, file_print, &p);
	if (!e && fflush(stdout) != 0)
		e = err_errno("cannot write");
	sandbox_free(box);
	return e ? cli_fail(e) : p.unread ? EXIT_FAILED : EXIT_OK;
}
