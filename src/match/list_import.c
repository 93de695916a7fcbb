/* The parent's side of an import: takes what the sandboxed parser tells, checks it again, and writes. */
#include "match/list_import.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/time.h"
#include "match/list_parse.h"
#include "match/list_record.h"
#include "match/list_wire.h"
#include "sql/sql.h"

enum { PIECE = 256 << 10, SILENCE_MS = 600 * 1000, MEMORY = 512 << 20 };

enum err list_import_prepare(void)
{
	xmlInitParser();
	return sql_startup() ? err_set(ERR_SQL, "SQLite cannot be set up") : OK;
}

int list_import_formats(int index, const char **ret_name, const char **ret_about)
{
	if (index >= 0 && index < list_format_count) {
		*ret_name = list_formats[index].name;
		*ret_about = list_formats[index].about;
	}
	return list_format_count;
}

struct import {
	const struct list_import *order;
	struct list_import_told *told;
	struct list_writer *writer;
	EVP_MD_CTX *digest;
	uint8_t *piece;
	uint64_t all, before; /* bytes of all files, of those that are done */
	int format;           /* number, or -1 */
	char version[24];
	bool seen;            /* a file was read: its format and version hold for the rest */
	uint64_t usable;      /* entries with a hash that can be matched */
	bool failed, done, more;
	/* of the file that is read now */
	const char *path;
	int fd;
	uint64_t size, hashed, parsed;
};

static enum err nonsense(void) { return err_set(ERR_FORMAT, "the parser sent nonsense"); }

/* The file's bytes up to `to` into the digest: just behind the parser, while they are in memory. */
static enum err hash_to(struct import *m, uint64_t to)
{
	while (m->hashed < to) {
		size_t want = to - m->hashed < PIECE ? (size_t)(to - m->hashed) : PIECE;
		ssize_t n = pread(m->fd, m->piece, want, (off_t)m->hashed);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno("cannot read it");
		if (!n)
			return err_set(ERR_CHANGED, "it became shorter while it was read");
		EVP_DigestUpdate(m->digest, m->piece, (size_t)n);
		m->hashed += (uint64_t)n;
	}
	return OK;
}

static bool words_good(struct list_words w, size_t most)
{
	for (size_t i = 0; i < w.size; i++)
		if ((unsigned char)w.bytes[i] < ' ')
			return false;
	return w.size <= most;
}

static enum err records_take(struct import *m, struct span *s)
{
	struct list_record r = { 0 };
	uint32_t count = span_le32(s);
	enum err e = OK;
	for (uint32_t i = 0; !e && i < count; i++) {
		bool good = true;
		r.has = span_u8(s);
		r.keyed = span_u8(s);
		r.flags = span_le16(s);
		r.time = (int64_t)span_le64(s);
		for (int k = 0; k < LIST_KINDS; k++) {
			size_t size = list_kind_size((enum list_kind)k);
			const uint8_t *p = r.has & 1u << k ? span_bytes(s, size) : NULL;
			if (p)
				memcpy(r.hash[k], p, size);
		}
		for (int k = 0; k < LIST_WORDS; k++) {
			struct list_words *w = &r.words[k];
			good &= wire_take_text(s, &w->bytes, &w->size) && words_good(*w, k == LIST_CATEGORY ? LIST_CATEGORY_MOST : LIST_TEXT_MOST);
		}
		if (!good || !span_ok(s) || r.has >= 1u << LIST_KINDS || r.flags > (LIST_SUSPECTED << 1) - 1)
			return nonsense();
		e = list_writer_add(m->writer, &r);
		m->told->entries++;
		m->usable += r.has & ~(1u << LIST_PHOTODNA) && !(r.flags & LIST_TOMBSTONE);
	}
	return !e && span_left(s) ? nonsense() : e;
}

static enum err done_take(struct import *m, struct span *s)
{
	const char *version, *foreign;
	size_t version_size, foreign_size;
	struct list_import_told *t = m->told;
	int format = span_u8(s);
	bool good = wire_take_text(s, &version, &version_size) && version && version_size < sizeof m->version;
	m->more = span_u8(s);
	span_skip(s, 8);
	t->hashless += span_le64(s);
	t->foreign += span_le64(s);
	good = wire_take_text(s, &foreign, &foreign_size) && good && foreign && foreign_size < sizeof t->foreign_kind;
	t->photodna_other += span_le64(s);
	t->cut += span_le64(s);
	if (!good || !span_ok(s) || span_left(s) || format >= list_format_count || m->done)
		return nonsense();
	m->done = true;
	if (m->seen && (m->format != format || strncmp(m->version, version, version_size) != 0 || m->version[version_size]))
		return err_set(ERR_FORMAT, "it is %s %.*s, but the file before it is %s %s", list_formats[format].name, (int)version_size, version, list_formats[m->format].name, m->version);
	m->seen = true;
	m->format = format;
	memcpy(m->version, version, version_size);
	m->version[version_size] = 0;
	if (!t->foreign_kind[0])
		memcpy(t->foreign_kind, foreign, foreign_size);
	return OK;
}

static enum err frame_take(void *context, char type, struct span s)
{
	struct import *m = context;
	const char *reason;
	size_t size;
	if (m->failed || m->done)
		return nonsense();
	if (type == 'D')
		return records_take(m, &s);
	if (type == 'Z')
		return done_take(m, &s);
	if (type == 'P') {
		m->parsed = span_le64(&s);
		return !span_ok(&s) || m->parsed > m->size ? nonsense() : hash_to(m, m->parsed);
	}
	if (type == 'F') {
		uint32_t code = span_le32(&s);
		m->failed = true;
		if (!wire_take_text(&s, &reason, &size) || !reason || !code || code > 16)
			return nonsense();
		/* It may quote the list, which is not to steer the terminal it is shown on. */
		char plain[400];
		size = size < sizeof plain ? size : sizeof plain;
		for (size_t i = 0; i < size; i++)
			plain[i] = reason[i] >= ' ' && reason[i] < 0x7f ? reason[i] : '?';
		return err_set((enum err)-(int)code, "%.*s", (int)size, plain);
	}
	return nonsense();
}

static bool stop_asked(void *context)
{
	struct import *m = context;
	return m->order->progress && !m->order->progress(m->order->context, 0, (double)(m->before + m->parsed) / (double)(m->all + 1), m->told->entries);
}

static enum err file_parse(struct import *m, struct sandbox *box, int fn)
{
	uint8_t job = m->format < 0 ? LIST_WIRE_BY_CONTENT : (uint8_t)m->format;
	struct sandbox_limits limits = { .memory_bytes = MEMORY, .cpu_seconds = 60 + (uint32_t)(m->size >> 20) };
	struct sandbox_result result = { 0 };
	uint32_t id;
	int out;
	m->done = m->more = false;
	enum err e = sandbox_start(box, fn, &job, sizeof job, &m->fd, 1, &limits, &out, &id);
	if (e)
		return e;
	e = frames_read(out, SILENCE_MS, UINT64_MAX, frame_take, stop_asked, m);
	close(out);
	if (e)
		sandbox_kill(box, id);
	enum err ended = sandbox_wait(box, id, &result);
	if (!e && !m->done)
		e = err_set(ended ? ended : ERR_FORMAT, "the parser ended early: %s", result.reason);
	return e;
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static enum err file_take(struct import *m, struct sandbox *box, int fn, const char *path, bool last)
{
	struct stat before, after;
	enum err e = OK;
	m->path = path;
	m->parsed = m->hashed = 0;
	m->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* no waiting for a pipe's other end */
	if (m->fd < 0)
		return err_errno("cannot open it");
	if (fstat(m->fd, &before) != 0 || !S_ISREG(before.st_mode))
		e = err_set(ERR_FORMAT, "it is no file");
	else
		m->size = (uint64_t)before.st_size;
	if (!e)
		e = file_parse(m, box, fn);
	if (!e && m->more && last)
		e = err_set(ERR_TRUNCATED, "it says that another file follows it: name all files of the list, in order");
	if (!e)
		e = hash_to(m, m->size);
	if (!e && (fstat(m->fd, &after) != 0 || !same(&before, &after)))
		e = err_set(ERR_CHANGED, "it changed while it was read");
	close(m->fd);
	m->before += m->size;
	return e;
}

static enum err folder_make(const char *folder)
{
	char path[4096];
	if (snprintf(path, sizeof path, "%s", folder) >= (int)sizeof path)
		return err_set(ERR_USAGE, "the name of the lists' folder is too long");
	for (char *p = path + 1; *p; p++)
		if (*p == '/') {
			*p = 0;
			mkdir(path, 0700);
			*p = '/';
		}
	return mkdir(path, 0700) == 0 || errno == EEXIST ? OK : err_errno("cannot make the lists' folder %s", folder);
}

static bool write_told(void *context, double done)
{
	struct import *m = context;
	return !m->order->progress || m->order->progress(m->order->context, 1, done, m->told->entries);
}

static enum err list_finish(struct import *m)
{
	const struct list_import *o = m->order;
	unsigned char digest[32];
	char format[80];
	struct list_about about = { .name = o->name, .version = o->version, .source = o->source ? o->source : "", .country = o->country ? o->country : "",
				    .handling = o->handling ? o->handling : "", .format = format, .nature = o->nature, .imported_at = time_now(), .bytes = m->before };
	snprintf(format, sizeof format, "%s%s%s", list_formats[m->format].name, m->version[0] ? " " : "", m->version);
	EVP_DigestFinal_ex(m->digest, digest, NULL);
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(about.sha256 + 2 * i, 3, "%02x", digest[i]);
	return list_writer_end(m->writer, o->folder, m->told->path, &about, write_told, m);
}

enum err list_import(struct sandbox *box, int fn, const struct list_import *order, struct list_import_told *ret)
{
	struct import m = { .order = order, .told = ret, .format = -1 };
	struct stat st;
	*ret = (struct list_import_told){ .path = "" };
	enum err e = list_path(order->folder, order->name, order->version, ret->path, sizeof ret->path);
	if (!e && order->format) {
		const struct list_format *f = list_format_named(order->format);
		if (!f)
			return err_set(ERR_USAGE, "%s is no format of lists", order->format);
		m.format = (int)(f - list_formats);
	}
	if (!e && lstat(ret->path, &st) == 0)
		e = err_set(ERR_EXISTS, "there is a list %s@%s already: remove it first, or give this one another version", order->name, order->version);
	for (int i = 0; !e && i < order->file_count; i++)
		m.all += stat(order->files[i], &st) == 0 ? (uint64_t)st.st_size : 0;
	if (!e)
		e = folder_make(order->folder);
	if (!e)
		e = list_writer_new(order->scratch ? order->scratch : order->folder, &m.writer);
	m.piece = malloc(PIECE);
	m.digest = EVP_MD_CTX_new();
	if (!e && (!m.piece || !m.digest || EVP_DigestInit_ex(m.digest, EVP_sha256(), NULL) != 1))
		e = ERR_NOMEM;
	for (int i = 0; !e && i < order->file_count; i++) {
		e = file_take(&m, box, fn, order->files[i], i + 1 == order->file_count);
		if (e && e != ERR_CANCELLED && e != ERR_NOMEM) {
			char reason[600];
			snprintf(reason, sizeof reason, "%s", err_message());
			e = err_set(e, "%s: %s", order->files[i], reason);
		}
	}
	if (!e && !m.usable)
		e = err_set(ERR_FORMAT, "%s: no entry has a hash that can be matched%s%s", order->files[0], ret->foreign ? ", only others: " : "", ret->foreign_kind);
	if (!e)
		e = list_finish(&m);
	list_writer_free(m.writer);
	EVP_MD_CTX_free(m.digest);
	free(m.piece);
	return e;
}
