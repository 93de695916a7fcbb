#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "match/list_json.h"
#include "match/list_out.h"
#include "match/list_parts.h"
#include "match/list_sort.h"
#include "check.h"
#include "list_help.h"

/* --- bytes and JSON --- */

/* The tokens as letters, texts in parentheses; "!" at the end: it failed. */
static void tokens(const char *text, size_t size, size_t piece, struct buf *out)
{
	static const char letters[] = "!.{}[]kstTFN";
	struct source s = { text, size, piece };
	struct list_in in;
	buf_clear(out);
	buf_text(out, "");
	if (list_in_make(&in, source_read, &s, -1))
		return;
	struct json_in j = json_make(&in);
	for (enum json t = JSON_NULL; t != JSON_FAILED && t != JSON_END;) {
		t = json_next(&j);
		buf_char(out, letters[t]);
		if (t == JSON_KEY || t == JSON_STRING || t == JSON_NUMBER)
			buf_printf(out, "(%.*s)", (int)j.text.size, j.text.data);
	}
	CHECK((out->data[out->size - 1] == '!') == (j.failed != OK));
	json_free(&j);
	list_in_free(&in);
}

TEST(json_is_read)
{
	static const struct {
		const char *text, *tokens;
	} cases[] = {
		{ "{}", "{}." },
		{ " [ ] ", "[]." },
		{ "[1,-2.5e+3,0,\"a\",true,false,null]", "[t(1)t(-2.5e+3)t(0)s(a)TFN]." },
		{ "{\"a\":{\"b\":[[],{}]},\"c\":\"\"}", "{k(a){k(b)[[]{}]}k(c)s()}." },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"", "s(\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80)." },
		{ "\"\\ud83dx\\ud83d\\n\\ude00\"", "s(\xef\xbf\xbdx\n\xef\xbf\xbd)." },
		{ "[1 2]", "[t(1)!" }, { "[1,]", "[t(1)!" }, { "[,1]", "[!" }, { "{\"a\" 1}", "{!" }, { "{\"a\":1,}", "{k(a)t(1)!" }, { "{a:1}", "{!" }, { "{\"a\":}", "{k(a)!" },
		{ "[01]", "[!" }, { "[-]", "[!" }, { "[1.]", "[!" }, { "[1e]", "[!" }, { "[.5]", "[!" }, { "[tru]", "[!" }, { "[\"\\x\"]", "[!" }, { "[\"\\u12g4\"]", "[!" },
		{ "[\"a\nb\"]", "[!" }, { "[1]]", "[t(1)]!" }, { "{}{}", "{}!" }, { "[}", "[!" }, { "{]", "{!" }, { "", "!" }, { "  ", "!" }, { "'a'", "!" }, { "[1}", "[t(1)!" },
	};
	struct buf out = { 0 };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t piece = 1; piece < 40; piece += 13) {
			tokens(cases[i].text, strlen(cases[i].text), piece, &out);
			CHECK_TEXT(out.data, cases[i].tokens);
		}
	buf_free(&out);
}

TEST(json_that_is_cut_fails)
{
	static const char text[] = "{\"a\":[1.5,\"x\\u00e9\",true,{\"b\":null}],\"c\":-3}";
	struct buf out = { 0 };
	for (size_t n = 0; n < sizeof text - 1; n++) {
		tokens(text, n, 7, &out);
		CHECK(out.data[out.size - 1] == '!');
	}
	tokens(text, sizeof text - 1, 7, &out);
	CHECK_TEXT(out.data, "{k(a)[t(1.5)s(x\xc3\xa9)T{k(b)N}]k(c)t(-3)}.");
	buf_free(&out);
}

TEST(json_depth_and_skipping)
{
	char deep[2 * JSON_DEPTH_MOST + 4];
	struct buf out = { 0 };
	memset(deep, '[', JSON_DEPTH_MOST + 1);
	memset(deep + JSON_DEPTH_MOST, ']', JSON_DEPTH_MOST);
	tokens(deep, (size_t)2 * JSON_DEPTH_MOST, 100, &out);
	CHECK(out.data[out.size - 1] == '.');
	memset(deep, '[', JSON_DEPTH_MOST + 1);
	tokens(deep, JSON_DEPTH_MOST + 1, 100, &out);
	CHECK(out.data[out.size - 1] == '!');
	struct source s = { "[{\"a\":[1,{}],\"b\":\"}\"},7]", 24, 5 };
	struct list_in in;
	CHECK_INT(list_in_make(&in, source_read, &s, -1), OK);
	struct json_in j = json_make(&in);
	CHECK_INT(json_next(&j), JSON_ARRAY);
	CHECK_INT(json_skip(&j, json_next(&j)), JSON_OBJECT);
	CHECK_INT(json_next(&j), JSON_NUMBER);
	CHECK_INT(json_skip(&j, JSON_NUMBER), JSON_NUMBER);
	CHECK_INT(json_next(&j), JSON_ARRAY_END);
	CHECK_INT(json_next(&j), JSON_END);
	json_free(&j);
	list_in_free(&in);
	buf_free(&out);
}

/* --- what records are made of --- */

TEST(hashes_and_words)
{
	struct list_tally t = { 0 };
	struct list_sink sink = { .tally = &t };
	struct list_making m = { 0 };
	char why[LIST_WHY], text[700] = "";
	list_making_clear(&m);
	CHECK(list_making_hash(&m, LIST_MD5, " 00112233445566778899aAbBcCdDeEfF\n", 34, why));
	CHECK(memcmp(m.record.hash[LIST_MD5], "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16) == 0);
	CHECK(list_making_hash(&m, LIST_SHA1, "", 0, why) && !(m.record.has & 1u << LIST_SHA1));
	CHECK(!list_making_hash(&m, LIST_MD5, "00112233445566778899aAbBcCdDeEfG", 32, why));
	CHECK(!list_making_hash(&m, LIST_MD5, "00112233445566778899aAbBcCdDeE", 30, why));
	CHECK_TEXT(why, "MD5 of 30 characters: it has 32 hexadecimal digits");
	/* PhotoDNA: 144 bytes 0 to 143 in three notations. */
	for (int form = 0; form < 3; form++) {
		struct buf b = { 0 };
		uint8_t bytes[LIST_PHOTODNA_SIZE];
		for (int i = 0; i < LIST_PHOTODNA_SIZE; i++) {
			bytes[i] = (uint8_t)i;
			if (form == 0)
				buf_printf(&b, "%s%d", i ? "," : "", i);
		}
		if (form == 1)
			buf_hex(&b, bytes, sizeof bytes);
		if (form == 2)
			buf_base64(&b, bytes, sizeof bytes);
		m.record.has = 0;
		memset(m.record.hash[LIST_PHOTODNA], 0xaa, LIST_PHOTODNA_SIZE);
		list_making_photodna(&m, &sink, b.data, b.size);
		CHECK(m.record.has == 1u << LIST_PHOTODNA && memcmp(m.record.hash[LIST_PHOTODNA], bytes, sizeof bytes) == 0);
		m.record.has = 0;
		list_making_photodna(&m, &sink, b.data, b.size - 1);
		CHECK(!m.record.has || form == 0); /* 143 without its last digit is another number */
		buf_free(&b);
	}
	CHECK_INT(t.photodna_other, 2);
	memset(text, 'x', sizeof text);
	list_making_word(&m, &sink, LIST_CATEGORY, text, sizeof text);
	CHECK_INT(m.words[LIST_CATEGORY].size, LIST_CATEGORY_MOST);
	CHECK_INT(t.cut, 1);
	list_making_word(&m, &sink, LIST_TAGS, " a\tb\x01\xff ", 7);
	list_making_word(&m, &sink, LIST_TAGS, "  ", 2);
	list_making_word(&m, &sink, LIST_TAGS, "c", 1);
	CHECK_TEXT(m.words[LIST_TAGS].data, "a b \xef\xbf\xbd, c");
	/* A cut is never within a character. */
	memcpy(text + LIST_CATEGORY_MOST - 1, "\xc3\xa9", 2);
	list_making_clear(&m);
	list_making_word(&m, &sink, LIST_CATEGORY, text, sizeof text);
	CHECK_INT(utf8_valid(m.words[LIST_CATEGORY].data, m.words[LIST_CATEGORY].size), m.words[LIST_CATEGORY].size);
	list_making_free(&m);
}

/* --- sorting --- */

static uint64_t state = 12345;

static uint32_t next(void)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(state >> 33);
}

struct pair {
	uint8_t record[24];
};

static int pair_order(const void *a, const void *b)
{
	uint32_t x, y;
	int c = memcmp(a, b, 20);
	memcpy(&x, (const uint8_t *)a + 20, 4);
	memcpy(&y, (const uint8_t *)b + 20, 4);
	return c ? c : x < y ? -1 : x > y;
}

static void sort_check(size_t count, size_t most, int alike)
{
	struct pair *all = calloc(count + 1, sizeof *all);
	struct list_sorter s = list_sorter_make("/tmp", 24, 20);
	const uint8_t *p;
	s.most = most;
	for (uint32_t i = 0; i < count; i++) {
		for (int k = 0; k < 20; k++)
			all[i].record[k] = k < alike ? 7 : (uint8_t)(next() % (alike == 19 ? 3 : 256));
		memcpy(all[i].record + 20, &i, 4);
		CHECK_INT(list_sorter_add(&s, &all[i]), OK);
	}
	qsort(all, count, sizeof *all, pair_order);
	CHECK_INT(list_sorter_end(&s), OK);
	for (size_t i = 0; i < count; i++)
		if (list_sorter_next(&s, &p) != OK || !p || memcmp(p, &all[i], 24) != 0) {
			CHECK(!"in order");
			break;
		}
	CHECK(list_sorter_next(&s, &p) == OK && !p);
	CHECK(list_sorter_next(&s, &p) == OK && !p);
	list_sorter_free(&s);
	free(all);
}

TEST(sorting_in_memory_and_on_disk)
{
	sort_check(0, 1000, 0);
	sort_check(1, 1000, 0);
	sort_check(1000, 1000, 0);
	sort_check(1001, 1000, 0);
	sort_check(50000, 4000, 0);
	sort_check(20000, 2500, 5);  /* the first bytes say nothing */
	sort_check(20000, 2500, 19); /* three different keys: equals stay in order */
	struct list_sorter s = list_sorter_make("/tmp", 24, 20);
	s.most = 10;
	for (int i = 0; i < 100; i++)
		CHECK_INT(list_sorter_add(&s, "0123456789012345678901234567"), OK);
	CHECK_INT(list_sorter_end(&s), ERR_LIMIT); /* runs too many for their room */
	list_sorter_free(&s);
	s = list_sorter_make("/nowhere", 24, 20);
	s.most = 1;
	CHECK_INT(list_sorter_add(&s, "0123456789012345678901234567"), OK);
	CHECK_INT(list_sorter_add(&s, "0123456789012345678901234567"), ERR_NOT_FOUND);
	list_sorter_free(&s);
}

TEST(spools_give_back_what_was_put)
{
	struct list_spool s = list_spool_make("/tmp");
	uint32_t v, count = 60000;
	for (uint32_t i = 0; i < count; i++)
		CHECK_INT(list_spool_add(&s, &i, 4), OK);
	for (int i = 0; i < 2000; i++) {
		uint32_t want = i < 100 ? count - 1 - (uint32_t)i : next() % count;
		CHECK(list_spool_read(&s, want * 4ull, &v, 4) == OK && v == want);
	}
	CHECK(list_spool_read(&s, 2ull * LIST_PIECE - 2, &v, 4) == OK);
	CHECK_INT(list_spool_read(&s, 4ull * count - 2, &v, 4), ERR_TRUNCATED);
	list_spool_free(&s);
}

/* --- writing, opening, finding --- */

static char folder[64];

static bool count_hit(void *context, const struct list_hit *h)
{
	uint64_t *sum = context;
	*sum += 1 + ((uint64_t)h->entry << 32);
	return true;
}

static void digest_make(uint8_t *to, uint32_t n, int shape)
{
	memset(to, 0, 20);
	for (int i = 0; i < 20; i++)
		to[i] = (uint8_t)((n * 2654435761u + (uint32_t)i * 40503u) >> (i % 3 * 8 + 5));
	if (shape == 1)
		memset(to, 0xee, 12); /* all begin alike */
	if (shape == 2 && n % 2)
		memset(to, 0, 7); /* half of them crowd at the start */
	memcpy(to + 14, &n, 4);
}

static void find_check(int shape, uint32_t count)
{
	struct list_writer *w;
	struct list *l;
	struct list_record r = { .has = 1u << LIST_SHA1 };
	struct list_about about = { .name = "n", .version = "1", .source = "", .country = "", .handling = "", .format = "test", .nature = LIST_HARMFUL };
	char path[200];
	CHECK_INT(list_path(folder, "n", "1", path, sizeof path), OK);
	CHECK_INT(list_writer_new(folder, &w), OK);
	for (uint32_t i = 0; i < count; i++) {
		digest_make(r.hash[LIST_SHA1], i, shape);
		CHECK_INT(list_writer_add(w, &r), OK);
	}
	CHECK_INT(list_writer_end(w, folder, path, &about, NULL, NULL), OK);
	list_writer_free(w);
	CHECK_INT(list_open(path, &l), OK);
	CHECK_INT(list_verify(l), OK);
	CHECK_INT(list_about(l)->counts[LIST_SHA1], count);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t sum = 0;
		digest_make(r.hash[LIST_SHA1], i, shape);
		list_find_in(l, LIST_SHA1, r.hash[LIST_SHA1], count_hit, &sum);
		if (sum != 1 + ((uint64_t)i << 32)) {
			CHECK(!"found once, as the entry it is");
			break;
		}
		r.hash[LIST_SHA1][19] ^= 0x80;
		sum = 0;
		list_find_in(l, LIST_SHA1, r.hash[LIST_SHA1], count_hit, &sum);
		list_find_in(l, LIST_MD5, r.hash[LIST_SHA1], count_hit, &sum);
		list_find_in(l, LIST_PDQ, r.hash[LIST_SHA1], count_hit, &sum);
		CHECK(sum == 0);
	}
	list_free(l);
	unlink(path);
}

TEST(every_hash_is_found_and_no_other)
{
	for (int shape = 0; shape < 3; shape++) {
		find_check(shape, 1);
		find_check(shape, 40);
		find_check(shape, 3000);
	}
}

TEST(what_is_said_comes_back)
{
	struct list_writer *w;
	struct list *l;
	struct list_store *s;
	struct list_entry e;
	uint64_t entries;
	uint32_t count;
	char path[200];
	struct list_about about = { .name = "said", .version = "v+2.0_b", .source = "a source", .country = "UK", .handling = "a rule", .format = "test 1", .nature = LIST_ILLEGAL,
				    .imported_at = 1790000000000000, .sha256 = "00ff", .bytes = 99 };
	CHECK_INT(list_path(folder, about.name, about.version, path, sizeof path), OK);
	CHECK_INT(list_writer_new(folder, &w), OK);
	struct list_record r = { .has = 1u << LIST_PDQ | 1u << LIST_PHOTODNA, .flags = LIST_VIDEO | LIST_SUSPECTED };
	static const char *const media[] = { "0", "7", "007", "123456789012345678", "99999999999999999999999", "x y", "" };
	for (uint32_t i = 0; i < 7; i++) {
		r.words[LIST_MEDIA] = (struct list_words){ media[i], strlen(media[i]) };
		r.words[LIST_CATEGORY] = (struct list_words){ i % 2 ? "A" : "", i % 2 };
		r.words[LIST_SERIES] = (struct list_words){ "series", i > 2 ? 6 : 0 };
		r.words[LIST_TAGS] = (struct list_words){ "tags", i > 3 ? 4 : 0 };
		memset(r.hash[LIST_PDQ], (int)i, 32);
		CHECK_INT(list_writer_add(w, &r), OK);
	}
	CHECK_INT(list_writer_end(w, folder, path, &about, NULL, NULL), OK);
	list_writer_free(w);
	CHECK_INT(list_writer_new(folder, &w), OK);
	CHECK_INT(list_writer_end(w, folder, path, &about, NULL, NULL), ERR_EXISTS);
	list_writer_free(w);
	CHECK_INT(list_store_open(folder, NULL, NULL, &s), OK);
	CHECK_INT(list_store_count(s), 1);
	CHECK(list_store_named(s, "said", NULL) == list_store_at(s, 0) && !list_store_named(s, "said", "2") && !list_store_named(s, "x", NULL));
	l = (struct list *)list_store_at(s, 0);
	const struct list_about *a = list_about(l);
	CHECK_TEXT(a->source, "a source");
	CHECK_TEXT(a->handling, "a rule");
	CHECK(strncmp(a->sha256, "00ff0000", 8) == 0);
	CHECK(a->imported_at == about.imported_at && a->bytes == 99 && a->entries == 7 && a->nature == LIST_ILLEGAL);
	for (uint32_t i = 0; i < 7; i++) {
		CHECK(list_entry_get(l, i, &e));
		CHECK_TEXT(e.media, media[i]);
		CHECK_TEXT(e.category, i % 2 ? "A" : "");
		CHECK_TEXT(e.series, i > 2 ? "series" : "");
		CHECK_TEXT(e.tags, i > 3 ? "tags" : "");
		CHECK_INT(e.flags, LIST_VIDEO | LIST_SUSPECTED);
	}
	CHECK(!list_entry_get(l, 7, &e) && !*e.media);
	CHECK_TEXT(list_category(l, 1, &entries), "A");
	CHECK_INT(entries, 3);
	CHECK_TEXT(list_category(l, 2, &entries), "");
	CHECK(list_category_meaning(a, "A") && list_category_meaning(a, "C") && !list_category_meaning(a, "D") && !list_category_meaning(a, "") && !list_category_meaning(a, "1") && !list_category_meaning(a, "AB"));
	about.country = "US";
	CHECK(!list_category_meaning(&about, "A"));
	const struct pdq *p = list_pdq(l, &count);
	CHECK(p && count == 7 && (uintptr_t)p % 8 == 0);
	for (uint32_t i = 0; p && i < count; i++)
		CHECK(list_pdq_entry(l, i) == i && p[i].words[3] == i * 0x0101010101010101ull);
	CHECK_INT(list_pdq_entry(l, 7), UINT32_MAX);
	list_store_free(s);
	unlink(path);
}

TEST(names)
{
	char path[100];
	CHECK_INT(list_path("/d", "caid", "2026-11", path, sizeof path), OK);
	CHECK_TEXT(path, "/d/caid@2026-11.hashlist");
	static const char *const bad[] = { "", ".a", "-a", "a/b", "a b", "a@b", "..", "\xc3\xa9", "a\n" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(list_path("/d", bad[i], "1", path, sizeof path) == ERR_USAGE && list_path("/d", "a", bad[i], path, sizeof path) == ERR_USAGE);
	CHECK_INT(list_path("/d", "caid", "2026-11", path, 20), ERR_USAGE);
	enum list_nature n;
	for (int i = 0; i < LIST_NATURES; i++)
		CHECK(list_nature_parse(list_nature_name((enum list_nature)i), &n) && n == (enum list_nature)i);
	CHECK(!list_nature_parse("abuse", &n));
}

int main(void)
{
	snprintf(folder, sizeof folder, "/tmp/custos-test-list-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	RUN(json_is_read);
	RUN(json_that_is_cut_fails);
	RUN(json_depth_and_skipping);
	RUN(hashes_and_words);
	RUN(sorting_in_memory_and_on_disk);
	RUN(spools_give_back_what_was_put);
	RUN(every_hash_is_found_and_no_other);
	RUN(what_is_said_comes_back);
	RUN(names);
	CHECK_INT(rmdir(folder), 0); /* nothing is left */
	return check_done();
}
