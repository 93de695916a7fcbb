#include "examine/resume.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

/* The file: 16 bytes of name, then blocks: u32 size, the first 16 bytes of the SHA-256 of what follows, and that: items of u8 type, u32 size, bytes.
 *
 *	'H' head      32 bytes resume_head_key; the first item
 *	'S' start     u64 device, u64 inode of the exhibit's unfinished file
 *	'F' file      u64 entry, 32 bytes SHA-256, u8 has MD5, 16 bytes MD5, u8 has SHA-1, 20 bytes SHA-1, text type by content; the rest: frames of the worker that read it as media
 *	'P' piece     u64 entry, whole frames of its worker's answer (wire.h)
 *	'J' answered  u64 entry, 32 bytes resume_job_key, u64 bytes of frames
 */
static const char name[16] = "custos resume 3\n";

enum { BLOCK_HEAD = 20, BLOCK_FULL = 256 << 10, BLOCK_MOST = WIRE_FRAME_MOST + 4 * BLOCK_FULL };

struct answer {
	uint64_t entry, block, size; /* where its first piece lies; bytes of frames */
	uint8_t key[32];
};

struct resume {
	struct examination *x;
	char *path, *part;
	int fd;
	uint64_t end; /* of the last good block */
	pthread_mutex_t lock; /* over `out`, `end` and the file's end */
	struct buf out;       /* items of the next block */
	struct buf frames;    /* of the answer at hand */
	uint64_t frames_entry, frames_size; /* whose it is; how many, written ones too */
	struct arena texts;
	struct answer *answers; /* sorted by entry once they are read */
	size_t answer_count, answer_room;
	/* while reading */
	uint64_t device, inode, piece_entry, piece_block, piece_size;
};

static enum err damaged(const struct resume *r, const char *what) { return err_set(ERR_FORMAT, "%s: %s: remove it, and begin anew", r->path, what); }

/* --- writing --- */

static enum err bytes_write(struct resume *r, const void *bytes, size_t size)
{
	const char *p = bytes;
	while (size) {
		ssize_t n = pwrite(r->fd, p, size, (off_t)r->end);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno("cannot write %s", r->path);
		p += n;
		size -= (size_t)n;
		r->end += (uint64_t)n;
	}
	return OK;
}

static bool check_of(const void *bytes, size_t size, uint8_t ret[32]) { return EVP_Digest(bytes, size, ret, NULL, EVP_sha256(), NULL) == 1; }

/* With the lock held. */
static enum err block_write(struct resume *r)
{
	struct buf head = { 0 };
	uint8_t check[32];
	if (!r->out.size)
		return OK;
	if (r->out.failed || !check_of(r->out.data, r->out.size, check))
		return err_set(ERR_NOMEM, "no memory for %s", r->path);
	wire_u32(&head, (uint32_t)r->out.size);
	buf_add(&head, check, 16);
	enum err e = head.failed ? ERR_NOMEM : bytes_write(r, head.data, head.size);
	if (!e)
		e = bytes_write(r, r->out.data, r->out.size);
	buf_free(&head);
	buf_clear(&r->out);
	return e;
}

static size_t item_begin(struct buf *b, char type)
{
	buf_char(b, type);
	wire_u32(b, 0);
	return b->size;
}

static void item_end(struct buf *b, size_t from)
{
	uint32_t size = (uint32_t)(b->size - from);
	for (int i = 0; !b->failed && i < 4; i++)
		b->data[from - 4 + (size_t)i] = (char)(size >> (8 * i));
}

/* An item of fixed form, with the lock taken here. `now`: it, and all before it, must be in the file. */
static enum err item_write(struct resume *r, char type, const struct buf *payload, bool now)
{
	if (payload->failed)
		return err_set(ERR_NOMEM, "no memory for %s", r->path);
	pthread_mutex_lock(&r->lock);
	size_t from = item_begin(&r->out, type);
	buf_add(&r->out, payload->data, payload->size);
	item_end(&r->out, from);
	enum err e = now || r->out.size >= BLOCK_FULL ? block_write(r) : OK;
	pthread_mutex_unlock(&r->lock);
	return e;
}

enum err resume_file(struct resume *r, size_t entry, const struct found *f)
{
	if (!r)
		return OK;
	struct buf b = { 0 };
	wire_i64(&b, (int64_t)entry);
	buf_add(&b, f->sha256, 32);
	wire_u8(&b, f->has_md5);
	buf_add(&b, f->md5, 16);
	wire_u8(&b, f->has_sha1);
	buf_add(&b, f->sha1, 20);
	wire_string(&b, f->content);
	buf_add(&b, f->answer.data, f->answer.size);
	enum err e = item_write(r, 'F', &b, false);
	buf_free(&b);
	return e;
}

static enum err pieces_write(struct resume *r, size_t entry)
{
	struct buf b = { 0 };
	if (!r->frames.size)
		return OK;
	wire_i64(&b, (int64_t)entry);
	buf_add(&b, r->frames.data, r->frames.size);
	b.failed |= r->frames.failed;
	enum err e = item_write(r, 'P', &b, false);
	buf_clear(&r->frames);
	buf_free(&b);
	return e;
}

enum err resume_frame(struct resume *r, size_t entry, char type, struct span payload)
{
	if (!r)
		return OK;
	if (entry != r->frames_entry || !r->frames_size) {
		buf_clear(&r->frames); /* of one that came to no good end */
		r->frames_entry = entry;
		r->frames_size = 0;
	}
	size_t mark = wire_begin(&r->frames, type), size = span_left(&payload);
	buf_add(&r->frames, span_bytes(&payload, size), size);
	wire_end(&r->frames, mark);
	r->frames_size += 5 + size;
	return r->frames.size >= BLOCK_FULL ? pieces_write(r, entry) : OK;
}

enum err resume_answered(struct resume *r, size_t entry, const uint8_t key[32])
{
	if (!r)
		return OK;
	struct buf b = { 0 };
	enum err e = pieces_write(r, entry);
	wire_i64(&b, (int64_t)entry);
	buf_add(&b, key, 32);
	wire_i64(&b, (int64_t)r->frames_size);
	if (!e)
		e = item_write(r, 'J', &b, true);
	buf_free(&b);
	r->frames_size = 0;
	return e;
}

/* --- reading --- */

/* The block at `at` into `b`. OK and an empty `b` at the end, and where what follows is not whole. */
static enum err block_read(const struct resume *r, uint64_t at, uint64_t size, struct buf *b)
{
	uint8_t head[BLOCK_HEAD], check[32];
	buf_clear(b);
	if (size - at < sizeof head || pread(r->fd, head, sizeof head, (off_t)at) != (ssize_t)sizeof head)
		return OK;
	struct span s = span_of(head, sizeof head);
	uint32_t bytes = span_le32(&s);
	if (!bytes || bytes > BLOCK_MOST || bytes > size - at - sizeof head)
		return OK;
	char *p = buf_reserve(b, bytes);
	if (!p)
		return err_set(ERR_NOMEM, "no memory for %s", r->path);
	for (size_t got = 0; got < bytes;) {
		ssize_t n = pread(r->fd, p + got, bytes - got, (off_t)(at + sizeof head + got));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? err_errno("cannot read %s", r->path) : OK;
		got += (size_t)n;
	}
	if (check_of(p, bytes, check) && memcmp(check, head + 4, 16) == 0)
		b->size = bytes;
	return OK;
}

static bool item_take(struct span *block, char *ret_type, struct span *ret)
{
	if (!span_left(block))
		return false;
	*ret_type = (char)span_u8(block);
	*ret = span_take(block, span_le32(block));
	return span_ok(block);
}

/* Types by content are few: each is kept once. */
static const char *type_copy(struct resume *r, const char *text, size_t size)
{
	static _Thread_local struct {
		const struct resume *of;
		const char *text;
	} last;
	if (!text)
		return NULL;
	if (last.of == r && last.text && strlen(last.text) == size && memcmp(last.text, text, size) == 0)
		return last.text;
	last.of = r;
	return last.text = arena_copy(&r->texts, text, size);
}

static enum err file_take(struct resume *r, struct span s)
{
	struct examination *x = r->x;
	struct found f = { .status = FOUND_READ, .kept = true };
	uint64_t entry = span_le64(&s);
	const void *sha256 = span_bytes(&s, 32);
	f.has_md5 = span_u8(&s);
	const void *md5 = span_bytes(&s, 16);
	f.has_sha1 = span_u8(&s);
	const void *sha1 = span_bytes(&s, 20);
	const char *type;
	size_t size;
	if (!wire_take_text(&s, &type, &size) || !sha256 || !md5 || !sha1 || entry >= x->entries || evidence_entry(x->evidence, entry)->type != ENTRY_FILE)
		return damaged(r, "a wrong file in it");
	if (x->found[entry].status != FOUND_NOT_YET)
		return OK;
	memcpy(f.sha256, sha256, 32);
	memcpy(f.md5, md5, 16);
	memcpy(f.sha1, sha1, 20);
	f.content = type_copy(r, type, size);
	size = span_left(&s);
	buf_add(&f.answer, span_bytes(&s, size), size);
	if (f.answer.failed)
		return err_set(ERR_NOMEM, "no memory for %s", r->path);
	enum err e = media_answer_put(x, &f);
	if (e)
		return e;
	f.content_at = x->found[entry].content_at;
	x->found[entry] = f;
	atomic_fetch_add(&x->files_done, 1);
	atomic_fetch_add(&x->bytes_done, evidence_entry(x->evidence, entry)->size);
	return OK;
}

static enum err answer_take(struct resume *r, struct span s)
{
	struct answer a = { .entry = span_le64(&s), .block = r->piece_block };
	const void *key = span_bytes(&s, 32);
	a.size = span_le64(&s);
	if (!span_ok(&s) || span_left(&s) || !key || a.entry >= r->x->entries)
		return damaged(r, "a wrong answer in it");
	if (a.entry != r->piece_entry || a.size != r->piece_size)
		return OK; /* not all of it came into the file */
	memcpy(a.key, key, 32);
	if (r->answer_count == r->answer_room) {
		size_t room = r->answer_room ? r->answer_room * 2 : 64;
		struct answer *more = realloc(r->answers, sizeof *more * room);
		if (!more)
			return err_set(ERR_NOMEM, "no memory for %s", r->path);
		r->answers = more;
		r->answer_room = room;
	}
	r->answers[r->answer_count++] = a;
	return OK;
}

static enum err block_take(struct resume *r, uint64_t at, struct span block, bool first, const uint8_t key[32])
{
	char type;
	struct span s;
	enum err e = OK;
	for (bool head = first; !e && item_take(&block, &type, &s); head = false) {
		const uint8_t *p;
		uint64_t entry;
		if (head && type != 'H')
			e = damaged(r, "it does not begin as it should");
		switch (e ? 0 : type) {
		case 'H':
			if (!(p = span_bytes(&s, 32)) || memcmp(p, key, 32) != 0)
				e = err_set(ERR_USAGE,
					    "%s is of another examination: the evidence, the options, the artifacts, the known lists or the program are not the same. Remove it to begin anew",
					    r->path);
			break;
		case 'S':
			r->device = span_le64(&s);
			r->inode = span_le64(&s);
			r->piece_entry = UINT64_MAX;
			break;
		case 'F':
			e = file_take(r, s);
			break;
		case 'P':
			entry = span_le64(&s);
			if (entry != r->piece_entry) {
				r->piece_entry = entry;
				r->piece_block = at;
				r->piece_size = 0;
			}
			r->piece_size += span_left(&s);
			break;
		case 'J':
			e = answer_take(r, s);
			r->piece_entry = UINT64_MAX;
			break;
		}
	}
	return e;
}

static int by_entry(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

/* All whole blocks; what a crash left behind them is cut off. */
static enum err log_read(struct resume *r, const uint8_t key[32])
{
	struct stat st;
	struct buf b = { .limit = BLOCK_MOST + 1 };
	char begin[sizeof name];
	if (fstat(r->fd, &st) != 0)
		return err_errno("cannot read %s", r->path);
	uint64_t size = (uint64_t)st.st_size;
	if (size && (pread(r->fd, begin, sizeof begin, 0) != (ssize_t)sizeof begin || memcmp(begin, name, sizeof begin) != 0))
		return damaged(r, "this is no record of an interrupted examination");
	enum err e = OK;
	r->end = size ? sizeof name : 0;
	r->piece_entry = UINT64_MAX;
	while (!e && r->end < size && !(e = block_read(r, r->end, size, &b)) && b.size) {
		e = block_take(r, r->end, span_of(b.data, b.size), r->end == sizeof name, key);
		r->end += BLOCK_HEAD + b.size;
	}
	buf_free(&b);
	if (r->answer_count)
		qsort(r->answers, r->answer_count, sizeof *r->answers, by_entry);
	if (!e && ftruncate(r->fd, (off_t)r->end) != 0)
		e = err_errno("cannot write %s", r->path);
	if (!e && !size)
		e = bytes_write(r, name, sizeof name);
	if (!e && r->end == sizeof name) {
		struct buf head = { 0 };
		buf_add(&head, key, 32);
		e = item_write(r, 'H', &head, true);
		buf_free(&head);
	}
	return e;
}

/* What a killed examination left: known by its inode, for the same name may be that of one that still runs. */
static void part_remove(const struct resume *r)
{
	struct stat st;
	if (r->inode && lstat(r->part, &st) == 0 && st.st_ino == r->inode && st.st_dev == r->device)
		unlink(r->part);
}

enum err resume_open(struct examination *x, struct resume **ret)
{
	uint8_t key[32];
	*ret = NULL;
	if (!x->o->resume)
		return OK;
	struct resume *r = calloc(1, sizeof *r);
	if (!r)
		return ERR_NOMEM;
	r->x = x;
	r->fd = -1;
	r->texts = arena_make(64 << 20);
	pthread_mutex_init(&r->lock, NULL);
	enum err e = asprintf(&r->path, "%s.resume", x->o->exhibit) < 0 || asprintf(&r->part, "%s.part", x->o->exhibit) < 0 || !resume_head_key(x, key) ? ERR_NOMEM : OK;
	if (!e && (r->fd = open(r->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		e = err_errno("cannot open %s", r->path);
	if (!e && flock(r->fd, LOCK_EX | LOCK_NB) != 0)
		e = err_set(ERR_EXISTS, "%s is in use: another examination writes it", r->path);
	if (!e)
		e = log_read(r, key);
	if (e) {
		resume_close(r, false);
		return e;
	}
	part_remove(r);
	*ret = r;
	return OK;
}

enum err resume_begin(struct resume *r)
{
	struct stat st;
	struct buf b = { 0 };
	if (!r)
		return OK;
	if (lstat(r->part, &st) != 0)
		return err_errno("cannot examine %s", r->part);
	wire_i64(&b, (int64_t)st.st_dev);
	wire_i64(&b, (int64_t)st.st_ino);
	enum err e = item_write(r, 'S', &b, true);
	buf_free(&b);
	return e;
}

void resume_close(struct resume *r, bool done)
{
	if (!r)
		return;
	if (done)
		unlink(r->path);
	else if (r->fd >= 0 && r->end)
		(void)block_write(r); /* what is lost here is read again */
	if (r->fd >= 0)
		close(r->fd);
	pthread_mutex_destroy(&r->lock);
	buf_free(&r->out);
	buf_free(&r->frames);
	arena_free(&r->texts);
	free(r->answers);
	free(r->path);
	free(r->part);
	free(r);
}

static const struct answer *answer_find(const struct resume *r, size_t entry)
{
	struct answer wanted = { .entry = entry };
	return r && r->answer_count ? bsearch(&wanted, r->answers, r->answer_count, sizeof wanted, by_entry) : NULL;
}

bool resume_has(const struct resume *r, size_t entry, const uint8_t key[32])
{
	const struct answer *a = answer_find(r, entry);
	return a && memcmp(a->key, key, 32) == 0;
}

enum err resume_replay(struct resume *r, size_t entry, wire_frame_fn *take, wire_stop_fn *stop, void *context)
{
	const struct answer *a = answer_find(r, entry);
	struct buf b = { .limit = BLOCK_MOST + 1 };
	uint64_t at = a ? a->block : 0, left = a ? a->size : 0;
	enum err e = OK;
	while (!e && left) {
		e = stop(context) ? ERR_CANCELLED : block_read(r, at, UINT64_MAX, &b);
		if (!e && !b.size)
			e = damaged(r, "it was changed");
		struct span block = span_of(b.data, b.size), s;
		char type;
		while (!e && left && item_take(&block, &type, &s)) {
			if (type != 'P' || span_le64(&s) != entry)
				continue;
			uint64_t size = span_left(&s);
			e = size <= left ? frames_each(s, take, context) : damaged(r, "it was changed");
			left -= size <= left ? size : 0;
		}
		at += BLOCK_HEAD + b.size;
	}
	buf_free(&b);
	return e;
}
