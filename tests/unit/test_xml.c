#include "formats/xml.h"

#include <stdlib.h>
#include <time.h>

#include "base/span.h"
#include "base/text.h"
#include "check.h"

/* A tree as one line: name[attribute=value,…]'text'(children), siblings parted by spaces. */
static void dump(struct buf *out, const struct xml_node *n)
{
	for (; n; n = n->next) {
		buf_text(out, n->name);
		for (const struct xml_attribute *a = n->attributes; a; a = a->next)
			buf_printf(out, "[%s=%s]", a->name, a->value);
		if (n->text[0])
			buf_printf(out, "'%s'", n->text);
		if (n->children) {
			buf_char(out, '(');
			dump(out, n->children);
			buf_char(out, ')');
		}
		if (n->next)
			buf_char(out, ' ');
	}
}

static struct buf line;
static enum err last_err;

static const char *tree_limited(const void *bytes, size_t size, size_t limit)
{
	struct arena a = arena_make(limit);
	struct xml_node *root;
	/* A copy of exactly the size, so that the sanitiser sees a read beyond it. */
	char *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	memcpy(copy, bytes, size);
	last_err = xml_read(&a, copy, size, &root);
	free(copy);
	buf_clear(&line);
	buf_text(&line, "");
	dump(&line, root);
	arena_free(&a);
	return line.data;
}

static const char *tree(const char *text) { return tree_limited(text, strlen(text), 64 << 20); }

TEST(text_xml)
{
	CHECK_TEXT(tree("<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n    <string name=\"k\">a &amp; b</string>\n"
			"    <int name=\"n\" value=\"7\" />\n</map>\n"),
		   "map(string[name=k]'a & b' int[name=n][value=7])");
	CHECK_INT(last_err, OK);
	CHECK_TEXT(tree("<a x='1&amp;2&#38;3&lt;&#x41;&quot;&apos;&#128512;'>one<b/>two<![CDATA[<&]]>\n<!-- no --><?p i?>\xc3\xa9</a>"),
		   "a[x=1&2&3<A\"'\xf0\x9f\x98\x80]'onetwo<&\n\xc3\xa9'(b)");
	CHECK_INT(last_err, OK);
	CHECK_TEXT(tree("<p:a xmlns:p='urn:x' p:b='1' c='2'><p:d/></p:a>"), "p:a[xmlns:p=urn:x][p:b=1][c=2](p:d)");
	CHECK_INT(last_err, OK);
	CHECK_TEXT(tree("<u:a><u:b/></u:a>"), "u:a(u:b)"); /* a prefix nobody declared */
	CHECK_INT(last_err, OK);
	CHECK_TEXT(tree("<a> \n </a>"), "a' \n '"); /* white space is kept where it is all there is */
	CHECK_TEXT(tree_limited("\xff\xfe<\0a\0>\0\xe9\0<\0/\0a\0>\0", 18, 1 << 20), "a'\xc3\xa9'");
	CHECK_INT(last_err, OK);
	CHECK_TEXT(tree("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>"), "a'\xc3\xa9'");
}

TEST(walking)
{
	struct arena a = arena_make(1 << 20);
	struct xml_node *n;
	const char *text = "<a><b><c/></b><d e='f'/></a>";
	CHECK_INT(xml_read(&a, text, strlen(text), &n), OK);
	struct buf b = { 0 };
	for (; n; n = xml_next(n)) {
		buf_printf(&b, "%s%d ", n->name, n->depth);
		if (strcmp(n->name, "d") == 0) {
			CHECK_TEXT(xml_attribute(n, "e"), "f");
			CHECK(xml_attribute(n, "g") == NULL);
			CHECK_TEXT(n->parent->name, "a");
		}
	}
	CHECK_TEXT(b.data, "a0 b1 c2 d1 ");
	CHECK(xml_next(NULL) == NULL && xml_attribute(NULL, "x") == NULL);
	buf_free(&b);
	arena_free(&a);
}

TEST(damage_keeps_what_came_before)
{
	CHECK_TEXT(tree("<a><b>1</b><c>2</d></a>"), "a(b'1' c'2')");
	CHECK_INT(last_err, ERR_FORMAT);
	CHECK_TEXT(tree("<a><b>1</b><c>tw"), "a(b'1' c'tw')");
	CHECK_INT(last_err, ERR_TRUNCATED);
	CHECK_TEXT(tree("<a><b>1</b><c x='"), "a(b'1')");
	CHECK_INT(last_err, ERR_TRUNCATED);
	CHECK_TEXT(tree("<a/><b/>"), "a");
	CHECK_INT(last_err, ERR_FORMAT);
	CHECK_TEXT(tree("<a><b/>\x01</a>"), "a(b)");
	CHECK_INT(last_err, ERR_FORMAT);
	CHECK_TEXT(tree(""), "");
	CHECK_INT(last_err, ERR_TRUNCATED);
	CHECK_TEXT(tree("no xml"), "");
	CHECK_INT(last_err, ERR_FORMAT);
	const char *whole = "<?xml version='1.0'?><a b='c'><d>e</d><!--f--><g><![CDATA[h]]></g>i&amp;</a>";
	for (size_t cut = 0; cut < strlen(whole); cut++) {
		tree_limited(whole, cut, 1 << 20);
		CHECK(last_err == ERR_TRUNCATED || last_err == ERR_FORMAT);
		CHECK(cut < 38 || strstr(line.data, "(d'e'"));
	}
}

TEST(no_entities_no_network)
{
	/* A billion laughs, in content and in an attribute: nothing is expanded. */
	static const char laughs[] = "<!DOCTYPE a [<!ENTITY a0 'ha'>"
				     "<!ENTITY a1 '&a0;&a0;&a0;&a0;&a0;&a0;&a0;&a0;&a0;&a0;&a0;&a0;&a0;&a0;&a0;&a0;'>"
				     "<!ENTITY a2 '&a1;&a1;&a1;&a1;&a1;&a1;&a1;&a1;&a1;&a1;&a1;&a1;&a1;&a1;&a1;&a1;'>"
				     "<!ENTITY a3 '&a2;&a2;&a2;&a2;&a2;&a2;&a2;&a2;&a2;&a2;&a2;&a2;&a2;&a2;&a2;&a2;'>"
				     "<!ENTITY a4 '&a3;&a3;&a3;&a3;&a3;&a3;&a3;&a3;&a3;&a3;&a3;&a3;&a3;&a3;&a3;&a3;'>"
				     "<!ENTITY a5 '&a4;&a4;&a4;&a4;&a4;&a4;&a4;&a4;&a4;&a4;&a4;&a4;&a4;&a4;&a4;&a4;'>"
				     "<!ENTITY a6 '&a5;&a5;&a5;&a5;&a5;&a5;&a5;&a5;&a5;&a5;&a5;&a5;&a5;&a5;&a5;&a5;'>]>";
	struct buf b = { 0 };
	clock_t start = clock();
	buf_text(&b, laughs);
	buf_text(&b, "<a><b/>&a6;</a>");
	CHECK_TEXT(tree(b.data), "a(b)");
	CHECK_INT(last_err, ERR_FORMAT);
	buf_clear(&b);
	buf_text(&b, laughs);
	buf_text(&b, "<a><b/><c d='&a6;'/></a>");
	CHECK(!strstr(tree(b.data), "ha"));
	CHECK((clock() - start) / CLOCKS_PER_SEC < 2);
	buf_free(&b);
	CHECK(!strstr(tree("<!DOCTYPE a [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><a>&f;</a>"), "root"));
	CHECK(!strstr(tree("<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]><a>x</a>"), "root"));
	CHECK_TEXT(tree("<!DOCTYPE a SYSTEM 'http://example.org/a.dtd' [<!ATTLIST a b CDATA 'default'>]><a/>"), "a");
	CHECK_INT(last_err, OK);
}

TEST(limits)
{
	struct buf b = { 0 };
	for (int depth = 512; depth <= 513; depth++) {
		buf_clear(&b);
		for (int i = 0; i < depth; i++)
			buf_text(&b, "<a>");
		for (int i = 0; i < depth; i++)
			buf_text(&b, "</a>");
		tree(b.data);
		CHECK_INT(last_err, depth == 512 ? OK : ERR_LIMIT);
		int opened = 0;
		for (const char *p = line.data; *p; p++)
			opened += *p == 'a';
		CHECK_INT(opened, 512);
	}
	buf_clear(&b);
	buf_text(&b, "<a>");
	for (int i = 0; i < 1000; i++)
		buf_text(&b, "<b/>");
	tree_limited(b.data, b.size, 4096);
	CHECK_INT(last_err, ERR_LIMIT);
	CHECK(strncmp(line.data, "a(b b ", 6) == 0);
	buf_free(&b);
}

/* ---- ABX ----
 * Written byte by byte as AOSP's BinaryXmlSerializer does; the expected texts are what its BinaryXmlPullParser gives for
 * getAttributeValue() and getText(). */

#define ABX "ABX\0"
#define DOCUMENT "\x10"
#define DOCUMENT_END "\x11"
#define NEW(size, text) "\xff\xff\x00" size text /* interned, seen for the first time */
#define BYTES(text) text, sizeof text - 1

static const char *abx(const char *bytes, size_t size) { return tree_limited(bytes, size, 1 << 20); }

static const char types[] = ABX DOCUMENT "\x32" NEW("\x01", "a")                              /* 0 */
	"\x1f" NEW("\x04", "null")                                                             /* 1 */
	"\x2f" NEW("\x01", "s") "\x00\x02hi"                                                   /* 2 */
	"\x3f" NEW("\x01", "i") NEW("\x05", "again")                                           /* 3, 4 */
	"\x3f" NEW("\x01", "j") "\x00\x04"                                                     /* 5 */
	"\x4f" NEW("\x01", "h") "\x00\x03\x00\xab\xff"                                         /* 6 */
	"\x5f" NEW("\x01", "b") "\x00\x04Man!"                                                 /* 7 */
	"\x6f" NEW("\x02", "i1") "\xff\xff\xff\xfe" "\x6f\x00\x03\x7f\xff\xff\xff"             /* 8 */
	"\x7f" NEW("\x02", "x1") "\x00\x00\xbe\xef" "\x7f\x00\x03\xff\xff\xff\xff"             /* 9 */
	"\x8f" NEW("\x02", "l1") "\x80\x00\x00\x00\x00\x00\x00\x00"                            /* 10 */
	"\x9f" NEW("\x02", "y1") "\x00\x00\x01\x8c\xc2\x51\xf4\x00" "\x9f\x00\x03\x80\x00\x00\x00\x00\x00\x00\x00"
	"\xaf" NEW("\x01", "f") "\x3d\xcc\xcc\xcd" "\xaf\x00\x03\x3f\x80\x00\x00"
	"\xbf" NEW("\x01", "d") "\x3f\xb9\x99\x99\x99\x99\x99\x9a" "\xbf\x00\x03\x7f\xf8\x00\x00\x00\x00\x00\x00"
	"\xcf" NEW("\x01", "t") "\xdf" NEW("\x01", "u")
	"\x33\x00\x00" DOCUMENT_END;

TEST(abx_types)
{
	CHECK_TEXT(abx(BYTES(types)),
		   "a[null=][s=hi][i=again][j=again][h=00abff][b=TWFuIQ==][i1=-2][i=2147483647][x1=beef][i=-1]"
		   "[l1=-9223372036854775808][y1=18cc251f400][i=-8000000000000000][f=0.1][i=1.0][d=0.1][i=NaN][t=true][u=false]");
	CHECK_INT(last_err, OK);
}

static const char mixed[] = ABX DOCUMENT "\x29\x00\x01!" "\x27\x00\x01 "
	"\x32" NEW("\x01", "a") "\x24\x00\x03one" "\x32" NEW("\x01", "b") "\x33\x00\x01" "\x25\x00\x03<&>" "\x29\x00\x02no"
	"\x28\x00\x02pi" "\x2a\x00\x02" "dd" "\x26\x00\x02lt" "\x26\x00\x05#x1F6" "\x26\x00\x03#65" "\x26\x00\x05other" "\x14"
	"\x24\x00\x08\xed\xa0\xbd\xed\xb8\x80\xc0\x80" "\x24\x00\x04\xf0\x9f\x98\x80" "\x24\x00\x04\xed\xa0\xbd\xff" "\x33\x00\x00"
	"\x32\x00\x01\x2f\x00\x00\x00\x01x\x33\x00\x01" DOCUMENT_END;

TEST(abx_text_and_roots)
{
	CHECK_TEXT(abx(BYTES(mixed)), "a'one<&><\xc7\xb6"
				      "A&other;\xf0\x9f\x98\x80\xef\xbf\xbd\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd'(b) b[a=x]");
	CHECK_INT(last_err, OK);
	/* A second document behind the first: its strings start anew. */
	CHECK_TEXT(abx(BYTES(ABX DOCUMENT "\x32" NEW("\x01", "a") "\x33\x00\x00" DOCUMENT_END ABX DOCUMENT "\x32" NEW("\x01", "c")
			     "\x33\x00\x00" DOCUMENT_END)), "a c");
	CHECK_INT(last_err, OK);
	CHECK_TEXT(abx(BYTES(ABX DOCUMENT "\x32" NEW("\x01", "a") "\x33\x00\x00" DOCUMENT_END "\0\0\0")), "a"); /* padding */
	CHECK_INT(last_err, OK);
}

TEST(abx_damage)
{
	static const struct { const char *bytes; size_t size; const char *tree; enum err e; } bad[] = {
		{ BYTES(ABX), "", ERR_TRUNCATED },
		{ BYTES(ABX DOCUMENT DOCUMENT_END), "", ERR_FORMAT },
		{ BYTES(ABX DOCUMENT "\x32" NEW("\x01", "a") "\x32\x00\x01"), "a", ERR_FORMAT },     /* string 1 was not seen */
		{ BYTES(ABX DOCUMENT "\x32" NEW("\x01", "a") "\xef\x00\x00"), "a", ERR_FORMAT },     /* no such type */
		{ BYTES(ABX DOCUMENT "\x32" NEW("\x01", "a") "\x1b"), "a", ERR_FORMAT },             /* no such event */
		{ BYTES(ABX DOCUMENT "\x32" NEW("\x01", "a") "\x34"), "a", ERR_FORMAT },             /* text of interned type */
		{ BYTES(ABX DOCUMENT "\x32" NEW("\x01", "a") "\x32" NEW("\x01", "b") "\x33\x00\x00"), "a(b)", ERR_FORMAT },
		{ BYTES(ABX DOCUMENT "\x32" NEW("\x01", "a") DOCUMENT_END), "a", ERR_FORMAT },
		{ BYTES(ABX DOCUMENT "\x22\x00\x01" "a"), "", ERR_FORMAT },
		{ BYTES(ABX DOCUMENT "\x33" NEW("\x01", "a")), "", ERR_FORMAT },
		{ BYTES(ABX DOCUMENT "\x32" NEW("\x01", "a") "\x24\x00\x09short"), "a", ERR_TRUNCATED },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK_TEXT(abx(bad[i].bytes, bad[i].size), bad[i].tree);
		CHECK_INT(last_err, bad[i].e);
	}
	for (size_t cut = 4; cut < sizeof types - 2; cut++) {
		abx(types, cut);
		CHECK_INT(last_err, ERR_TRUNCATED);
		CHECK((cut < 11) == (line.size == 0));
	}
	for (size_t at = 4; at < sizeof mixed - 1; at++)
		for (int bit = 0; bit < 8; bit++) {
			char flipped[sizeof mixed];
			memcpy(flipped, mixed, sizeof mixed);
			flipped[at] = (char)(flipped[at] ^ 1 << bit);
			abx(flipped, sizeof mixed - 1);
		}
}

TEST(abx_depth)
{
	struct buf b = { 0 };
	buf_add(&b, BYTES(ABX DOCUMENT "\x32" NEW("\x01", "a")));
	for (int i = 1; i < 513; i++)
		buf_add(&b, "\x32\x00\x00", 3);
	abx(b.data, b.size);
	CHECK_INT(last_err, ERR_LIMIT);
	abx(b.data, b.size - 3);
	CHECK_INT(last_err, ERR_TRUNCATED);
	buf_free(&b);
}

/* Counts by Python's xml.etree. */
TEST(real_file)
{
	char path[4096];
	const char *shared = getenv("CUSTOS_SHARED"), *source = getenv("CUSTOS_SOURCE");
	snprintf(path, sizeof path, "%s%s/data/plaso/android/usage-history.xml", shared ? shared : source ? source : ".",
		 shared ? "" : "/../shared");
	FILE *f = fopen(path, "rb");
	if (!f)
		SKIP("no shared data: usage-history.xml");
	static char bytes[1 << 20];
	size_t size = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	struct arena a = arena_make(64 << 20);
	struct xml_node *n;
	CHECK_INT(xml_read(&a, bytes, size, &n), OK);
	int nodes = 0, attributes = 0;
	for (; n; n = xml_next(n)) {
		nodes++;
		for (struct xml_attribute *t = n->attributes; t; t = t->next)
			attributes++;
	}
	CHECK_INT(nodes, 43);
	CHECK_INT(attributes, 70);
	arena_free(&a);
}

int main(void)
{
	RUN(text_xml);
	RUN(walking);
	RUN(damage_keeps_what_came_before);
	RUN(no_entities_no_network);
	RUN(limits);
	RUN(abx_types);
	RUN(abx_text_and_roots);
	RUN(abx_damage);
	RUN(abx_depth);
	RUN(real_file);
	buf_free(&line);
	return check_done();
}
