#include "cli/hashing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/quiet.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "evidence/content.h"
#include "examine/wire.h"
#include "media/animation.h"
#include "media/video.h"

enum { AT_WORK_MOST = 16, PIECE = 1 << 18 };

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

struct work {
	const struct hashing_order *order;
	hashing_frame_fn *frame;
	hashing_file_fn *file;
	void *context;
	struct hashed h;
	char reason[400];
	enum err told; /* by a callback */
	bool answered;
	int out;
	uint32_t id, number; /* number: the last frame's */
};

static bool stop_asked(void *context) { return (void)context, atomic_load(&cancelled); }

/* Digests of the whole, and the file ready for the worker. */
static enum err file_begin(struct work *w, int *ret_fd)
{
	const EVP_MD *kinds[] = { EVP_sha256(), EVP_md5(), EVP_sha1() };
	uint8_t *results[] = { w->h.sha256, w->h.md5, w->h.sha1 };
	EVP_MD_CTX *contexts[3] = { NULL };
	const int digests = w->order->digests ? 3 : 1;
	struct stat st;
	enum err e = OK;
	ssize_t n = 0;
	int fd = quiet_open(w->h.path, O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* no waiting for a pipe's other end */
	if (fd < 0)
		return err_errno("cannot open %s", w->h.path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		e = err_set(ERR_FORMAT, "%s is %s, not a file", w->h.path, S_ISDIR(st.st_mode) ? "a folder" : "something else");
	char *piece = e ? NULL : malloc(PIECE);
	if (!e && !piece)
		e = ERR_NOMEM;
	for (int i = 0; !e && i < digests; i++)
		if (!(contexts[i] = EVP_MD_CTX_new()) || EVP_DigestInit_ex(contexts[i], kinds[i], NULL) != 1)
			e = ERR_NOMEM;
	while (!e && ((n = read(fd, piece, PIECE)) > 0 || (n < 0 && errno == EINTR))) {
		if (n <= 0)
			continue;
		for (int i = 0; i < digests; i++)
			EVP_DigestUpdate(contexts[i], piece, (size_t)n);
		w->h.video = w->h.size ? w->h.video : video_container_of(span_of(piece, (size_t)n)) != VIDEO_UNKNOWN;
		w->h.size += (uint64_t)n;
	}
	if (!e && n < 0)
		e = err_errno("cannot read %s", w->h.path);
	for (int i = 0; i < 3; i++) {
		if (!e && contexts[i])
			EVP_DigestFinal_ex(contexts[i], results[i], NULL);
		EVP_MD_CTX_free(contexts[i]);
	}
	free(piece);
	if (e)
		close(fd);
	else
		*ret_fd = fd;
	return e;
}

static enum err nonsense(void) { return err_set(ERR_FORMAT, "the parser sent nonsense"); }

static enum err frame_read(struct work *w, struct span s)
{
	struct pdq hashes[PDQ_DIHEDRALS];
	uint32_t number = span_le32(&s);
	uint64_t bits = span_le64(&s);
	unsigned quality = span_u8(&s);
	int count = span_u8(&s);
	double at;
	memcpy(&at, &bits, sizeof at);
	/* Key frames have the numbers that they have among all. */
	bool next = w->h.video && w->order->keys ? !w->h.frames || number > w->number : number == w->h.frames;
	if (count != (w->order->dihedral && !w->h.video ? PDQ_DIHEDRALS : 1) || quality > 100 || !next || (number && !w->order->frames) || !(at >= 0 && at < 1e9))
		return nonsense();
	for (int i = 0; i < count; i++)
		for (int k = 0; k < 4; k++)
			hashes[i].words[k] = span_le64(&s);
	if (!span_ok(&s) || span_left(&s))
		return nonsense();
	w->h.frames++;
	w->number = number;
	return w->told = w->frame(w->context, &w->h, number, at, (int)quality, hashes, count);
}

/* A frame is handed on as it comes: there may be many. */
static enum err frame_take(void *context, char type, struct span s)
{
	struct work *w = context;
	const char *reason;
	size_t size;
	if (type == 'F' && !w->answered)
		return frame_read(w, s);
	uint32_t failed = span_le32(&s);
	if (type != 'E' || w->answered || !wire_take_text(&s, &reason, &size))
		return nonsense();
	w->h.cut = span_u8(&s);
	w->h.stopped = span_u8(&s);
	if (!span_ok(&s) || span_left(&s) || (!failed && !w->h.frames))
		return nonsense();
	snprintf(w->reason, sizeof w->reason, "%.*s", (int)(size < 300 ? size : 300), reason ? reason : "");
	w->answered = true;
	return OK;
}

static enum err work_end(struct sandbox *box, struct work *w)
{
	struct sandbox_result result = { 0 };
	struct worker_limits limits = worker_limits_of(0, 0);
	enum err e = wire_read(w->out, &limits, frame_take, stop_asked, w);
	close(w->out);
	w->out = -1;
	if (e && !w->reason[0])
		snprintf(w->reason, sizeof w->reason, "%s", err_message());
	if (e)
		sandbox_kill(box, w->id);
	if (sandbox_wait(box, w->id, &result) == OK && !w->answered && !e)
		snprintf(w->reason, sizeof w->reason, "the decoder ended early: %s", result.reason);
	if (w->told || e == ERR_CANCELLED)
		return w->told ? w->told : e;
	return w->file(w->context, &w->h);
}

static enum err work_start(struct sandbox *box, struct work *w, int fd)
{
	uint64_t mib = w->h.size >> 20;
	/* A second of CPU for each MiB of video is several times what decoding takes; the reader itself ends some seconds earlier, and says so. */
	uint32_t cpu_seconds = 120 + (uint32_t)(mib < 86400 ? mib : 86400);
	struct sandbox_limits limits = { .memory_bytes = (2ull << 30) + w->h.size, .cpu_seconds = cpu_seconds };
	struct buf job = { 0 };
	buf_char(&job, (char)w->order->mode);
	buf_char(&job, w->order->dihedral);
	buf_char(&job, w->order->frames);
	buf_char(&job, w->order->keys);
	wire_u32(&job, cpu_seconds - 10);
	enum err e = job.failed ? ERR_NOMEM : sandbox_start(box, 0, job.data, job.size, &fd, 1, w->h.video ? &limits : NULL, &w->out, &w->id);
	buf_free(&job);
	return e;
}

enum err hashing_run(struct sandbox *box, char *const *paths, int count, const struct hashing_order *order, hashing_frame_fn *frame, hashing_file_fn *file, void *context)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int room = cores < 1 ? 2 : cores > AT_WORK_MOST / 2 ? AT_WORK_MOST : (int)cores * 2, first = 0;
	struct work *works = calloc(AT_WORK_MOST, sizeof *works);
	enum err e = works ? OK : ERR_NOMEM;
	/* A ring: results come in the order of the names. */
	for (int next = 0; !e && first < count;) {
		if (next < count && next - first < room) {
			struct work *w = &works[next % AT_WORK_MOST];
			int fd = -1;
			*w = (struct work){ .order = order, .frame = frame, .file = file, .context = context, .h.path = paths[next++], .out = -1 };
			w->h.reason = w->reason;
			if (file_begin(w, &fd)) {
				w->h.unread = true;
				snprintf(w->reason, sizeof w->reason, "%s", err_message());
				continue;
			}
			e = work_start(box, w, fd);
			close(fd);
			continue;
		}
		struct work *w = &works[first++ % AT_WORK_MOST];
		e = w->h.unread ? file(context, &w->h) : work_end(box, w);
	}
	free(works);
	return e;
}

/* Whether one of the files is a video: what decodes it is loaded before the sandbox. */
static bool video_among(char *const *paths, int count)
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

enum err hashing_prepare(char *const *paths, int count, bool frames, struct sandbox **ret, char *ret_why)
{
	static sandbox_fn *const fns[] = { hash_worker };
	if (ret_why)
		*ret_why = 0;
	if (frames && video_among(paths, count) && video_prepare() && ret_why)
		snprintf(ret_why, 400, "%s", err_message());
	return sandbox_new(fns, 1, ret);
}
