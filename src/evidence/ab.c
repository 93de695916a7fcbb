/* An Android backup (`adb backup`): a tar, compressed, perhaps encrypted. It is unpacked once, into an unlinked scratch
 * file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/ab_keys.h"
#include "evidence/container.h"

enum { PIECE = 256 * 1024 };
/* Bytes of tar that are unpacked at most: more than any phone's storage, less than a bomb wants. */
#define TAR_MOST ((uint64_t)1 << 40)

struct ab {
	int fd; /* the tar */
	struct ab_keys keys;
};

/* Names in the tar are apps/PACKAGE/TOKEN/… ; where the token's folder is on the phone. A token that is not here (k:
 * key-value pairs; _manifest, _meta) keeps its name. The same table stands in docs/formats/android-backup.md. */
static const struct token {
	const char *token, *before, *after; /* before PACKAGE after */
} tokens[] = {
	{ "a", "data/app/", "/" },
	{ "c", "data/data/", "/cache/" },
	{ "d_c", "data/user_de/0/", "/cache/" },
	{ "d_db", "data/user_de/0/", "/databases/" },
	{ "d_f", "data/user_de/0/", "/files/" },
	{ "d_nb", "data/user_de/0/", "/no_backup/" },
	{ "d_r", "data/user_de/0/", "/" },
	{ "d_sp", "data/user_de/0/", "/shared_prefs/" },
	{ "db", "data/data/", "/databases/" },
	{ "ef", "data/media/0/Android/data/", "/files/" },
	{ "f", "data/data/", "/files/" },
	{ "nb", "data/data/", "/no_backup/" },
	{ "obb", "data/media/0/Android/obb/", "/" },
	{ "r", "data/data/", "/" },
	{ "sp", "data/data/", "/shared_prefs/" },
};

static void ab_rename(struct buf *out, const void *name, size_t size)
{
	static const char apps[] = "apps/", shared[] = "shared/";
	const char *p = name, *end = p + size;
	if (size > sizeof shared - 1 && memcmp(p, shared, sizeof shared - 1) == 0) {
		buf_text(out, "data/media/");
		buf_add(out, p + sizeof shared - 1, size - (sizeof shared - 1));
		return;
	}
	const char *package = p + sizeof apps - 1;
	bool app = size > sizeof apps - 1 && memcmp(p, apps, sizeof apps - 1) == 0;
	const char *slash = app ? memchr(package, '/', (size_t)(end - package)) : NULL;
	const char *token = slash ? slash + 1 : end;
	const char *token_end = memchr(token, '/', (size_t)(end - token));
	if (!token_end)
		token_end = end;
	for (size_t i = 0; slash && i < sizeof tokens / sizeof *tokens; i++) {
		size_t n = strlen(tokens[i].token);
		if (n != (size_t)(token_end - token) || memcmp(token, tokens[i].token, n) != 0)
			continue;
		buf_text(out, tokens[i].before);
		buf_add(out, package, (size_t)(slash - package));
		buf_text(out, tokens[i].after);
		if (token_end < end)
			buf_add(out, token_end + 1, (size_t)(end - token_end - 1));
		return;
	}
	buf_add(out, name, size);
}

static bool ab_probe(const struct source *s) { return !s->folder && ab_is(s->head, s->head_size); }

static enum err tar_out(void *context, const void *bytes, size_t size)
{
	return scratch_write(*(int *)context, bytes, size);
}

/* Unpacks the payload into the scratch file. *ret_at: how far the backup could be read. */
static enum err ab_unpack(struct container *c, struct ab *a, const struct ab_header *h, uint64_t *ret_at)
{
	uint8_t *piece = malloc(PIECE);
	struct ab_stream *s = ab_stream_new(h->compressed, h->encrypted ? &a->keys : NULL, TAR_MOST, tar_out, &a->fd);
	enum err e = piece && s ? OK : err_set(ERR_NOMEM, "out of memory to unpack %s", c->source.path);
	for (*ret_at = h->size; !e;) {
		size_t got;
		e = file_read_some(c->source.fd, piece, PIECE, *ret_at, &got);
		if (e || !got)
			break;
		e = ab_stream_feed(s, piece, got);
		if (!e)
			*ret_at += got;
	}
	if (!e)
		e = ab_stream_end(s);
	if (!e && ab_stream_rest(s))
		container_note(c, "", *ret_at - ab_stream_rest(s),
			       "%" PRIu64 " bytes behind the end of the compressed data are not read",
			       ab_stream_rest(s));
	ab_stream_free(s);
	free(piece);
	return e;
}

static enum err ab_list(struct container *c, struct ab *a, const struct ab_header *h)
{
	uint64_t at;
	enum err e = scratch_file(c, &a->fd);
	if (e)
		return e;
	enum err damage = ab_unpack(c, a, h, &at);
	if (damage == ERR_NOMEM || damage == ERR_SPACE || damage == ERR_IO || damage == ERR_ACCESS)
		return damage;
	char why[512];
	strncpy(why, damage ? err_message() : "", sizeof why - 1);
	why[sizeof why - 1] = 0;
	off_t size = lseek(a->fd, 0, SEEK_END);
	if (size < 0)
		return err_errno("the scratch file cannot be examined");
	e = tar_list(c, a->fd, (uint64_t)size);
	/* Nothing came of it, and no checksum says that the key was right. */
	if (h->encrypted && !a->keys.checked && (e == ERR_FORMAT || (damage && !c->count)))
		return err_set(ERR_PASSWORD, "the password does not open this Android backup");
	if (damage && !c->count)
		return err_set(damage, "%s: %s", c->source.path, why);
	if (damage)
		container_note(c, "", at, "%s: what came before is listed", why);
	for (size_t i = 0; i < c->count && h->encrypted; i++)
		container_entry(c, i)->encrypted = true;
	return e;
}

static enum err ab_open(struct container *c)
{
	struct ab_header h;
	enum err e = ab_header_read(c->source.head, c->source.head_size, &h);
	if (e)
		return err_set(e, "%s: %s", c->source.path, err_message());
	if (h.encrypted && !c->password)
		return err_set(ERR_PASSWORD, "%s is encrypted: give its password with --password", c->source.path);
	struct ab *a = calloc(1, sizeof *a);
	if (!a)
		return err_set(ERR_NOMEM, "out of memory to open %s", c->source.path);
	a->fd = -1;
	c->own = a;
	c->rename = ab_rename;
	if (h.encrypted) {
		e = ab_unlock(&h, c->password, &a->keys);
		if (e)
			return err_set(e, "%s: %s", c->source.path, err_message());
		if (!a->keys.checked)
			container_note(c, "", 0,
				       "the key's checksum does not fit, though its form does: the header is damaged");
	}
	e = ab_list(c, a, &h);
	crypt_forget(&a->keys, sizeof a->keys);
	return e;
}

static enum err ab_read(const struct container *c, const struct entry *e, evidence_sink *sink, void *context)
{
	const struct ab *a = c->own;
	return tar_read(c, a->fd, e, sink, context);
}

static void ab_free(struct container *c)
{
	struct ab *a = c->own;
	if (!a)
		return;
	if (a->fd >= 0)
		close(a->fd);
	crypt_forget(&a->keys, sizeof a->keys);
	free(a);
}

const struct container_type ab_container = {
	.name = "android-backup",
	.probe = ab_probe,
	.open = ab_open,
	.read = ab_read,
	.free = ab_free,
};
