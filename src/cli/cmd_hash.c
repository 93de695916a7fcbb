/* A line for each file: SHA-256, perceptual hash, quality, path. Pictures are decoded in the sandbox, several at a time. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/quiet.h"
#include "base/sandbox.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "examine/wire.h"
#include "media/picture.h"

enum { OPT_DIHEDRAL = 256, OPT_TRIAGE, AT_WORK_MOST = 16, PIECE = 1 << 18 };

/* --- in the sandbox --- */

/* The job: u8 mode, u8 all forms. One frame 'H': u32 -err, text reason, u32 quality, u8 cut, u8 count, count × 4 × i64. */
static int hash_worker(const void *job, size_t size, const int *fds, int count, int out)
{
	struct span order = span_of(job, size);
	enum picture_mode mode = (enum picture_mode)span_u8(&order);
	bool dihedral = span_u8(&order);
	struct stat st;
	if (!span_ok(&order) || count != 1 || fstat(fds[0], &st) != 0)
		return 3;
	size_t bytes = (size_t)st.st_size, samples = (size_t)PDQ_SIDE_MOST * PDQ_SIDE_MOST;
	void *map = bytes ? mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fds[0], 0) : NULL;
	float *luma = malloc(2 * samples * sizeof *luma);
	struct pdq hashes[PDQ_DIHEDRALS];
	struct picture p = { 0 };
	int quality = 0, forms = dihedral ? PDQ_DIHEDRALS : 1;
	enum err e = map == MAP_FAILED || !luma ? ERR_NOMEM : picture_read(span_of(map, bytes), luma, mode, &p);
	if (!e)
		pdq_hash(luma, luma + samples, p.columns, p.rows, dihedral, hashes, &quality);
	struct buf b = { 0 };
	size_t mark = wire_begin(&b, 'H');
	wire_u32(&b, (uint32_t)-e);
	wire_string(&b, e ? err_message() : NULL);
	wire_u32(&b, (uint32_t)quality);
	wire_u8(&b, p.cut);
	wire_u8(&b, (uint8_t)(e ? 0 : forms));
	for (int i = 0; !e && i < forms; i++)
		for (int k = 0; k < 4; k++)
			wire_i64(&b, (int64_t)hashes[i].words[k]);
	wire_end(&b, mark);
	return wire_write(out, &b) ? 0 : 4;
}

/* --- outside --- */

struct work {
	const char *path;
	char sha256[65];
	bool started;
	int out;
	uint32_t id;
	/* what came back */
	bool answered, cut;
	char reason[400];
	uint32_t quality;
	int count;
	struct pdq hashes[PDQ_DIHEDRALS];
};

static bool stop_asked(void *context) { return (void)context, atomic_load(&cancelled); }

static enum err frame_take(void *context, char type, struct span s)
{
	struct work *w = context;
	const char *reason;
	size_t size;
	uint32_t failed = span_le32(&s);
	if (type != 'H' || w->answered || !wire_take_text(&s, &reason, &size))
		return err_set(ERR_FORMAT, "the parser sent nonsense");
	w->quality = span_le32(&s);
	w->cut = span_u8(&s);
	w->count = span_u8(&s);
	if (w->count > PDQ_DIHEDRALS || w->quality > 100 || (failed != 0) != (w->count == 0))
		return err_set(ERR_FORMAT, "the parser sent nonsense");
	for (int i = 0; i < w->count; i++)
		for (int k = 0; k < 4; k++)
			w->hashes[i].words[k] = span_le64(&s);
	if (!span_ok(&s) || span_left(&s))
		return err_set(ERR_FORMAT, "the parser sent nonsense");
	snprintf(w->reason, sizeof w->reason, "%.*s", (int)(size < 300 ? size : 300), reason ? reason : "");
	w->answered = true;
	return OK;
}

/* SHA-256 of the whole, and the file ready for the worker. */
static enum err file_begin(struct work *w, int *ret_fd)
{
	unsigned char digest[32];
	unsigned size = 0;
	struct stat st;
	enum err e = OK;
	ssize_t n = 0;
	int fd = quiet_open(w->path, O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* no waiting for a pipe's other end */
	if (fd < 0)
		return err_errno("cannot open %s", w->path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		e = err_set(ERR_FORMAT, "%s is %s, not a file", w->path, S_ISDIR(st.st_mode) ? "a folder" : "something else");
	char *piece = e ? NULL : malloc(PIECE);
	EVP_MD_CTX *c = piece ? EVP_MD_CTX_new() : NULL;
	if (!e && (!c || EVP_DigestInit_ex(c, EVP_sha256(), NULL) != 1))
		e = ERR_NOMEM;
	while (!e && ((n = read(fd, piece, PIECE)) > 0 || (n < 0 && errno == EINTR)))
		if (n > 0)
			EVP_DigestUpdate(c, piece, (size_t)n);
	if (!e && n < 0)
		e = err_errno("cannot read %s", w->path);
	if (!e)
		EVP_DigestFinal_ex(c, digest, &size);
	for (unsigned i = 0; i < size; i++)
		snprintf(w->sha256 + 2 * i, 3, "%02x", digest[i]);
	EVP_MD_CTX_free(c);
	free(piece);
	if (e)
		close(fd);
	else
		*ret_fd = fd;
	return e;
}

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

static void line_print(const struct work *w, const char *hash, const char *quality, const char *form)
{
	struct buf line = { 0 }, safe = { 0 };
	if (strpbrk(w->path, "\n\r\\"))
		buf_char(&line, '\\');
	buf_printf(&line, "%s  %-64s  %3s  %s%s", w->sha256, hash, quality, form, *form ? "  " : "");
	name_print(&line, w->path);
	/* On a terminal nothing in a name steers it. */
	if (isatty(STDOUT_FILENO) && line.data)
		table_safe(&safe, line.data, line.size);
	puts(safe.data ? safe.data : line.data ? line.data : "");
	buf_free(&line);
	buf_free(&safe);
}

/* On standard error what could steer a terminal is shown as a space, and a name cannot begin a line. */
static void told(const char *path, const char *what)
{
	struct buf line = { 0 }, safe = { 0 };
	buf_printf(&line, "custos: %s%s%s", path ? path : "", path ? ": " : "", what);
	for (size_t i = 0; i < line.size; i++)
		if (line.data[i] == '\n')
			line.data[i] = ' ';
	if (line.data)
		table_safe(&safe, line.data, line.size);
	fprintf(stderr, "%s\n", safe.data ? safe.data : "custos: out of memory");
	buf_free(&line);
	buf_free(&safe);
}

/* Reads what the worker sent and prints the file's lines. */
static enum err work_end(struct sandbox *box, struct work *w, bool dihedral)
{
	struct sandbox_result result = { 0 };
	struct worker_limits limits = worker_limits_of(0, 0);
	char hex[PDQ_HEX], quality[8];
	enum err e = wire_read(w->out, &limits, frame_take, stop_asked, w);
	close(w->out);
	if (e && !w->reason[0])
		snprintf(w->reason, sizeof w->reason, "%s", err_message());
	if (e)
		sandbox_kill(box, w->id);
	if (sandbox_wait(box, w->id, &result) == OK && !w->answered && !e)
		snprintf(w->reason, sizeof w->reason, "the decoder ended early: %s", result.reason);
	if (e == ERR_CANCELLED)
		return e;
	if (!w->answered)
		w->count = 0;
	for (int i = 0; i < w->count; i++) {
		pdq_hex(&w->hashes[i], hex);
		snprintf(quality, sizeof quality, "%u", w->quality);
		line_print(w, hex, quality, dihedral ? pdq_form_name((enum pdq_form)i) : "");
	}
	if (!w->count)
		line_print(w, "-", "-", dihedral ? "-" : "");
	if (!w->count || w->cut)
		told(w->path, w->count ? "damaged: what could be decoded was hashed" : w->reason);
	return ferror(stdout) ? err_errno("cannot write") : OK;
}

static enum err hash_all(struct sandbox *box, char **paths, int count, enum picture_mode mode, bool dihedral, int *ret_unread)
{
	const unsigned char job[2] = { (unsigned char)mode, dihedral };
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int room = cores < 1 ? 2 : cores > AT_WORK_MOST / 2 ? AT_WORK_MOST : (int)cores * 2, first = 0;
	struct work *works = calloc(AT_WORK_MOST, sizeof *works);
	enum err e = works ? OK : ERR_NOMEM;
	/* A ring: lines come in the order of the arguments. */
	for (int next = 0; !e && first < count;) {
		if (next < count && next - first < room) {
			struct work *w = &works[next % AT_WORK_MOST];
			int fd = -1;
			*w = (struct work){ .path = paths[next++], .out = -1 };
			if (file_begin(w, &fd)) {
				told(NULL, err_message());
				++*ret_unread;
				continue;
			}
			e = sandbox_start(box, 0, job, sizeof job, &fd, 1, NULL, &w->out, &w->id);
			w->started = !e;
			close(fd);
			continue;
		}
		struct work *w = &works[first++ % AT_WORK_MOST];
		if (w->started)
			e = work_end(box, w, dihedral);
		w->started = false;
	}
	free(works);
	return e;
}

int cmd_hash(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = { { "dihedral", no_argument, NULL, OPT_DIHEDRAL }, { "triage", no_argument, NULL, OPT_TRIAGE }, { 0 } };
	static sandbox_fn *const fns[] = { hash_worker };
	enum picture_mode mode = PICTURE_EXACT;
	bool dihedral = false;
	int opt, unread = 0;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt != OPT_DIHEDRAL && opt != OPT_TRIAGE)
			return cli_usage(c, "unknown option %s", argv[optind - 1]);
		if (opt == OPT_DIHEDRAL)
			dihedral = true;
		else
			mode = PICTURE_TRIAGE;
	}
	if (optind == argc)
		return cli_usage(c, "at least one file is to be named");
	struct sandbox *box = NULL;
	enum err e = sandbox_new(fns, 1, &box);
	cancel_on_signals();
	if (!e)
		e = hash_all(box, argv + optind, argc - optind, mode, dihedral, &unread);
	if (!e && fflush(stdout) != 0)
		e = err_errno("cannot write");
	sandbox_free(box);
	return e ? cli_fail(e) : unread ? EXIT_FAILED : EXIT_OK;
}
