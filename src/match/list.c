/* Opening one list and looking things up in it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/span.h"
#include "match/list_parts.h"

struct region {
	const uint8_t *start;
	uint64_t count;
};

struct list {
	const uint8_t *map;
	size_t size;
	struct list_about about;
	struct region regions[LIST_REGIONS];
};

static const struct {
	const char *name;
	size_t size;
} kinds[LIST_KINDS] = { { "MD5", 16 }, { "SHA-1", 20 }, { "SHA-256", 32 }, { "PDQ", 32 }, { "PhotoDNA", LIST_PHOTODNA_SIZE } };
static const char *const natures[LIST_NATURES] = { "illegal", "harmful", "of-interest", "known-good" };

const char *list_kind_name(enum list_kind k) { return kinds[k].name; }
size_t list_kind_size(enum list_kind k) { return kinds[k].size; }
const char *list_nature_name(enum list_nature n) { return natures[n]; }

bool list_nature_parse(const char *text, enum list_nature *ret)
{
	for (int i = 0; i < LIST_NATURES; i++)
		if (strcmp(text, natures[i]) == 0) {
			*ret = (enum list_nature)i;
			return true;
		}
	return false;
}

/* Reads the header; what it states is checked against the file before anything uses it. Gives what is wrong, or NULL. */
static const char *header_read(struct list *l)
{
	struct list_about *a = &l->about;
	struct span s = span_of(l->map, l->size < LIST_HEADER ? l->size : LIST_HEADER);
	uint64_t texts[LIST_TEXTS];
	const char **const names[LIST_TEXTS] = { &a->name, &a->version, &a->source, &a->country, &a->handling, &a->format };
	if (!span_match(&s, LIST_MAGIC, sizeof LIST_MAGIC - 1))
		return "it is no list of custos";
	if (span_le32(&s) != LIST_FORMAT)
		return "it is of another version of custos";
	uint32_t nature = span_le32(&s);
	a->imported_at = (int64_t)span_le64(&s);
	if (span_le64(&s) != l->size)
		return "it is not whole";
	for (int i = 0; i < 32; i++)
		snprintf(a->sha256 + (size_t)2 * (size_t)i, 3, "%02x", span_u8(&s));
	span_skip(&s, 32);
	a->entries = span_le64(&s);
	a->tombstones = span_le64(&s);
	a->categories = span_le32(&s);
	span_skip(&s, 4);
	a->bytes = span_le64(&s);
	for (int i = 0; i < LIST_TEXTS; i++)
		texts[i] = span_le64(&s);
	for (int i = 0; i < LIST_REGIONS; i++) {
		uint64_t offset = span_le64(&s), count = span_le64(&s), each = list_region_size(i);
		if (offset > l->size || offset < LIST_HEADER || offset % 8 || count > (l->size - offset) / each)
			return "a part lies outside it";
		l->regions[i] = (struct region){ l->map + offset, count };
	}
	const struct region *r = l->regions;
	if (!span_ok(&s) || nature >= LIST_NATURES)
		return "its header is damaged";
	a->nature = (enum list_nature)nature;
	if (a->entries > UINT32_MAX || (r[LIST_ENTRIES].count && r[LIST_ENTRIES].count != a->entries) || a->tombstones > a->entries || r[LIST_PDQ].count > UINT32_MAX ||
	    r[LIST_PDQ].count != r[LIST_PDQ_ENTRIES].count || r[LIST_CATEGORIES].count != a->categories || a->categories > UINT16_MAX + 1u)
		return "its counts contradict one another";
	if (!r[LIST_TEXT].count || r[LIST_TEXT].start[r[LIST_TEXT].count - 1])
		return "its texts do not end";
	for (int i = 0; i < LIST_TEXTS; i++) {
		if (texts[i] >= r[LIST_TEXT].count)
			return "a text lies outside it";
		*names[i] = (const char *)r[LIST_TEXT].start + texts[i];
	}
	for (int i = 0; i < LIST_KINDS; i++)
		a->counts[i] = r[i].count;
	return NULL;
}

enum err list_open(const char *path, struct list **ret)
{
	struct stat st;
	*ret = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno("cannot open %s", path);
	struct list *l = calloc(1, sizeof *l);
	enum err e = l ? OK : ERR_NOMEM;
	if (!e && fstat(fd, &st) != 0)
		e = err_errno("cannot read %s", path);
	if (!e && (!S_ISREG(st.st_mode) || st.st_size < LIST_HEADER))
		e = err_set(ERR_FORMAT, "%s: it is no list of custos", path);
	if (!e) {
		void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED) {
			e = err_errno("cannot map %s", path);
		} else {
			l->map = map;
			l->size = (size_t)st.st_size;
		}
	}
	close(fd);
	const char *wrong = e ? NULL : header_read(l);
	if (wrong)
		e = err_set(ERR_FORMAT, "%s: %s", path, wrong);
	if (e) {
		list_free(l);
		return e;
	}
	*ret = l;
	return OK;
}

uint64_t list_mapped(const struct list *l) { return l->size; }

void list_free(struct list *l)
{
	if (l && l->map)
		munmap((void *)l->map, l->size);
	free(l);
}

const struct list_about *list_about(const struct list *l) { return &l->about; }

/* Of everything behind the header, and then of the header with zeros in the checksum's place: so it can be written in one go. */
enum err list_verify(const struct list *l)
{
	unsigned char digest[32], head[LIST_HEADER];
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	if (!c || EVP_DigestInit_ex(c, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(c);
		return ERR_NOMEM;
	}
	memcpy(head, l->map, sizeof head);
	memset(head + LIST_AT_CHECKSUM, 0, 32);
	EVP_DigestUpdate(c, l->map + LIST_HEADER, l->size - LIST_HEADER);
	EVP_DigestUpdate(c, head, sizeof head);
	EVP_DigestFinal_ex(c, digest, NULL);
	EVP_MD_CTX_free(c);
	if (memcmp(digest, l->map + LIST_AT_CHECKSUM, sizeof digest) != 0)
		return err_set(ERR_CHANGED, "%s@%s is not what was imported: its checksum differs", l->about.name, l->about.version);
	return OK;
}

static const uint8_t *record(const struct list *l, int region, uint64_t index)
{
	return index < l->regions[region].count ? l->regions[region].start + index * list_region_size(region) : NULL;
}

static uint64_t word(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
	return v;
}

/* A text by its offset; the region's last byte is NUL. */
static const char *text(const struct list *l, uint64_t offset)
{
	return offset < l->regions[LIST_TEXT].count ? (const char *)l->regions[LIST_TEXT].start + offset : "";
}

bool list_entry_get(const struct list *l, uint32_t entry, struct list_entry *ret)
{
	struct list_row row = { 0 };
	*ret = (struct list_entry){ "", "", "", "", 0, "" };
	if (entry >= l->about.entries)
		return false;
	const uint8_t *p = record(l, LIST_ENTRIES, entry);
	if (!p)
		return true; /* nothing was said of any */
	memcpy(&row, p, sizeof row);
	const uint8_t *label = record(l, LIST_LABELS, row.label);
	ret->category = list_category(l, row.category, NULL);
	ret->flags = row.flags & ~(unsigned)LIST_MEDIA_NUMBER;
	if (label) {
		ret->series = text(l, word(label));
		ret->tags = text(l, word(label + 8));
	}
	if (row.flags & LIST_MEDIA_NUMBER) {
		snprintf(ret->room, sizeof ret->room, "%" PRIu64, row.media);
		ret->media = ret->room;
	} else {
		ret->media = text(l, row.media);
	}
	return true;
}

const char *list_category(const struct list *l, uint32_t index, uint64_t *ret_entries)
{
	const uint8_t *p = record(l, LIST_CATEGORIES, index);
	if (ret_entries)
		*ret_entries = p ? word(p + 8) : 0;
	return p ? text(l, word(p)) : "";
}

const char *list_category_meaning(const struct list_about *about, const char *category)
{
	/* England and Wales: Sentencing Council, Sexual Offences Definitive Guideline, indecent photographs of children. */
	static const char *const uk[] = { "images of penetrative sexual activity, or of sexual activity with an animal, or sadism", "images of non-penetrative sexual activity",
					  "other indecent images" };
	if (strcmp(about->country, "UK") != 0 || about->nature != LIST_ILLEGAL || category[0] < 'A' || category[0] > 'C' || category[1])
		return NULL;
	return uk[category[0] - 'A'];
}

const struct pdq *list_pdq(const struct list *l, uint32_t *ret_count)
{
	*ret_count = (uint32_t)l->regions[LIST_PDQ].count;
	return *ret_count ? (const struct pdq *)(const void *)l->regions[LIST_PDQ].start : NULL;
}

uint32_t list_pdq_entry(const struct list *l, uint32_t index)
{
	uint32_t entry = UINT32_MAX;
	const uint8_t *p = record(l, LIST_PDQ_ENTRIES, index);
	if (p)
		memcpy(&entry, p, sizeof entry);
	return entry;
}

static uint64_t first_eight(const uint8_t *p)
{
	return __builtin_bswap64(word(p));
}

/* The first record that is not below `digest`: a few steps by interpolation, as hashes lie evenly, then by halves, as a list may be made to lie otherwise. */
static uint64_t lower_bound(const struct region *r, size_t each, const uint8_t *digest, size_t size)
{
	uint64_t low = 0, high = r->count, want = first_eight(digest), below = 0, above = UINT64_MAX;
	for (int step = 0; low < high; step++) {
		uint64_t middle = low + (high - low) / 2;
		if (step < 6 && high - low > 32 && above > below)
			middle = low + (uint64_t)((__uint128_t)(want - below) * (high - low - 1) / (above - below));
		const uint8_t *p = r->start + middle * each;
		uint64_t there = first_eight(p);
		if (memcmp(p, digest, size) < 0) {
			low = middle + 1;
			below = there;
		} else {
			high = middle;
			above = there;
		}
	}
	return low;
}

bool list_find_in(const struct list *l, enum list_kind kind, const uint8_t *digest, list_hit_fn *hit, void *context)
{
	if (kind > LIST_SHA256)
		return true;
	const struct region *r = &l->regions[kind];
	size_t each = list_region_size(kind), size = kinds[kind].size;
	for (uint64_t i = lower_bound(r, each, digest, size); i < r->count && memcmp(r->start + i * each, digest, size) == 0; i++) {
		struct list_hit h = { .list = l };
		memcpy(&h.entry, r->start + i * each + size, sizeof h.entry);
		if (!hit(context, &h))
			return false;
	}
	return true;
}
