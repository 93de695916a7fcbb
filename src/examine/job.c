#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "examine/wire.h"
#include "examine/worker.h"

static void string_add(struct buf *b, const char *text)
{
	wire_text(b, text, text ? strlen(text) + 1 : 0); /* with its NUL, so that the reader can borrow */
}

void job_write(struct buf *out, const struct job *j)
{
	string_add(out, j->path);
	string_add(out, j->profile);
	string_add(out, j->region);
	wire_u8(out, j->db);
	wire_u8(out, j->wal);
	wire_u8(out, j->journal);
	wire_u16(out, (uint16_t)j->artifact_count);
	for (int i = 0; i < j->artifact_count; i++) {
		const struct job_artifact *a = &j->artifacts[i];
		wire_u16(out, a->id);
		wire_u8(out, (uint8_t)a->with_count);
		for (int k = 0; k < a->with_count; k++) {
			wire_u8(out, a->with[k].db);
			wire_u8(out, a->with[k].wal);
			string_add(out, a->with[k].path);
		}
	}
}

static bool string_take(struct span *s, const char **ret)
{
	size_t size;
	if (!wire_take_text(s, ret, &size) || (*ret && (!size || (*ret)[size - 1])))
		s->short_read = true;
	return span_ok(s);
}

bool job_read(const void *bytes, size_t size, struct job *ret)
{
	struct span s = span_of(bytes, size);
	*ret = (struct job){ 0 };
	if (!string_take(&s, &ret->path) || !string_take(&s, &ret->profile) || !string_take(&s, &ret->region) || !ret->path)
		return false;
	ret->db = span_u8(&s);
	ret->wal = span_u8(&s);
	ret->journal = span_u8(&s);
	ret->artifact_count = span_le16(&s);
	if (ret->artifact_count > JOB_ARTIFACTS_MOST)
		return false;
	for (int i = 0; i < ret->artifact_count; i++) {
		struct job_artifact *a = &ret->artifacts[i];
		a->id = span_le16(&s);
		a->with_count = span_u8(&s);
		if (a->with_count > 8)
			return false;
		for (int k = 0; k < a->with_count; k++) {
			a->with[k].db = span_u8(&s);
			a->with[k].wal = span_u8(&s);
			if (!string_take(&s, &a->with[k].path))
				return false;
		}
	}
	return span_ok(&s) && !span_left(&s);
}

void media_job_write(struct buf *out, const struct media_job *j)
{
	string_add(out, j->region);
	wire_u8(out, j->all_frames);
	wire_u8(out, j->thumbnails);
	wire_u16(out, (uint16_t)j->artifact_count);
	for (int i = 0; i < j->artifact_count; i++)
		wire_u16(out, j->artifacts[i]);
	wire_u16(out, (uint16_t)j->item_count);
	for (int i = 0; i < j->item_count; i++) {
		string_add(out, j->items[i].path);
		string_add(out, j->items[i].profile);
		string_add(out, j->items[i].type);
		wire_u8(out, j->items[i].illegal);
	}
}

bool media_job_read(const void *bytes, size_t size, struct media_job *ret)
{
	struct span s = span_of(bytes, size);
	*ret = (struct media_job){ 0 };
	string_take(&s, &ret->region);
	ret->all_frames = span_u8(&s);
	ret->thumbnails = span_u8(&s);
	ret->artifact_count = span_le16(&s);
	if (ret->artifact_count > JOB_ARTIFACTS_MOST)
		return false;
	for (int i = 0; i < ret->artifact_count; i++)
		ret->artifacts[i] = span_le16(&s);
	ret->item_count = span_le16(&s);
	if (ret->item_count > MEDIA_ITEMS_MOST)
		return false;
	for (int i = 0; i < ret->item_count; i++) {
		struct media_item *m = &ret->items[i];
		if (!string_take(&s, &m->path) || !string_take(&s, &m->profile) || !string_take(&s, &m->type) || !m->path || !m->type)
			return false;
		m->illegal = span_u8(&s);
	}
	return span_ok(&s) && !span_left(&s);
}

bool job_is_database(int db, int wal)
{
	char head[16];
	struct stat st;
	ssize_t n = pread(db, head, sizeof head, 0);
	if (n == 16)
		return memcmp(head, "SQLite format 3", 16) == 0;
	return n == 0 && wal >= 0 && fstat(wal, &st) == 0 && st.st_size > 32;
}
