#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "fixture.h"
#include "formats/plist.h"

enum { MEMORY = 64 << 20 };

/* Reads `bytes` as a property list; its JSON into `out` (at most 1 MiB of it). */
static enum err read_json(const void *bytes, size_t size, struct buf *out)
{
	struct arena a = arena_make(MEMORY);
	const struct value *v = NULL;
	enum err e = plist_read(&a, bytes, size, &v);
	*out = (struct buf){ .limit = 1 << 20 };
	if (e == OK)
		value_json(out, v);
	arena_free(&a);
	return e;
}

static void check_xml(const char *body, enum err want, const char *json)
{
	struct buf out;
	enum err e = read_json(body, strlen(body), &out);
	if (e != want)
		fprintf(stderr, "%.80s: %s\n", body, err_message());
	CHECK_INT(e, want);
	if (json)
		CHECK_TEXT(out.data, json);
	buf_free(&out);
}

static const char *const golden[] = { "numbers.bin",  "numbers.xml", "texts.bin", "texts.xml",	  "data.bin",
				      "data.xml",     "dates.bin",   "dates.xml", "fractions.bin", "nested.bin",
				      "nested.xml",   "wide.bin",    "uids.bin",  "root.bin",	  "root.xml" };

TEST(reads_what_plistlib_wrote)
{
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		char name[80];
		snprintf(name, sizeof name, "plist/%s.plist", golden[i]);
		struct buf file = fixture_read(name), out;
		CHECK(file.size > 0);
		CHECK(plist_is(file.data, file.size));
		CHECK_INT(read_json(file.data, file.size, &out), OK);
		snprintf(name, sizeof name, "plist/%.*s.json", (int)strcspn(golden[i], "."), golden[i]);
		struct buf want = fixture_read(name);
		CHECK_TEXT(out.data, want.data);
		buf_free(&out);
		buf_free(&want);
		buf_free(&file);
	}
}

/* Whatever is cut or flipped, the reader comes back (the sanitizers watch). */
TEST(survives_damage)
{
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		char name[80];
		snprintf(name, sizeof name, "plist/%s.plist", golden[i]);
		struct buf file = fixture_read(name), out;
		size_t step = file.size > 1500 ? file.size / 750 : 1;
		for (size_t n = 0; n < file.size; n += step) {
			char *cut = malloc(n + 1); /* own memory, so that a read beyond the end is seen */
			memcpy(cut, file.data, n);
			char *exact = realloc(cut, n ? n : 1);
			enum err e = read_json(exact, n, &out);
			bool whole = strstr(name, ".xml") && n + 1 >= file.size; /* only the last line feed is missing */
			CHECK(e != OK || whole);
			buf_free(&out);
			free(exact);
		}
		for (size_t n = 0; n < file.size; n += step) {
			file.data[n] ^= (char)(1 << (n % 8));
			read_json(file.data, file.size, &out);
			buf_free(&out);
			file.data[n] ^= (char)(1 << (n % 8));
			char was = file.data[n];
			file.data[n] = (char)0xff;
			read_json(file.data, file.size, &out);
			buf_free(&out);
			file.data[n] = was;
		}
		buf_free(&file);
	}
}

/* A binary plist by hand: objects one after another, offsets of four bytes, references of two. */
struct maker {
	struct buf file;
	uint32_t offsets[4096];
	unsigned count;
};

static void be(struct buf *b, uint64_t n, int width)
{
	for (int i = width - 1; i >= 0; i--)
		buf_char(b, (char)(n >> (8 * i)));
}

static void object(struct maker *m, const void *bytes, size_t size)
{
	if (!m->count && !m->file.size)
		buf_text(&m->file, "bplist00");
	m->offsets[m->count++] = (uint32_t)m->file.size;
	buf_add(&m->file, bytes, size);
}

static enum err made_json(struct maker *m, uint64_t top, struct buf *out)
{
	uint64_t table = m->file.size;
	for (unsigned i = 0; i < m->count; i++)
		be(&m->file, m->offsets[i], 4);
	buf_add(&m->file, "\0\0\0\0\0\0\4\2", 8);
	be(&m->file, m->count, 8);
	be(&m->file, top, 8);
	be(&m->file, table, 8);
	enum err e = read_json(m->file.data, m->file.size, out);
	buf_free(&m->file);
	*m = (struct maker){ 0 };
	return e;
}

static enum err one_json(const void *bytes, size_t size, struct buf *out)
{
	static struct maker m;
	object(&m, bytes, size);
	object(&m, "\x00", 1); /* so that the smallest is no shorter than a file can be */
	return made_json(&m, 0, out);
}

TEST(every_binary_object)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *json;
	} rows[] = {
		{ "\x00", 1, "null" },
		{ "\x08", 1, "false" },
		{ "\x09", 1, "true" },
		{ "\x10\xff", 2, "255" },
		{ "\x11\xff\xff", 3, "65535" },
		{ "\x12\xff\xff\xff\xff", 5, "4294967295" },
		{ "\x13\xff\xff\xff\xff\xff\xff\xff\xff", 9, "-1" },
		{ "\x14\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 17, "\"18446744073709551615\"" },
		{ "\x14\xff\xff\xff\xff\xff\xff\xff\xff\x80\0\0\0\0\0\0\0", 17, "-9223372036854775808" },
		{ "\x14\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 17, "\"-170141183460469231731687303715884105728\"" },
		{ "\x22\x3f\x00\0\0", 5, "0.5" },
		{ "\x23\x3f\xe0\0\0\0\0\0\0", 9, "0.5" },
		{ "\x23\x7f\xf8\0\0\0\0\0\0", 9, "null" },
		{ "\x33\0\0\0\0\0\0\0\0", 9, "\"2001-01-01T00:00:00Z\"" },
		{ "\x33\xbf\xe0\0\0\0\0\0\0", 9, "\"2000-12-31T23:59:59.500000Z\"" },
		{ "\x33\x7f\xef\xff\xff\xff\xff\xff\xff", 9, "null" },
		{ "\x33\x7f\xf8\0\0\0\0\0\0", 9, "null" },
		{ "\x42\x01\x02", 3, "\"AQI=\"" },
		{ "\x4f\x10\x01\x07", 4, "\"Bw==\"" }, /* the count as an object although it would fit */
		{ "\x52hi", 3, "\"hi\"" },
		{ "\x51\xff", 2, "\"\xef\xbf\xbd\"" },
		{ "\x62\xd8\x3d\xde\x00", 5, "\"\xf0\x9f\x98\x80\"" },
		{ "\x61\xd8\x3d", 3, "\"\xef\xbf\xbd\"" }, /* half of a surrogate pair */
		{ "\x72\xc3\xa9", 3, "\"\xc3\xa9\"" },
		{ "\x80\x07", 2, "{\"CF$UID\":7}" },
		{ "\x87\0\0\0\0\0\0\0\x09", 9, "{\"CF$UID\":9}" },
		{ "\xa0", 1, "[]" },
		{ "\xa1\0\1", 3, "[null]" },
		{ "\xb2\0\1\0\1", 5, "[null,null]" }, /* ordered set */
		{ "\xc1\0\1", 3, "[null]" },	      /* set */
		{ "\xd0", 1, "{}" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out;
		CHECK_INT(one_json(rows[i].bytes, rows[i].size, &out), OK);
		CHECK_TEXT(out.data, rows[i].json);
		buf_free(&out);
	}
}

TEST(refuses_what_no_writer_makes)
{
	static const struct {
		const char *bytes;
		size_t size;
		enum err want;
	} rows[] = {
		{ "\x01", 1, ERR_FORMAT },			     /* no such marker */
		{ "\x15\0\0\0\0\0\0\0\0\0", 10, ERR_FORMAT },	     /* an integer of 32 bytes */
		{ "\x87\xff\0\0\0\0\0\0\0", 9, ERR_FORMAT },	     /* a negative UID */
		{ "\x88\0\0\0\0\0\0\0\0\0", 10, ERR_FORMAT },	     /* a UID of nine bytes */
		{ "\x4f\x50", 2, ERR_FORMAT },			     /* a count that is a text */
		{ "\x4f\x13\xff\xff\xff\xff\xff\xff\xff\xff", 10, ERR_TRUNCATED },
		{ "\x6f\x13\x80\0\0\0\0\0\0\0", 10, ERR_TRUNCATED }, /* count × 2 overflows */
		{ "\xdf\x13\x40\0\0\0\0\0\0\0", 10, ERR_TRUNCATED }, /* count × 4 overflows */
		{ "\x55hi", 3, ERR_TRUNCATED },
		{ "\xa1\0\0", 3, ERR_FORMAT },		   /* contains itself */
		{ "\xa1\0\x09", 3, ERR_FORMAT },	   /* a reference to nothing */
		{ "\xd1\0\1\0\1", 5, ERR_FORMAT },	   /* null as a key */
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out;
		enum err e = one_json(rows[i].bytes, rows[i].size, &out);
		if (e != rows[i].want)
			fprintf(stderr, "row %zu: %s\n", i, err_message());
		CHECK_INT(e, rows[i].want);
		buf_free(&out);
	}
}

TEST(an_integer_key_becomes_text)
{
	static struct maker m;
	struct buf out;
	object(&m, "\xd1\0\1\0\1", 5);
	object(&m, "\x10\x2a", 2);
	CHECK_INT(made_json(&m, 0, &out), OK);
	CHECK_TEXT(out.data, "{\"42\":42}");
	buf_free(&out);
}

/* A chain of `levels` arrays, each holding the next `width` times, and a null at the end. */
static void chain(struct maker *m, unsigned levels, int width)
{
	for (unsigned i = 0; i < levels; i++) {
		char array[40] = { (char)(0xa0 + width) };
		for (int k = 0; k < width; k++) {
			array[1 + 2 * k] = (char)((i + 1) >> 8);
			array[2 + 2 * k] = (char)(i + 1);
		}
		object(m, array, 1 + 2 * (size_t)width);
	}
	object(m, "\x00", 1);
}

TEST(depth_is_limited)
{
	static struct maker m;
	struct buf out;
	chain(&m, VALUE_DEPTH - 1, 1);
	CHECK_INT(made_json(&m, 0, &out), OK);
	CHECK_INT(out.size, 2 * (VALUE_DEPTH - 1) + 4);
	buf_free(&out);
	chain(&m, VALUE_DEPTH, 1);
	CHECK_INT(made_json(&m, 0, &out), ERR_LIMIT);
	buf_free(&out);
	/* The long way to an object that was met on a short one first: array 0 = [half of the chain, the whole chain]. */
	object(&m, "\xa2\1\x2c\0\1", 5);
	for (unsigned i = 1; i < 600; i++)
		object(&m, (char[]){ (char)0xa1, (char)((i + 1) >> 8), (char)(i + 1) }, 3);
	object(&m, "\x00", 1);
	CHECK_INT(made_json(&m, 0, &out), ERR_LIMIT);
	buf_free(&out);
}

TEST(shared_objects_are_read_once)
{
	static struct maker m;
	struct buf out;
	clock_t start = clock();
	chain(&m, 500, 15 - 1); /* 14 to the 500th nulls, were it a tree */
	CHECK_INT(made_json(&m, 0, &out), OK);
	CHECK(out.failed); /* its JSON is stopped by the buffer's limit */
	CHECK(clock() - start < 5 * CLOCKS_PER_SEC);
	buf_free(&out);
}

TEST(overlapping_objects_are_refused)
{
	/* An array of 3000 objects that all are one and the same array of 3000 nulls. */
	static struct maker m;
	struct buf out;
	enum { N = 3000 };
	char array[4 + 2 * N] = { (char)0xaf, 0x11, N >> 8, (char)(N & 255) };
	for (unsigned i = 0; i < N; i++) {
		array[4 + 2 * i] = (char)((i + 2) >> 8);
		array[5 + 2 * i] = (char)(i + 2);
	}
	object(&m, array, sizeof array);
	object(&m, "\x00", 1);
	for (unsigned i = 0; i < N; i++) {
		array[4 + 2 * i] = 0;
		array[5 + 2 * i] = 1;
	}
	object(&m, array, sizeof array);
	for (unsigned i = 1; i < N; i++) {
		m.offsets[m.count] = m.offsets[2];
		m.count++;
	}
	CHECK_INT(made_json(&m, 0, &out), ERR_FORMAT);
	CHECK(strstr(err_message(), "overlap"));
	buf_free(&out);
}

TEST(arena_limit_is_kept)
{
	struct buf file = fixture_read("plist/wide.bin.plist");
	struct arena a = arena_make(1000);
	const struct value *v;
	CHECK_INT(plist_read(&a, file.data, file.size, &v), ERR_LIMIT);
	CHECK(a.used <= 1000);
	arena_free(&a);
	buf_free(&file);
	file = fixture_read("plist/nested.xml.plist");
	CHECK_INT(plist_read(&a, file.data, file.size, &v), ERR_LIMIT);
	arena_free(&a);
	buf_free(&file);
}

TEST(xml_details)
{
	check_xml("<plist><integer>-0x10</integer></plist>", OK, "-16");
	check_xml("<plist><integer> +7\n</integer></plist>", OK, "7");
	check_xml("<plist><integer>18446744073709551615</integer></plist>", OK, "\"18446744073709551615\"");
	check_xml("<plist><integer>0xFFFFFFFFFFFFFFFF</integer></plist>", OK, "\"18446744073709551615\"");
	check_xml("<plist><integer>-9223372036854775808</integer></plist>", OK, "-9223372036854775808");
	check_xml("<plist><integer>12a</integer></plist>", ERR_FORMAT, NULL);
	check_xml("<plist><integer></integer></plist>", ERR_FORMAT, NULL);
	check_xml("<plist><real>nan</real></plist>", OK, "null");
	check_xml("<plist><real>1e</real></plist>", ERR_FORMAT, NULL);
	check_xml("<plist><date>2026-11-24T20:23:46Z</date></plist>", OK, "\"2026-11-24T20:23:46Z\"");
	check_xml("<plist><date>someday</date></plist>", OK, "null");
	check_xml("<plist><data>\n\tAQI\n\tD\n</data></plist>", OK, "\"AQID\"");
	check_xml("<plist><string>a&amp;b<![CDATA[<c>]]>&#233;</string></plist>", OK, "\"a&b<c>\xc3\xa9\"");
	check_xml("<plist><string>  kept </string></plist>", OK, "\"  kept \"");
	check_xml("<dict><key>a</key><true/></dict>", OK, "{\"a\":true}");
	check_xml("\xef\xbb\xbf<?xml version=\"1.0\"?><!-- note --><plist><array/></plist>", OK, "[]");
	check_xml("<plist><dict><key>CF$UID</key><integer>3</integer></dict></plist>", OK, "{\"CF$UID\":3}");
	check_xml("<plist><dict><key>a</key><integer>1</integer><key>a</key><integer>2</integer></dict></plist>", OK,
		  "{\"a\":1,\"a\":2}");
	check_xml("<plist></plist>", ERR_FORMAT, NULL);
	check_xml("<plist><dict><true/></dict></plist>", ERR_FORMAT, NULL);
	check_xml("<plist><dict><key>a</key></dict></plist>", ERR_FORMAT, NULL);
	check_xml("<plist><dict><key>a</key><key>b</key></dict></plist>", ERR_FORMAT, NULL);
	check_xml("<plist><key>a</key></plist>", ERR_FORMAT, NULL);
	check_xml("<plist><true/><true/></plist>", ERR_FORMAT, NULL);
	check_xml("<plist><string>a<true/></string></plist>", ERR_FORMAT, NULL);
	check_xml("<plist><map/></plist>", ERR_FORMAT, NULL);
	check_xml("<plist><array><plist/></array></plist>", ERR_FORMAT, NULL);
	check_xml("<plist><array><true/>", ERR_TRUNCATED, NULL);
	check_xml("<plist><array></dict></plist>", ERR_FORMAT, NULL);
	check_xml("{ a = b; }", ERR_UNSUPPORTED, NULL);
	check_xml("// comment\n(a, b)", ERR_UNSUPPORTED, NULL);
	check_xml("just text", ERR_FORMAT, NULL);
	check_xml("bplist15\1\2\3\4\5\6\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7", ERR_UNSUPPORTED,
		  NULL);
	check_xml("", ERR_FORMAT, NULL);
	check_xml("bpl", ERR_TRUNCATED, NULL);
	CHECK(!plist_is("<?xml version='1.0'?><map/>", 27));
	CHECK(!plist_is("bplist", 6));
}

TEST(xml_utf16)
{
	const char *xml = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><plist><string>ok</string></plist>";
	struct buf wide = { 0 }, out;
	buf_add(&wide, "\xff\xfe", 2);
	for (; *xml; xml++)
		buf_add(&wide, (char[]){ *xml, 0 }, 2);
	CHECK(plist_is(wide.data, wide.size));
	CHECK_INT(read_json(wide.data, wide.size, &out), OK);
	CHECK_TEXT(out.data, "\"ok\"");
	buf_free(&out);
	buf_free(&wide);
}

TEST(xml_declarations_are_refused)
{
	check_xml("<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://example.org/none.dtd\"><plist><true/></plist>", OK,
		  "true");
	check_xml("<!DOCTYPE p [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><plist><string>&b;</string></plist>",
		  ERR_UNSUPPORTED, NULL);
	check_xml("<!DOCTYPE p [<!ENTITY % a SYSTEM \"file:///etc/hostname\"> %a;]><plist><true/></plist>", ERR_UNSUPPORTED,
		  NULL);
	check_xml("<!DOCTYPE p [<!ATTLIST true a CDATA \"1\">]><plist><true/></plist>", ERR_UNSUPPORTED, NULL);
	check_xml("<!DOCTYPE p [<!ATTLIST true a (x|y) \"x\">]><plist><true/></plist>", ERR_UNSUPPORTED, NULL);
	check_xml("<!DOCTYPE p [<!ELEMENT true (a|b)>]><plist><true/></plist>", ERR_UNSUPPORTED, NULL);
	check_xml("<plist><string>&nbsp;</string></plist>", ERR_FORMAT, NULL);
	check_xml("<!DOCTYPE plist SYSTEM \"x\"><plist><string>&nbsp;</string></plist>", ERR_FORMAT, NULL);
}

TEST(xml_depth_is_limited_quickly)
{
	struct buf deep = { 0 }, out;
	buf_text(&deep, "<plist>");
	for (int i = 0; i < 1000000; i++)
		buf_text(&deep, "<array>");
	clock_t start = clock();
	CHECK_INT(read_json(deep.data, deep.size, &out), ERR_LIMIT);
	CHECK(clock() - start < 2 * CLOCKS_PER_SEC);
	buf_free(&out);
	buf_clear(&deep);
	for (int i = 0; i < VALUE_DEPTH - 1; i++)
		buf_text(&deep, "<array>");
	buf_text(&deep, "<true/>");
	for (int i = 0; i < VALUE_DEPTH - 1; i++)
		buf_text(&deep, "</array>");
	CHECK_INT(read_json(deep.data, deep.size, &out), OK);
	CHECK_INT(out.size, 2 * (VALUE_DEPTH - 1) + 4);
	buf_free(&out);
	buf_free(&deep);
}

int main(void)
{
	RUN(reads_what_plistlib_wrote);
	RUN(survives_damage);
	RUN(every_binary_object);
	RUN(refuses_what_no_writer_makes);
	RUN(an_integer_key_becomes_text);
	RUN(depth_is_limited);
	RUN(shared_objects_are_read_once);
	RUN(overlapping_objects_are_refused);
	RUN(arena_limit_is_kept);
	RUN(xml_details);
	RUN(xml_utf16);
	RUN(xml_declarations_are_refused);
	RUN(xml_depth_is_limited_quickly);
	return check_done();
}
