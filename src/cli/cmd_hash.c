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
#include "media/animation.h"

enum { OPT_DIHEDRAL = 256, OPT_FRAMES, OPT_TRIAGE, AT_WORK_MOST = 16, PIECE = 1 << 18 };

/* --- in the sandbox --- */

/* The job: u8 mode, u8 all forms, u8 all frames. For each frame 'F': u32 number, f64 seconds, u8 quality, u8 count, count × 4 × i64; at the end one
 * 'E': u32 -err, text reason, u8 cut, u8 stopped. */
struct hashing {
	float *luma, *room;
	bool dihedral;
	int out, quality;
	struct pdq hashes[PDQ_DIHEDRALS];
	struct buf b;
};

static enum err frame_hash(void *context, struct picture *p, const struct animation_frame *f)
{
	struct hashing *h = context;
	int forms = h->dihedral ? PDQ_DIHEDRALS : 1;
	if (!f->same)
		pdq_hash(h->luma, h->room, p->columns, p->rows, h->dihedral, h->hashes, &h->quality);
	size_t mark = wire_begin(&h->b, 'F');
	wire_u32(&h->b, f->number);
	wire_real(&h->b, f->at);
	wire_u8(&h->b, (uint8_t)h->quality);
	wire_u8(&h->b, (uint8_t)forms);
	for (int i = 0; i < forms; i++)
		for (int k = 0; k < 4; k++)
			wire_i64(&h->b, (int64_t)h->hashes[i].words[k]);
	wire_end(&h->b, mark);
	return wire_write(h->out, &h->b) ? OK : ERR_IO;
}

static int hash_worker(const void *job, size_t size, const int *fds, int count, int out)
{
	struct span order = span_of(job, size);
	enum picture_mode mode = (enum picture_mode)span_u8(&order);
	struct hashing h = { .out = out };
	struct stat st;
	h.dihedral = span_u8(&order);
	bool frames = span_u8(&order), stopped = false;
	if (!span_ok(&order) || count != 1 || fstat(fds[0], &st) != 0)
		return 3;
	size_t bytes = (size_t)st.st_size, samples = (size_t)PDQ_SIDE_MOST * PDQ_SIDE_MOST;
	void *map = bytes ? mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fds[0], 0) : NULL;
	struct picture p = { 0 };
	enum err e = ERR_NOMEM;
	h.luma = malloc(2 * samples * sizeof *h.luma);
	if (map != MAP_FAILED && h.luma) {
		h.room = h.luma + samples;
		if (frames)
			e = animation_read(span_of(map, bytes), h.luma, mode, NULL, frame_hash, &h, &p, &stopped);
		else
			e = picture_read(span_of(map, bytes), h.luma, mode, &p);
		if (!e && !frames)
			e = frame_hash(&h, &p, &(struct animation_frame){ 0 });
	}
	size_t mark = wire_begin(&h.b, 'E');
	wire_u32(&h.b, (uint32_t)-e);
	wire_string(&h.b, e ? err_message() : NULL);
	wire_u8(&h.b, p.cut);
	wire_u8(&h.b, stopped);
	wire_end(&h.b, mark);
	return wire_write(out, &h.b) ? 0 : 4;
}

/* --- outside --- */

struct asked {
	enum picture_mode mode;
	bool dihedral, frames;
};

struct work {
	const struct asked *asked;
	const char *path;
	char sha256[65];
	bool started;
	int out;
	uint32_t id;
	/* what came back */
	bool answered, cut, stopped;
	char reason[400];
	uint32_t frames;
};

static bool stop_asked(void *context) { return (void)context, atomic_load(&cancelled); }

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

/* Without a frame `hash` is "-". */
static void line_print(const struct work *w, const char *hash, const char *quality, uint32_t frame, double at, const char *form)
{
	struct buf line = { 0 }, safe = { 0 };
	if (strpbrk(w->path, "\n\r\\"))
		buf_char(&line, '\\');
	buf_printf(&line, "%s  %-64s  %3s  ", w->sha256, hash, quality);
	if (w->asked->frames && *hash == '-')
		buf_printf(&line, "%5s  %9s  ", "-", "-");
	else if (w->asked->frames)
		buf_printf(&line, "%5u  %9.3f  ", frame, at);
	buf_printf(&line, "%s%s", form, *form ? "  " : "");
	name_print(&line, w->path);
	/* On a terminal nothing in a name steers it. */
	if (isatty(STDOUT_FILENO) && line.data)
		table_safe(&safe, line.data, line.size);
	puts(safe.data ? safe.data : line.data ? line.data : "");
	buf_free(&line);
	buf_free(&safe);
}

/* A frame's lines are printed as it comes: there may be many. */
static enum err frame_take(void *context, char type, struct span s)
{
	struct work *w = context;
	const char *reason;
	struct pdq hashes[PDQ_DIHEDRALS];
	char hex[PDQ_HEX], quality_text[8];
	size_t size;
	if (type == 'F' && !w->answered) {
		uint32_t number = span_le32(&s);
		uint64_t bits = span_le64(&s);
		unsigned quality = span_u8(&s);
		int count = span_u8(&s);
		double at;
		memcpy(&at, &bits, sizeof at);
		if (count != (w->asked->dihedral ? PDQ_DIHEDRALS : 1) || quality > 100 || number != w->frames || (number && !w->asked->frames) || !(at >= 0 && at < 1e9))
			return err_set(ERR_FORMAT, "the parser sent nonsense");
		for (int i = 0; i < count; i++)
			for (int k = 0; k < 4; k++)
				hashes[i].words[k] = span_le64(&s);
		if (!span_ok(&s) || span_left(&s))
			return err_set(ERR_FORMAT, "the parser sent nonsense");
		w->frames++;
		snprintf(quality_text, sizeof quality_text, "%u", quality);
		for (int i = 0; i < count; i++) {
			pdq_hex(&hashes[i], hex);
			line_print(w, hex, quality_text, number, at, w->asked->dihedral ? pdq_form_name((enum pdq_form)i) : "");
		}
		return ferror(stdout) ? err_errno("cannot write") : OK;
	}
	uint32_t failed = span_le32(&s);
	if (type != 'E' || w->answered || !wire_take_text(&s, &reason, &size))
		return err_set(ERR_FORMAT, "the parser sent nonsense");
	w->cut = span_u8(&s);
	w->stopped = span_u8(&s);
	if (!span_ok(&s) || span_left(&s) || (!failed && !w->frames))
		return err_set(ERR_FORMAT, "the parser sent nonsense");
	snprintf(w->reason, sizeof w->reason, "%.*s", (int)(size < 300 ? size : 300), reason ? reason : "");
	w->answered = true;
	return OK;
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
static enum err work_end(struct sandbox *box, struct work *w)
{
	struct sandbox_result result = { 0 };
	struct worker_limits limits = worker_limits_of(0, 0);
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
	if (!w->frames)
		line_print(w, "-", "-", 0, 0, w->asked->dihedral ? "-" : "");
	if (!w->frames || w->reason[0])
		told(w->path, w->reason);
	else if (w->cut)
		told(w->path, "damaged: what could be decoded was hashed");
	if (w->stopped)
		told(w->path, "has more frames than are read: what follows was not hashed");
	return ferror(stdout) ? err_errno("cannot write") : OK;
}

static enum err hash_all(struct sandbox *box, char **paths, int count, const struct asked *asked, int *ret_unread)
{
	const unsigned char job[3] = { (unsigned char)asked->mode, asked->dihedral, asked->frames };
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int room = cores < 1 ? 2 : cores > AT_WORK_MOST / 2 ? AT_WORK_MOST : (int)cores * 2, first = 0;
	struct work *works = calloc(AT_WORK_MOST, sizeof *works);
	enum err e = works ? OK : ERR_NOMEM;
	/* A ring: lines come in the order of the arguments. */
	for (int next = 0; !e && first < count;) {
		if (next < count && next - first < room) {
			struct work *w = &works[next % AT_WORK_MOST];
			int fd = -1;
			*w = (struct work){ .asked = asked, .path = paths[next++], .out = -1 };
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
			e = work_end(box, w);
		w->started = false;
	}
	free(works);
	return e;
}

int cmd_hash(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = {
		{ "dihedral", no_argument, NULL, OPT_DIHEDRAL }, { "frames", no_argument, NULL, OPT_FRAMES }, { "triage", no_argument, NULL, OPT_TRIAGE }, { 0 },
	};
	static sandbox_fn *const fns[] = { hash_worker };
	struct asked asked = { .mode = PICTURE_EXACT };
	int opt, unread = 0;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt == OPT_DIHEDRAL)
			asked.dihedral = true;
		else if (opt == OPT_FRAMES)
			asked.frames = true;
		else if (opt == OPT_TRIAGE)
			asked.mode = PICTURE_TRIAGE;
		else
			return cli_usage(c, "unknown option %s", argv[optind - 1]);
	}
	if (optind == argc)
		return cli_usage(c, "at least one file is to be named");
	struct sandbox *box = NULL;
	enum err e = sandbox_new(fns, 1, &box);
	cancel_on_signals();
	if (!e)
		e = hash_all(box, argv + optind, argc - optind, &asked, &unread);
	if (!e && fflush(stdout) != 0)
		e = err_errno("cannot write");
	sandbox_free(box);
	return e ? cli_fail(e) : unread ? EXIT_FAILED : EXIT_OK;
}
