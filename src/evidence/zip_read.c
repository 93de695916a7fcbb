/* Reading zip entries: small ones whole through libdeflate, large ones in pieces through ISA-L, so that memory stays bounded.
 *
 * Both go through buffers that the thread keeps. An entry that libdeflate refuses is read again in pieces: that delivers what can be
 * decompressed before the damage. */
#include <inttypes.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>

#include "evidence/work.h"
#include "evidence/zip.h"

enum {
	PIECE = 256 * 1024,
	SMALL_MOST = 16 << 20, /* both ways */
	SLACK = 512,           /* local names and extra fields are rarely longer, so that one read gets header and data */
};

struct output {
	const struct entry *e;
	struct zip_how how;
	evidence_sink *sink;
	void *context;
	uint64_t total, limit;
	uint32_t crc;
};

static enum err deliver(struct output *o, const uint8_t *bytes, size_t size)
{
	uint64_t left = o->limit - o->total;
	size_t give = size < left ? size : (size_t)left;
	if (give) {
		if (o->how.has_crc)
			o->crc = libdeflate_crc32(o->crc, bytes, give);
		o->total += give;
		enum err x = o->sink(o->context, bytes, give);
		if (x)
			return x;
	}
	if (give < size)
		return err_set(ERR_LIMIT, "%s (offset %" PRIu64 ") has more than its stated %" PRIu64 " bytes", o->e->path, o->e->number,
			       o->limit);
	return OK;
}

/* The checks when all is delivered. */
static enum err finish(struct output *o, bool mac_good)
{
	const struct entry *e = o->e;
	if (!o->how.measuring && o->total < e->size)
		return err_set(ERR_TRUNCATED, "%s (offset %" PRIu64 ") ends at %" PRIu64 " of %" PRIu64 " bytes", e->path, e->number, o->total,
			       e->size);
	if (!mac_good)
		return err_set(ERR_CHANGED, "%s (offset %" PRIu64 "): its authentication code is wrong", e->path, e->number);
	if (o->how.has_crc && o->crc != e->crc32)
		return err_set(ERR_CHANGED, "%s (offset %" PRIu64 "): CRC-32 is %08" PRIx32 ", stated %08" PRIx32, e->path, e->number, o->crc,
			       e->crc32);
	return OK;
}

static enum err not_readable(const struct container *c, const struct entry *e, struct zip_how how)
{
	if (how.refused == ZIP_OVERLAPS)
		return err_set(ERR_FORMAT, "%s (offset %" PRIu64 ") overlaps another entry: refused", e->path, e->number);
	if (how.refused == ZIP_NOT_THERE)
		return err_set(ERR_FORMAT, "%s: there is no entry at offset %" PRIu64 ", but another's data", e->path, e->number);
	if (how.cipher == ZIP_STRONG)
		return err_set(ERR_UNSUPPORTED, "%s is encrypted in a way that is not supported", e->path);
	if (how.cipher && !c->password)
		return err_set(ERR_PASSWORD, "%s is encrypted: a password is needed", e->path);
	if (how.method != 0 && how.method != 8)
		return err_set(ERR_UNSUPPORTED, "%s is compressed by method %u, which is not supported", e->path, how.method);
	if (e->stored < zip_crypt_head(how) + zip_crypt_tail(how))
		return err_set(ERR_FORMAT, "%s (offset %" PRIu64 ") is too short to be encrypted", e->path, e->number);
	return OK;
}

/* Bytes from the local header to the data. */
static enum err local_size(const struct entry *e, const uint8_t *bytes, size_t got, uint32_t *ret)
{
	struct span s = span_of(bytes, got);
	if (got < ZIP_LOCAL)
		return err_set(ERR_TRUNCATED, "%s: the zip ends before its offset %" PRIu64, e->path, e->number);
	if (!span_match(&s, ZIP_LOCAL_MAGIC, 4))
		return err_set(ERR_FORMAT, "%s: there is no entry at offset %" PRIu64, e->path, e->number);
	span_seek(&s, 26);
	uint32_t name = span_le16(&s);
	*ret = ZIP_LOCAL + name + span_le16(&s);
	return OK;
}

/* --- whole --------------------------------------------------------------------------------------------------------------------------- */

/* All stored bytes, decrypted, as *ret_data; or *ret_again: better in pieces. */
static enum err small_load(const struct container *c, struct work *w, struct output *o, uint8_t **ret_data, size_t *ret_size,
			   bool *ret_mac_good, bool *ret_again)
{
	const struct entry *e = o->e;
	size_t stored = (size_t)e->stored, got;
	uint32_t before;
	if (!work_room(&w->in, &w->in_room, stored + SLACK) || !work_room(&w->out, &w->out_room, (size_t)e->size + 1))
		return err_set(ERR_NOMEM, "out of memory for %s", e->path);
	enum err x = file_read_some(c->source.fd, w->in, stored + SLACK, e->number, &got);
	if (!x)
		x = local_size(e, w->in, got, &before);
	if (x)
		return x;
	uint8_t *data = w->in + before;
	if (before + stored > got) { /* a long name, or cut off */
		x = file_read_some(c->source.fd, w->in, stored, e->number + before, &got);
		data = w->in;
		*ret_again = got < stored;
	}
	if (!x && !*ret_again && o->how.cipher) {
		struct zip_crypt *k;
		size_t head = zip_crypt_head(o->how), tail = zip_crypt_tail(o->how);
		x = zip_crypt_new(o->how, c->password, data, e->path, &k);
		data += head;
		stored -= head + tail;
		if (!x) {
			x = zip_crypt_update(k, data, stored);
			*ret_mac_good = zip_crypt_good(k, data + stored);
			zip_crypt_free(k);
		}
	}
	*ret_data = data;
	*ret_size = stored;
	return x;
}

static enum err read_whole(const struct container *c, struct work *w, struct output *o, bool *ret_again)
{
	uint8_t *data;
	size_t stored;
	bool mac_good = true;
	enum err x = small_load(c, w, o, &data, &stored, &mac_good, ret_again);
	if (x || *ret_again)
		return x;
	if (o->how.method == 8) {
		size_t used, made;
		if (libdeflate_deflate_decompress_ex(w->inflater, data, stored, w->out, (size_t)o->e->size, &used, &made) != LIBDEFLATE_SUCCESS) {
			*ret_again = true;
			return OK;
		}
		data = w->out;
		stored = made;
	}
	x = deliver(o, data, stored);
	return x ? x : finish(o, mac_good);
}

/* --- in pieces ----------------------------------------------------------------------------------------------------------------------- */

struct input {
	int fd;
	uint64_t at, left;
	struct zip_crypt *crypt;
};

/* Up to PIECE bytes, decrypted, into `bytes`; none at the end. */
static enum err input_next(struct input *in, uint8_t *bytes, size_t *ret_size)
{
	size_t want = in->left < PIECE ? (size_t)in->left : PIECE;
	enum err x = file_read_some(in->fd, bytes, want, in->at, ret_size);
	in->at += *ret_size;
	in->left -= *ret_size;
	if (*ret_size < want)
		in->left = 0; /* the file ends here */
	return x || !in->crypt ? x : zip_crypt_update(in->crypt, bytes, *ret_size);
}

static enum err copy_pieces(struct input *in, struct work *w, struct output *o)
{
	enum err x = OK;
	for (size_t n = 1; !x && n;) {
		x = input_next(in, w->in, &n);
		if (!x && n)
			x = deliver(o, w->in, n);
	}
	return x;
}

static enum err inflate_pieces(struct input *in, struct work *w, struct output *o)
{
	struct inflate_state *s = w->stream;
	isal_inflate_init(s);
	s->crc_flag = ISAL_DEFLATE;
	for (;;) {
		if (!s->avail_in) {
			size_t n;
			enum err x = input_next(in, w->in, &n);
			if (x)
				return x;
			s->next_in = w->in;
			s->avail_in = (uint32_t)n;
		}
		bool last = !s->avail_in;
		s->next_out = w->out;
		s->avail_out = PIECE;
		int r = isal_inflate(s);
		size_t made = PIECE - s->avail_out;
		enum err x = made ? deliver(o, w->out, made) : OK;
		if (x)
			return x;
		if (r < 0)
			return err_set(ERR_FORMAT, "%s: its compressed data is damaged near offset %" PRIu64 " (%" PRIu64 " bytes came out)%s", o->e->path,
				       in->at - s->avail_in, o->total, o->how.cipher == ZIP_CRYPTO ? ", or the password is wrong" : "");
		if (s->block_state == ISAL_BLOCK_FINISH)
			break;
		if (last && !made)
			return err_set(ERR_TRUNCATED, "%s (offset %" PRIu64 ") ends at %" PRIu64 " of %" PRIu64 " bytes", o->e->path, o->e->number,
				       o->total, o->e->size);
	}
	/* What may lie behind the compressed data counts for the authentication code. */
	enum err x = OK;
	for (size_t n = 1; !x && n && in->crypt;)
		x = input_next(in, w->in, &n);
	return x;
}

static enum err read_pieces(const struct container *c, struct work *w, struct output *o)
{
	const struct entry *e = o->e;
	size_t head = zip_crypt_head(o->how), tail = zip_crypt_tail(o->how), got;
	uint32_t before;
	if (!work_room(&w->in, &w->in_room, PIECE) || !work_room(&w->out, &w->out_room, PIECE))
		return err_set(ERR_NOMEM, "out of memory for %s", e->path);
	enum err x = file_read_some(c->source.fd, w->in, ZIP_LOCAL, e->number, &got);
	if (!x)
		x = local_size(e, w->in, got, &before);
	if (x)
		return x;
	struct input in = { .fd = c->source.fd, .at = e->number + before + head, .left = e->stored - head - tail };
	uint64_t tail_at = in.at + in.left;
	if (head) {
		x = file_read(in.fd, w->in, head, e->number + before);
		x = x ? x : zip_crypt_new(o->how, c->password, w->in, e->path, &in.crypt);
	}
	if (!x)
		x = o->how.method == 8 ? inflate_pieces(&in, w, o) : copy_pieces(&in, w, o);
	uint8_t code[ZIP_CRYPT_TAIL] = { 0 };
	bool mac_good = true;
	if (!x && tail)
		mac_good = file_read(in.fd, code, tail, tail_at) == OK && zip_crypt_good(in.crypt, code);
	zip_crypt_free(in.crypt);
	if (x == ERR_TRUNCATED && !o->total && head)
		return err_set(x, "%s (offset %" PRIu64 "): the zip ends within it", e->path, e->number);
	return x ? x : finish(o, mac_good);
}

enum err zip_read(const struct container *c, const struct entry *e, evidence_sink *sink, void *context)
{
	struct output o = { .e = e, .how = zip_how(e), .sink = sink, .context = context, .limit = e->size };
	if (o.how.measuring)
		o.limit = UINT64_MAX;
	enum err x = not_readable(c, e, o.how);
	if (x)
		return x;
	struct work *w = work_take();
	if (!w)
		return err_set(ERR_NOMEM, "out of memory for %s", e->path);
	bool again = o.how.measuring || e->stored > SMALL_MOST || e->size > SMALL_MOST;
	if (!again)
		x = read_whole(c, w, &o, &again);
	if (again)
		x = read_pieces(c, w, &o);
	work_give(w);
	return x;
}
