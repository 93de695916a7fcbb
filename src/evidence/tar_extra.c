/* Tar: pax headers and the three ways to say where a sparse file has its holes. Byte-level notes: docs/formats/tar.md. */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "evidence/list.h"
#include "evidence/tar.h"

/* Digits only; false on anything else or overflow. */
static bool decimal(const char *text, size_t size, uint64_t *ret)
{
	uint64_t v = 0;
	if (!size)
		return false;
	for (size_t i = 0; i < size; i++)
		if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(text[i] - '0'), &v))
			return false;
	*ret = v;
	return true;
}

/* "1700000000.25" as µs; the fraction cut off, not rounded. */
static int64_t pax_time(const char *text, size_t size)
{
	bool negative = size && *text == '-';
	text += negative;
	size -= negative;
	const char *dot = memchr(text, '.', size);
	size_t whole = dot ? (size_t)(dot - text) : size;
	uint64_t seconds, us = 0;
	if (!decimal(text, whole, &seconds) || seconds > INT64_MAX / 1000000)
		return TIME_NONE;
	size_t digits = dot ? size - whole - 1 : 0;
	for (size_t i = 0, unit = 100000; i < digits && i < 6; i++, unit /= 10) {
		if (dot[1 + i] < '0' || dot[1 + i] > '9')
			return TIME_NONE;
		us += (uint64_t)(dot[1 + i] - '0') * unit;
	}
	int64_t value = (int64_t)(seconds * 1000000 + us);
	return time_from(negative ? -value : value, 1000000, 0);
}

static void pax_record(struct tar_extra *x, const char *key, const char *value, size_t size)
{
	uint64_t number;
	bool is_number = decimal(value, size, &number);
	if (strcmp(key, "path") == 0 || strcmp(key, "GNU.sparse.name") == 0) {
		buf_clear(&x->path);
		buf_add(&x->path, value, size);
		x->has_path = true;
	} else if (strcmp(key, "linkpath") == 0) {
		buf_clear(&x->link);
		buf_add(&x->link, value, size);
		x->has_link = true;
	} else if (strcmp(key, "size") == 0 && is_number) {
		x->size = number;
		x->has_size = true;
	} else if (strcmp(key, "mtime") == 0) {
		x->modified_at = pax_time(value, size);
	} else if (strcmp(key, "atime") == 0) {
		x->accessed_at = pax_time(value, size);
	} else if (strcmp(key, "LIBARCHIVE.creationtime") == 0) {
		x->created_at = pax_time(value, size);
	} else if (strcmp(key, "GNU.sparse.major") == 0 && is_number) {
		x->sparse_major = number < 100 ? (int)number : 100;
	} else if (strcmp(key, "GNU.sparse.minor") == 0 && is_number) {
		x->sparse_minor = number < 100 ? (int)number : 100;
	} else if ((strcmp(key, "GNU.sparse.realsize") == 0 || strcmp(key, "GNU.sparse.size") == 0) && is_number) {
		x->real_size = number;
		x->has_real_size = true;
	} else if (strcmp(key, "GNU.sparse.map") == 0) {
		buf_clear(&x->map);
		buf_add(&x->map, value, size);
	} else if ((strcmp(key, "GNU.sparse.offset") == 0 || strcmp(key, "GNU.sparse.numbytes") == 0) && is_number) {
		if (x->map.size)
			buf_char(&x->map, ',');
		buf_add(&x->map, value, size);
	}
}

bool tar_pax(struct tar_extra *x, const char *text, size_t size)
{
	while (size) {
		/* "LENGTH KEY=VALUE\n", LENGTH counting all of it. */
		const char *space = memchr(text, ' ', size < 20 ? size : 20);
		uint64_t length;
		if (!space || !decimal(text, (size_t)(space - text), &length) || length > size || length < (uint64_t)(space - text) + 3 ||
		    text[length - 1] != '\n')
			return size > 0 && text[0] == 0; /* padding with zeros is no harm */
		const char *key = space + 1, *end = text + length - 1;
		const char *equals = memchr(key, '=', (size_t)(end - key));
		char name[64];
		if (!equals)
			return false;
		size_t n = (size_t)(equals - key);
		if (n < sizeof name) {
			memcpy(name, key, n);
			name[n] = 0;
			pax_record(x, name, equals + 1, (size_t)(end - equals - 1));
		}
		text += length;
		size -= (size_t)length;
	}
	return true;
}

/* Adds a piece if it lies behind the last one and within the size. A piece of 0 bytes marks the end of the file and is left out. */
static bool piece_add(struct tar_own *own, uint64_t at, uint64_t size, uint64_t real_size)
{
	uint64_t before = own->count ? own->pieces[own->count - 1].at + own->pieces[own->count - 1].size : 0;
	if (at < before || at > real_size || size > real_size - at)
		return false;
	if (size)
		own->pieces[own->count++] = (struct tar_piece){ at, size };
	return true;
}

static struct tar_own *own_make(struct container *c, size_t most)
{
	struct tar_own *own = container_alloc(c, sizeof *own);
	if (own && !(own->pieces = container_alloc(c, (most + 1) * sizeof *own->pieces)))
		return NULL;
	return own;
}

/* Old GNU: 4 pieces in the header, then blocks of 21 while a mark says so. Two passes: the blocks are counted first. */
struct tar_own *tar_sparse_old(struct container *c, int fd, struct span header, uint64_t *data, uint64_t *ret_real_size)
{
	uint8_t block[TAR_BLOCK];
	size_t blocks = 0, most = TAR_PIECES_MOST / 21;
	const uint8_t *h = header.start;
	int64_t real, at, size;
	bool more = h[482], good = tar_number(h + 483, 12, &real) && real >= 0;
	while (more && blocks < most && !file_read(fd, block, sizeof block, *data + blocks * TAR_BLOCK)) {
		more = block[504];
		blocks++;
	}
	struct tar_own *own = own_make(c, 4 + blocks * 21);
	if (!own)
		return NULL;
	good = good && !more && (uint64_t)real <= TAR_REAL_MOST;
	for (size_t b = 0; good && b <= blocks; b++) {
		const uint8_t *p = b ? block : h + 386;
		if (b && file_read(fd, block, sizeof block, *data + (b - 1) * TAR_BLOCK))
			break;
		for (int i = 0; good && i < (b ? 21 : 4) && p[i * 24]; i++)
			good = tar_number(p + i * 24, 12, &at) && tar_number(p + i * 24 + 12, 12, &size) && at >= 0 && size >= 0 &&
			       piece_add(own, (uint64_t)at, (uint64_t)size, (uint64_t)real);
	}
	*data += blocks * TAR_BLOCK;
	*ret_real_size = good ? (uint64_t)real : 0;
	own->unreadable = !good;
	return own;
}

/* Reads the next number of a map, ended by `stop` or the end. */
static bool map_number(const char **p, const char *end, char stop, uint64_t *ret)
{
	const char *to = memchr(*p, stop, (size_t)(end - *p));
	if (!to)
		to = end;
	bool good = decimal(*p, (size_t)(to - *p), ret);
	*p = to < end ? to + 1 : end;
	return good;
}

/* pax 1.0: the map is text at the beginning of the data: count, then offset and size of each, a line each, padded to a block. */
static char *map_load(int fd, uint64_t data, uint64_t stored, size_t *ret_size)
{
	size_t size = stored < TAR_EXTRA_MOST ? (size_t)stored : TAR_EXTRA_MOST;
	char *text = malloc(size + 1);
	if (text && file_read_some(fd, text, size, data, ret_size)) {
		free(text);
		return NULL;
	}
	return text;
}

struct tar_own *tar_sparse_pax(struct container *c, int fd, struct tar_extra *x, uint64_t *data, uint64_t *stored)
{
	bool in_data = x->sparse_major == 1;
	size_t size = x->map.size;
	char *loaded = in_data ? map_load(fd, *data, *stored, &size) : NULL;
	const char *p = in_data ? loaded : x->map.data, *start = p, *end = p ? p + size : NULL;
	uint64_t count = 0, at, bytes;
	char stop = in_data ? '\n' : ',';
	bool good = p && x->sparse_major <= 1;
	if (good && in_data)
		good = map_number(&p, end, stop, &count);
	else
		for (const char *q = p; q && q < end; q++)
			count += *q == ',';
	if (!in_data)
		count = (count + 1) / 2;
	/* each piece takes at least four characters */
	good = good && count <= size / 4 + 1 && count <= TAR_PIECES_MOST && x->real_size <= TAR_REAL_MOST;
	struct tar_own *own = own_make(c, good ? (size_t)count : 0);
	for (uint64_t i = 0; own && good && i < count; i++)
		good = map_number(&p, end, stop, &at) && map_number(&p, end, stop, &bytes) && piece_add(own, at, bytes, x->real_size);
	if (own && in_data && good) {
		uint64_t map = ((uint64_t)(p - start) + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
		good = map <= *stored;
		*data += good ? map : 0;
		*stored -= good ? map : 0;
	}
	free(loaded);
	if (own)
		own->unreadable = !good;
	return own;
}
