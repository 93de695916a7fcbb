/* meta_dump FILE…: what media_meta_read says of each, a JSON object a line; notes go to the standard error. For the tests and the curious. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "media/meta.h"

static void note_print(void *context, uint64_t offset, const char *reason)
{
	fprintf(stderr, "%s: at %llu: %s\n", (const char *)context, (unsigned long long)offset, reason);
}

static void text_put(struct buf *b, const char *key, const char *value)
{
	if (!value[0])
		return;
	buf_printf(b, ", \"%s\": ", key);
	buf_json(b, value, strlen(value));
}

static void time_put(struct buf *b, const char *key, int64_t at)
{
	char text[40];
	text_put(b, key, time_iso(at, text, sizeof text));
}

static void real_put(struct buf *b, const char *key, double v)
{
	if (!isnan(v))
		buf_printf(b, ", \"%s\": %.9g", key, v);
}

static void dump(const char *path, struct span bytes)
{
	struct media_meta m;
	struct buf b = { 0 };
	enum err e = media_meta_read(bytes, &m, note_print, (void *)path);
	buf_text(&b, "{\"path\": ");
	buf_json(&b, path, strlen(path));
	text_put(&b, "kind", meta_kind_name(m.kind));
	text_put(&b, "make", m.make);
	text_put(&b, "model", m.model);
	text_put(&b, "serial", m.serial);
	text_put(&b, "unique_id", m.unique_id);
	text_put(&b, "software", m.software);
	text_put(&b, "encoder", m.encoder);
	buf_printf(&b, ", \"orientation\": %u, \"width\": %u, \"height\": %u, \"notes\": %u", m.orientation, m.width, m.height, m.notes);
	real_put(&b, "duration", m.duration);
	time_put(&b, "taken_at", m.taken_at);
	text_put(&b, "taken_local", m.taken_local);
	text_put(&b, "zone", m.zone);
	text_put(&b, "taken_from", m.taken_from);
	time_put(&b, "gps_at", m.gps_at);
	time_put(&b, "modified_at", m.modified_at);
	real_put(&b, "latitude", m.latitude);
	real_put(&b, "longitude", m.longitude);
	real_put(&b, "altitude", m.altitude);
	real_put(&b, "direction", m.direction);
	real_put(&b, "accuracy", m.accuracy);
	if (e)
		text_put(&b, "err", err_text(e));
	buf_printf(&b, ", \"detail\": %s}\n", m.detail);
	fwrite(b.data, 1, b.size, stdout);
	buf_free(&b);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct stat st;
		int fd = open(argv[i], O_RDONLY);
		if (fd < 0 || fstat(fd, &st) || st.st_size == 0) {
			fprintf(stderr, "%s: cannot be read\n", argv[i]);
			return 1;
		}
		void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED)
			return 1;
		dump(argv[i], span_of(p, (size_t)st.st_size));
		munmap(p, (size_t)st.st_size);
		close(fd);
	}
	return 0;
}
