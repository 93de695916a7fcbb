/* A line for each file: SHA-256, perceptual hash, quality, path. Pictures and videos are decoded in the sandbox, several at a time. */
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
#include "evidence/content.h"
#include "examine/wire.h"
#include "media/animation.h"
#include "media/video.h"

enum { OPT_DIHEDRAL = 256, OPT_FRAMES, OPT_KEYS, OPT_TRIAGE, AT_WORK_MOST = 16, PIECE = 1 << 18 };

/* --- in the sandbox --- */

/* The job: u8 mode, u8 all forms, u8 all frames, u8 key frames, u32 seconds of CPU for a video. For each frame 'F': u32 number, f64 seconds, u8 quality, u8 count, count × 4 × i64; at the end one
 * 'E': u32 -err, text reason, u8 cut, u8 stopped. */
struct hashing {
	float *luma, *room;
	bool dihedral;
	int out, quality;
	struct pdq hashes[PDQ_DIHEDRALS];
	struct buf b;
};

static bool frame_send(struct hashing *h, uint32_t number, double at, int quality, const struct pdq *hashes, int forms)
{
	size_t mark = wire_begin(&h->b, 'F');
	wire_u32(&h->b, number);
	wire_real(&h->b, at);
	wire_u8(&h->b, (uint8_t)quality);
	wire_u8(&h->b, (uint8_t)forms);
	for (int i = 0; i < forms; i++)
		for (int k = 0; k < 4; k++)
			wire_i64(&h->b, (int64_t)hashes[i].words[k]);
	wire_end(&h->b, mark);
	return wire_write(h->out, &h->b);
}

static enum err frame_hash(void *context, struct picture *p, const struct animation_frame *f)
{
	struct hashing *h = context;
	if (!f->same)
		pdq_hash(h->luma, h->room, p->columns, p->rows, h->dihedral, h->hashes, &h->quality);
	return frame_send(h, f->number, f->at, h->quality, h->hashes, h->dihedral ? PDQ_DIHEDRALS : 1) ? OK : ERR_IO;
}

static bool video_frame_hash(void *context, const struct video_frame *f)
{
	return f->number <= UINT32_MAX && frame_send(context, (uint32_t)f->number, f->at, f->quality, &f->hash, 1);
}

/* Nothing is decoded unless frames are asked for: a video has no one hash. `ret_why`: what is to be said of it. */
static enum err video_hash(struct hashing *h, struct span bytes, bool frames, bool keys, uint32_t cpu_seconds, char *ret_why, size_t why_size)
{
	const struct video_limits limits = { .cpu_seconds = cpu_seconds };
	struct video v;
	if (!frames)
		return err_set(ERR_UNSUPPORTED, "a video (%s): its frames are hashed with --frames", video_container_name(video_container_of(bytes)));
	enum err e = video_read(bytes, keys ? VIDEO_KEYS : VIDEO_EXACT, &limits, video_frame_hash, h, &v);
	struct buf why = { 0 };
	buf_text(&why, v.cut);
	if (v.mended)
		buf_printf(&why, "%sdamaged: %llu frames are as the decoder mended them", why.size ? "; " : "", (unsigned long long)v.mended);
	if (v.hidden)
		buf_printf(&why, "%s%llu frames are in the file that its edit list does not show", why.size ? "; " : "", (unsigned long long)v.hidden);
	if (!e && why.size)
		snprintf(ret_why, why_size, "%.*s", (int)why.size, why.data);
	buf_free(&why);
	return e;
}

static int hash_worker(const void *job, size_t size, const int *fds, int count, int out)
{
	struct span order = span_of(job, size);
	enum picture_mode mode = (enum picture_mode)span_u8(&order);
	struct hashing h = { .out = out };
	struct stat st;
	h.dihedral = span_u8(&order);
	bool frames = span_u8(&order), keys = span_u8(&order), stopped = false;
	uint32_t cpu_seconds = span_le32(&order);
	char why[300] = "";
	if (!span_ok(&order) || count != 1 || fstat(fds[0], &st) != 0)
		return 3;
	size_t bytes = (size_t)st.st_size, samples = (size_t)PDQ_SIDE_MOST * PDQ_SIDE_MOST;
	void *map = bytes ? mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fds[0], 0) : NULL;
	struct picture p = { 0 };
	enum err e = ERR_NOMEM;
	h.luma = malloc(2 * samples * sizeof *h.luma);
	if (map != MAP_FAILED && h.luma) {
		struct span all = span_of(map, bytes);
		h.room = h.luma + samples;
		if (video_container_of(all) != VIDEO_UNKNOWN)
			e = video_hash(&h, all, frames, keys, cpu_seconds, why, sizeof why);
		else if (frames)
			e = animation_read(all, h.luma, mode, NULL, frame_hash, &h, &p, &stopped);
		else
			e = picture_read(all, h.luma, mode, &p);
		if (!e && !frames)
			e = frame_hash(&h, &p, &(struct animation_frame){ 0 });
	}
	size_t mark = wire_begin(&h.b, 'E');
	wire_u32(&h.b, (uint32_t)-e);
	wire_string(&h.b, e ? err_message() : why[0] ? why : NULL);
	wire_u8(&h.b, p.cut);
	wire_u8(&h.b, stopped);
	wire_end(&h.b, mark);
	return wire_write(out, &h.b) ? 0 : 4;
}

/* --- outside --- */

struct asked {
	enum picture_mode mode;
	bool dihedral, frames, keys;
};

struct work {
	const struct asked *asked;
	const char *path;
	char sha256[65];
	bool started, video;
	uint64_t size;
	int out;
	uint32_t id;
	/* what came back */
	bool answered, cut, stopped;
	char reason[400];
	uint32_t frames, number; /* how many came, the last one's */
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
	while (!e && ((n = read(fd, piece, PIECE)) > 0 || (n < 0 && errno == EINTR))) {
		if (n <= 0)
			continue;
		EVP_DigestUpdate(c, piece, (size_t)n);
		w->video = w->size ? w->video : video_container_of(span_of(piece, (size_t)n)) != VIDEO_UNKNOWN;
		w->size += (uint64_t)n;
	}
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
	if (w->asked->keys)
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
		/* Key frames have the numbers that they have among all. */
		bool next = w->video && w->asked->keys ? !w->frames || number > w->number : number == w->frames;
		if (count != (w->asked->dihedral && !w->video ? PDQ_DIHEDRALS : 1) || quality > 100 || !next || (number && !w->asked->frames) || !(at >= 0 && at < 1e9))
			return err_set(ERR_FORMAT, "the parser sent nonsense");
		for (int i = 0; i < count; i++)
			for (int k = 0; k < 4; k++)
				hashes[i].words[k] = span_le64(&s);
		if (!span_ok(&s) || span_left(&s))
			return err_set(ERR_FORMAT, "the parser sent nonsense");
		w->frames++;
		w->number = number;
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

static enum err work_start(struct sandbox *box, struct work *w, int fd)
{
	uint64_t mib = w->size >> 20;
	/* A second of CPU for each MiB of video is several times what decoding takes; the reader itself ends some seconds earlier, and says so. */
	uint32_t cpu_seconds = 120 + (uint32_t)(mib < 86400 ? mib : 86400);
	struct sandbox_limits limits = { .memory_bytes = (2ull << 30) + w->size, .cpu_seconds = cpu_seconds };
	struct buf job = { 0 };
	buf_char(&job, (char)w->asked->mode);
	buf_char(&job, w->asked->dihedral);
	buf_char(&job, w->asked->frames);
	buf_char(&job, w->asked->keys);
	wire_u32(&job, cpu_seconds - 10);
	enum err e = job.failed ? ERR_NOMEM : sandbox_start(box, 0, job.data, job.size, &fd, 1, w->video ? &limits : NULL, &w->out, &w->id);
	w->started = !e;
	buf_free(&job);
	return e;
}

static enum err hash_all(struct sandbox *box, char **paths, int count, const struct asked *asked, int *ret_unread)
{
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
			e = work_start(box, w, fd);
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

/* Whether one of the files is a video: what decodes it is loaded before the sandbox. */
static bool video_among(char **paths, int count)
{
	bool found = false;
	for (int i = 0; i < count && !found; i++) {
		char head[CONTENT_HEAD];
		struct stat st;
		int fd = quiet_open(paths[i], O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		ssize_t n = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, head, sizeof head) : 0;
		found = n > 0 && video_container_of(span_of(head, (size_t)n)) != VIDEO_UNKNOWN;
		if (fd >= 0)
			close(fd);
	}
	return found;
}

int cmd_hash(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = {
		{ "dihedral", no_argument, NULL, OPT_DIHEDRAL }, { "frames", no_argument, NULL, OPT_FRAMES }, { "keys", no_argument, NULL, OPT_KEYS },
		{ "triage", no_argument, NULL, OPT_TRIAGE }, { 0 },
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
		else if (opt == OPT_KEYS)
			asked.frames = asked.keys = true;
		else if (opt == OPT_TRIAGE)
			asked.mode = PICTURE_TRIAGE;
		else
			return cli_usage(c, "unknown option %s", argv[optind - 1]);
	}
	if (optind == argc)
		return cli_usage(c, "at least one file is to be named");
	if (asked.frames && video_among(argv + optind, argc - optind) && video_prepare())
		told(NULL, err_message());
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
