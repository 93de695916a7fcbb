#include "formats/cookies.h"

#include <string.h>

#include "base/time.h"

enum { COOKIE_HEADER = 56, PAGE_TAG = 0x100 };

/* The first damage is remembered; what is readable behind it is still given. */
struct jar {
	cookie_fn *fn;
	void *context;
	enum err damage;
};

static void damage_note(struct jar *j, enum err e, uint64_t offset, const char *what)
{
	if (!j->damage)
		j->damage = err_set(e, "binarycookies: offset %llu: %s", (unsigned long long)offset, what);
}

static double le_double(struct span *s)
{
	union {
		uint64_t i;
		double d;
	} u = { .i = span_le64(s) };
	return u.d;
}

static int64_t time_of(double seconds)
{
	return seconds == 0 ? TIME_NONE : time_from_real(seconds, 1, TIME_COCOA_EPOCH);
}

/* The text at `offset` of a record, up to its NUL or the end; flagged short when `offset` lies outside. */
static struct span text_at(const struct span *record, uint32_t offset)
{
	if (offset < COOKIE_HEADER || offset >= span_size(record)) {
		struct span none = span_of(NULL, 0);
		none.short_read = offset != 0; /* 0: there is none */
		return none;
	}
	const uint8_t *from = record->start + offset;
	return span_of(from, strnlen((const char *)from, span_size(record) - offset));
}

static enum err cookie_read(struct jar *j, struct span record, uint64_t offset)
{
	struct cookie c = { .offset = offset };
	struct span s = record;
	span_skip(&s, 8); /* its size, and a version or unknown */
	c.flags = span_le32(&s);
	span_skip(&s, 4); /* whether a port stands behind the times */
	c.url = text_at(&record, span_le32(&s));
	c.name = text_at(&record, span_le32(&s));
	c.path = text_at(&record, span_le32(&s));
	c.value = text_at(&record, span_le32(&s));
	span_skip(&s, 8); /* comment and its URL */
	c.expires_at = time_of(le_double(&s));
	c.created_at = time_of(le_double(&s));
	if (!span_ok(&c.url) || !span_ok(&c.name) || !span_ok(&c.path) || !span_ok(&c.value))
		damage_note(j, ERR_FORMAT, offset, "a text of the cookie lies outside it");
	c.url.short_read = c.name.short_read = c.path.short_read = c.value.short_read = false;
	return j->fn(j->context, &c);
}

static enum err page_read(struct jar *j, struct span page, uint64_t page_offset)
{
	uint32_t tag = span_be32(&page), count = span_le32(&page);
	if (tag != PAGE_TAG) {
		damage_note(j, ERR_FORMAT, page_offset, "a page without its tag");
		return OK;
	}
	/* Records do not overlap in an honest page: so the work is linear, whatever the offsets say. */
	uint64_t left = span_size(&page);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t offset = span_le32(&page);
		if (!span_ok(&page)) {
			damage_note(j, ERR_TRUNCATED, page_offset, "the page has fewer cookies than it says");
			return OK;
		}
		struct span at = span_part(&page, offset, 4);
		uint32_t size = span_le32(&at);
		struct span record = span_part(&page, offset, size);
		if (!span_ok(&at) || !span_ok(&record) || size < COOKIE_HEADER) {
			damage_note(j, ERR_FORMAT, page_offset + offset, "a cookie goes beyond its page");
			continue;
		}
		if (size > left) {
			damage_note(j, ERR_FORMAT, page_offset + offset, "cookies overlap");
			return OK;
		}
		left -= size;
		enum err e = cookie_read(j, record, page_offset + offset);
		if (e)
			return e;
	}
	return OK;
}

enum err cookies_read(struct span file, cookie_fn *fn, void *context)
{
	struct jar j = { .fn = fn, .context = context };
	struct span sizes = span_part(&file, 0, span_size(&file));
	if (!span_match(&sizes, "cook", 4))
		return err_set(ERR_FORMAT, "binarycookies: does not begin with 'cook'");
	uint32_t pages = span_be32(&sizes);
	uint64_t at = 8 + (uint64_t)pages * 4;
	if (!span_has(&file, 0, at))
		return err_set(ERR_TRUNCATED, "binarycookies: ends within the list of %u pages", pages);
	for (uint32_t i = 0; i < pages; i++) {
		uint64_t size = span_be32(&sizes), left = at < span_size(&file) ? span_size(&file) - at : 0;
		if (size > left)
			damage_note(&j, ERR_TRUNCATED, at, "a page goes beyond the end");
		struct span page = span_part(&file, at, size < left ? size : left);
		if (span_size(&page) == 0 && size)
			break;
		enum err e = page_read(&j, page, at);
		if (e)
			return e;
		at += size;
	}
	return j.damage;
}
