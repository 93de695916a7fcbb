/* Writing a list: records are gathered in scratch files, sorted, and laid down in one go. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/scratch.h"
#include "base/text.h"
#include "base/time.h"
#include "match/list_out.h"
#include "match/list_parts.h"
#include "match/list_record.h"
#include "match/list_sort.h"

enum { CATEGORIES_MOST = UINT16_MAX, CATEGORY_SLOTS = 1 << 17, RECENT = 4096, RECENT_MOST = 256, KEY_SIZE = 24 };

/* Texts that came lately, so that what is said of many entries is stored about once. */
struct recent {
	uint64_t offset;
	size_t size; /* 0: empty */
	char bytes[RECENT_MOST];
};
struct recent_label {
	uint64_t series, tags;
	uint32_t number; /* 0: empty */
};

struct list_writer {
	struct list_sorter hashes[LIST_PDQ]; /* hash, u32 entry */
	struct list_sorter keys;             /* of keyed entries: 16 bytes of SHA-256 of the media, time, u32 entry */
	struct list_spool rows, labels, text, pdq, photodna;
	uint64_t entries, tombstones, label_count, pdq_count, photodna_count;
	bool said; /* something was said of some entry: until then no rows are kept */
	struct buf category_texts;
	struct {
		uint32_t at, size;
		uint64_t entries;
	} *categories;
	uint32_t category_count;
	uint32_t *category_slots; /* hash → number + 1 */
	struct recent *recent;
	struct recent_label *recent_labels;
	uint8_t *gone; /* a bit an entry: it was taken back or replaced */
	EVP_MD_CTX *digest;
};

enum err list_writer_new(const char *scratch, struct list_writer **ret)
{
	struct list_writer *w = calloc(1, sizeof *w);
	*ret = NULL;
	if (!w)
		return ERR_NOMEM;
	for (int k = 0; k < LIST_PDQ; k++)
		w->hashes[k] = list_sorter_make(scratch, list_kind_size((enum list_kind)k) + 4, list_kind_size((enum list_kind)k));
	w->keys = list_sorter_make(scratch, KEY_SIZE + 4, KEY_SIZE);
	struct list_spool *const spools[] = { &w->rows, &w->labels, &w->text, &w->pdq, &w->photodna };
	for (size_t i = 0; i < sizeof spools / sizeof *spools; i++)
		*spools[i] = list_spool_make(scratch);
	w->categories = calloc(CATEGORIES_MOST + 1, sizeof *w->categories);
	w->category_slots = calloc(CATEGORY_SLOTS, sizeof *w->category_slots);
	w->recent = calloc(RECENT, sizeof *w->recent);
	w->recent_labels = calloc(RECENT, sizeof *w->recent_labels);
	w->digest = EVP_MD_CTX_new();
	w->category_count = 1; /* number 0: none */
	w->label_count = 1;
	enum err e = w->categories && w->category_slots && w->recent && w->recent_labels && w->digest ? OK : ERR_NOMEM;
	if (!e)
		e = list_spool_add(&w->text, "", 1); /* offset 0: no text */
	if (!e)
		e = list_spool_add(&w->labels, (uint64_t[2]){ 0, 0 }, 16);
	if (e) {
		list_writer_free(w);
		return e;
	}
	*ret = w;
	return OK;
}

void list_writer_free(struct list_writer *w)
{
	if (!w)
		return;
	for (int k = 0; k < LIST_PDQ; k++)
		list_sorter_free(&w->hashes[k]);
	list_sorter_free(&w->keys);
	struct list_spool *const spools[] = { &w->rows, &w->labels, &w->text, &w->pdq, &w->photodna };
	for (size_t i = 0; i < sizeof spools / sizeof *spools; i++)
		list_spool_free(spools[i]);
	buf_free(&w->category_texts);
	free(w->categories);
	free(w->category_slots);
	free(w->recent);
	free(w->recent_labels);
	free(w->gone);
	EVP_MD_CTX_free(w->digest);
	free(w);
}

/* --- gathering --- */

static enum err text_put(struct list_writer *w, struct list_words words, uint64_t *ret)
{
	*ret = 0;
	if (!words.size)
		return OK;
	struct recent *r = words.size <= RECENT_MOST ? &w->recent[text_hash(words.bytes, words.size) % RECENT] : NULL;
	if (r && r->size == words.size && memcmp(r->bytes, words.bytes, words.size) == 0) {
		*ret = r->offset;
		return OK;
	}
	*ret = w->text.bytes;
	if (r) {
		r->offset = *ret;
		r->size = words.size;
		memcpy(r->bytes, words.bytes, words.size);
	}
	enum err e = list_spool_add(&w->text, words.bytes, words.size);
	return e ? e : list_spool_add(&w->text, "", 1);
}

static enum err category_put(struct list_writer *w, struct list_words words, uint16_t *ret)
{
	*ret = 0;
	if (!words.size)
		return OK;
	uint32_t slot = (uint32_t)text_hash(words.bytes, words.size) % CATEGORY_SLOTS;
	for (uint32_t n; (n = w->category_slots[slot]) != 0; slot = (slot + 1) % CATEGORY_SLOTS)
		if (w->categories[n - 1].size == words.size && memcmp(w->category_texts.data + w->categories[n - 1].at, words.bytes, words.size) == 0) {
			*ret = (uint16_t)(n - 1);
			return OK;
		}
	if (w->category_count > CATEGORIES_MOST)
		return err_set(ERR_LIMIT, "more than %d different categories: is that the right column?", CATEGORIES_MOST);
	uint32_t number = w->category_count++;
	w->categories[number].at = (uint32_t)w->category_texts.size;
	w->categories[number].size = (uint32_t)words.size;
	w->category_slots[slot] = number + 1;
	buf_add(&w->category_texts, words.bytes, words.size);
	*ret = (uint16_t)number;
	return w->category_texts.failed ? ERR_NOMEM : OK;
}

static enum err label_put(struct list_writer *w, struct list_words series, struct list_words tags, uint32_t *ret)
{
	uint64_t label[2];
	*ret = 0;
	enum err e = text_put(w, series, &label[0]);
	if (!e)
		e = text_put(w, tags, &label[1]);
	if (e || (!label[0] && !label[1]))
		return e;
	struct recent_label *r = &w->recent_labels[text_hash(label, sizeof label) % RECENT];
	if (!r->number || r->series != label[0] || r->tags != label[1]) {
		if (w->label_count > UINT32_MAX)
			return err_set(ERR_LIMIT, "more series and tags than a list can have");
		*r = (struct recent_label){ label[0], label[1], (uint32_t)w->label_count++ };
		e = list_spool_add(&w->labels, label, sizeof label);
	}
	*ret = r->number;
	return e;
}

/* A number as numbers are written: what is read back is what was said. */
static bool number_of(struct list_words words, uint64_t *ret)
{
	*ret = 0;
	if (!words.size || words.size > 18 || (words.bytes[0] == '0' && words.size > 1))
		return false;
	for (size_t i = 0; i < words.size; i++) {
		if (words.bytes[i] < '0' || words.bytes[i] > '9')
			return false;
		*ret = *ret * 10 + (uint64_t)(words.bytes[i] - '0');
	}
	return true;
}

static enum err row_put(struct list_writer *w, const struct list_record *r)
{
	struct list_row row = { .flags = (uint16_t)(r->flags & (LIST_MEDIA_NUMBER - 1u)) };
	struct list_words media = r->words[LIST_MEDIA];
	enum err e = OK;
	if (number_of(media, &row.media))
		row.flags |= LIST_MEDIA_NUMBER;
	else
		e = text_put(w, media, &row.media);
	if (!e)
		e = category_put(w, r->words[LIST_CATEGORY], &row.category);
	if (!e)
		e = label_put(w, r->words[LIST_SERIES], r->words[LIST_TAGS], &row.label);
	if (e)
		return e;
	if (!w->said && (row.media || row.label || row.category || row.flags)) {
		static const struct list_row nothing;
		w->said = true;
		for (uint64_t i = 0; !e && i < w->entries; i++)
			e = list_spool_add(&w->rows, &nothing, sizeof nothing);
	}
	if (!e && w->said)
		e = list_spool_add(&w->rows, &row, sizeof row);
	return e;
}

/* Sorted by media, then by time, then as they came: the last of each media is the one that counts. */
static enum err key_put(struct list_writer *w, const struct list_record *r)
{
	uint8_t record[KEY_SIZE + 4], digest[EVP_MAX_MD_SIZE];
	uint32_t number = (uint32_t)w->entries;
	uint64_t time = (uint64_t)r->time ^ 1ull << 63;
	if (EVP_DigestInit_ex(w->digest, EVP_sha256(), NULL) != 1)
		return ERR_NOMEM;
	EVP_DigestUpdate(w->digest, r->words[LIST_MEDIA].bytes, r->words[LIST_MEDIA].size);
	EVP_DigestFinal_ex(w->digest, digest, NULL);
	memcpy(record, digest, 16);
	for (int i = 0; i < 8; i++)
		record[16 + i] = (uint8_t)(time >> (56 - 8 * i));
	memcpy(record + KEY_SIZE, &number, 4);
	return list_sorter_add(&w->keys, record);
}

enum err list_writer_add(struct list_writer *w, const struct list_record *r)
{
	uint32_t number = (uint32_t)w->entries;
	uint8_t record[LIST_PHOTODNA_SIZE + 4];
	if (w->entries == UINT32_MAX)
		return err_set(ERR_LIMIT, "more entries than a list can have");
	enum err e = row_put(w, r);
	for (int k = 0; !e && k < LIST_KINDS; k++) {
		size_t size = list_kind_size((enum list_kind)k);
		if (!(r->has & 1u << k) || r->flags & LIST_TOMBSTONE)
			continue;
		memcpy(record, r->hash[k], size);
		memcpy(record + size, &number, 4);
		e = k < LIST_PDQ ? list_sorter_add(&w->hashes[k], record) : list_spool_add(k == LIST_PDQ ? &w->pdq : &w->photodna, record, size + 4);
	}
	if (!e && r->keyed)
		e = key_put(w, r);
	w->entries++;
	return e;
}

/* --- laying down --- */

static bool is_gone(const struct list_writer *w, uint32_t entry) { return w->gone && w->gone[entry / 8] >> entry % 8 & 1; }

/* Finds the entries that were taken back or replaced: of each media all but the latest. */
static enum err keys_settle(struct list_writer *w)
{
	uint8_t last[KEY_SIZE + 4];
	const uint8_t *p;
	bool first = true;
	if (!w->keys.count)
		return OK;
	w->gone = calloc(w->entries / 8 + 1, 1);
	enum err e = w->gone ? list_sorter_end(&w->keys) : ERR_NOMEM;
	while (!e && !(e = list_sorter_next(&w->keys, &p)) && p) {
		uint32_t number;
		memcpy(&number, last + KEY_SIZE, 4);
		if (!first && memcmp(last, p, 16) == 0)
			w->gone[number / 8] |= (uint8_t)(1 << number % 8);
		memcpy(last, p, sizeof last);
		first = false;
	}
	return e;
}

struct laying {
	struct list_writer *w;
	struct list_out *out;
	uint64_t regions[LIST_REGIONS][2]; /* offset, count */
	list_tell_fn *tell;
	void *context;
	uint64_t done, all;
};

static enum err told(struct laying *l)
{
	if (++l->done % 65536 == 0 && l->tell && !l->tell(l->context, (double)l->done / (double)(l->all + 1)))
		return err_set(ERR_CANCELLED, "cancelled");
	return OK;
}

static enum err region_begin(struct laying *l, int region)
{
	enum err e = list_out_pad(l->out, LIST_ALIGN);
	l->regions[region][0] = list_out_at(l->out);
	return e;
}

/* Two entries of which the same is said: a hash that has both is kept once. */
static enum err same_said(struct list_writer *w, uint32_t a, uint32_t b, bool *ret)
{
	struct list_row x, y;
	*ret = !w->said;
	if (*ret)
		return OK;
	enum err e = list_spool_read(&w->rows, a * (uint64_t)sizeof x, &x, sizeof x);
	if (!e)
		e = list_spool_read(&w->rows, b * (uint64_t)sizeof y, &y, sizeof y);
	*ret = !e && memcmp(&x, &y, sizeof x) == 0;
	return e;
}

static enum err hashes_lay(struct laying *l, int kind)
{
	struct list_writer *w = l->w;
	struct list_sorter *s = &w->hashes[kind];
	size_t size = list_kind_size((enum list_kind)kind);
	uint8_t last[LIST_DIGEST_MOST + 4];
	uint32_t before = 0, number;
	const uint8_t *p;
	bool any = false, same;
	enum err e = region_begin(l, kind);
	if (!e)
		e = list_sorter_end(s);
	while (!e && !(e = list_sorter_next(s, &p)) && p) {
		memcpy(&number, p + size, 4);
		e = told(l);
		if (e || is_gone(w, number))
			continue;
		same = any && memcmp(last, p, size) == 0;
		if (same)
			e = same_said(w, before, number, &same);
		if (e || same)
			continue;
		e = list_out_add(l->out, p, size + 4);
		memcpy(last, p, size);
		before = number;
		any = true;
		l->regions[kind][1]++;
	}
	list_sorter_free(s);
	return e;
}

/* Records that end with an entry's number, but for those of entries that are gone: `from` their byte `skip` on, `take` bytes. */
static enum err spool_lay(struct laying *l, struct list_spool *s, size_t each, int region, size_t skip, size_t take)
{
	uint8_t record[LIST_PHOTODNA_SIZE + 4];
	uint32_t number;
	enum err e = region_begin(l, region);
	for (uint64_t at = 0; !e && at < s->bytes; at += each) {
		e = list_spool_read(s, at, record, each);
		memcpy(&number, record + each - 4, 4);
		if (e || is_gone(l->w, number))
			continue;
		e = list_out_add(l->out, record + skip, take);
		l->regions[region][1]++;
	}
	return e;
}

static enum err rows_lay(struct laying *l)
{
	struct list_writer *w = l->w;
	struct list_row row;
	enum err e = region_begin(l, LIST_ENTRIES);
	for (uint32_t i = 0; !e && w->said && i < w->entries; i++) {
		e = list_spool_read(&w->rows, i * (uint64_t)sizeof row, &row, sizeof row);
		if (!e && is_gone(w, i))
			row.flags |= LIST_TOMBSTONE;
		if (row.flags & LIST_TOMBSTONE)
			w->tombstones++;
		else
			w->categories[row.category].entries++;
		if (!e)
			e = list_out_add(l->out, &row, sizeof row);
		if (!e)
			e = told(l);
		l->regions[LIST_ENTRIES][1]++;
	}
	if (!w->said)
		w->categories[0].entries = w->entries;
	return e;
}

static enum err words_lay(struct laying *l, const char *const *texts, uint64_t *ret_offsets)
{
	struct list_writer *w = l->w;
	enum err e = region_begin(l, LIST_CATEGORIES);
	for (uint32_t i = 0; !e && i < w->category_count; i++) {
		uint64_t record[2] = { 0, w->categories[i].entries };
		e = text_put(w, (struct list_words){ w->category_texts.data + w->categories[i].at, w->categories[i].size }, &record[0]);
		if (!e)
			e = list_out_add(l->out, record, sizeof record);
	}
	l->regions[LIST_CATEGORIES][1] = w->category_count;
	if (!e)
		e = region_begin(l, LIST_LABELS);
	if (!e)
		e = list_out_spool(l->out, &w->labels);
	l->regions[LIST_LABELS][1] = w->label_count;
	for (int i = 0; !e && i < LIST_TEXTS; i++)
		e = text_put(w, (struct list_words){ texts[i], strlen(texts[i]) }, &ret_offsets[i]);
	if (!e)
		e = region_begin(l, LIST_TEXT);
	if (!e)
		e = list_out_spool(l->out, &w->text);
	l->regions[LIST_TEXT][1] = w->text.bytes;
	return e;
}

static void put(uint8_t *head, size_t at, uint64_t value, size_t bytes) { memcpy(head + at, &value, bytes); }

static void header_make(const struct laying *l, const struct list_about *a, const uint64_t *texts, uint8_t head[LIST_HEADER])
{
	memset(head, 0, LIST_HEADER);
	memcpy(head, LIST_MAGIC, 8);
	put(head, 8, LIST_FORMAT, 4);
	put(head, 12, a->nature, 4);
	put(head, 16, (uint64_t)a->imported_at, 8);
	put(head, LIST_AT_SIZE, list_out_at(l->out), 8);
	for (size_t i = 0; i < 32 && a->sha256[2 * i]; i++) {
		char digits[3] = { a->sha256[2 * i], a->sha256[2 * i + 1], 0 };
		head[LIST_AT_SHA256 + i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	put(head, 96, l->w->entries, 8);
	put(head, 104, l->w->tombstones, 8);
	put(head, 112, l->w->category_count, 4);
	put(head, 120, a->bytes, 8);
	for (size_t i = 0; i < LIST_TEXTS; i++)
		put(head, LIST_AT_TEXTS + 8 * i, texts[i], 8);
	for (size_t i = 0; i < LIST_REGIONS; i++) {
		put(head, LIST_AT_REGIONS + 16 * i, l->regions[i][0], 8);
		put(head, LIST_AT_REGIONS + 16 * i + 8, l->regions[i][1], 8);
	}
}

enum err list_writer_end(struct list_writer *w, const char *folder, const char *path, const struct list_about *about, list_tell_fn *tell, void *context)
{
	struct laying l = { .w = w, .tell = tell, .context = context };
	const char *const texts[LIST_TEXTS] = { about->name, about->version, about->source, about->country, about->handling, about->format };
	uint64_t offsets[LIST_TEXTS] = { 0 };
	uint8_t head[LIST_HEADER] = { 0 };
	for (int k = 0; k < LIST_PDQ; k++)
		l.all += w->hashes[k].count;
	l.all += w->said ? w->entries : 0;
	enum err e = keys_settle(w);
	list_sorter_free(&w->keys);
	if (!e)
		e = list_out_new(folder, LIST_HEADER, &l.out);
	for (int k = 0; !e && k < LIST_PDQ; k++)
		e = hashes_lay(&l, k);
	if (!e)
		e = spool_lay(&l, &w->pdq, sizeof(struct pdq) + 4, LIST_PDQ, 0, sizeof(struct pdq));
	if (!e)
		e = spool_lay(&l, &w->pdq, sizeof(struct pdq) + 4, LIST_PDQ_ENTRIES, sizeof(struct pdq), 4);
	if (!e)
		e = spool_lay(&l, &w->photodna, LIST_PHOTODNA_SIZE + 4, LIST_PHOTODNA, 0, LIST_PHOTODNA_SIZE + 4);
	if (!e)
		e = rows_lay(&l);
	if (!e)
		e = words_lay(&l, texts, offsets);
	if (!e) {
		header_make(&l, about, offsets, head);
		e = list_out_end(l.out, head, LIST_HEADER, LIST_AT_CHECKSUM, path);
	}
	list_out_free(l.out);
	return e;
}
