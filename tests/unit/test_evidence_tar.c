/* Tar evidence, against what Python's tarfile and GNU tar made. */
#include "evidence_help.h"

#include "base/time.h"

static struct evidence *tar_open(const char *name)
{
	struct evidence *e = NULL;
	CHECK_INT(evidence_open(in_folder(name), NULL, &e), OK);
	return e;
}

static void check_usual(const char *name, const char *kind)
{
	struct evidence *e = tar_open(name);
	if (!e)
		return;
	CHECK_TEXT(evidence_kind(e), kind);
	CHECK_CONTENT(e, "data/a.txt", "alpha");
	CHECK_CONTENT(e, "data/hard", "alpha");
	CHECK_CONTENT(e, "data/hard2", "alpha");
	CHECK_INT(evidence_find(e, "data/hard")->size, 5);
	CHECK_INT(evidence_find(e, "data/a.txt")->modified_at, 1700000000000000);
	enum err err;
	size_t size;
	content(e, "data/lost", &err, NULL);
	CHECK_INT(err, ERR_NOT_FOUND);
	CHECK(noted(e, "data/lost", "hard link to data/nowhere"));
	content(e, "data/self", &err, NULL);
	CHECK_INT(err, ERR_NOT_FOUND);
	const struct entry *soft = evidence_find(e, "data/soft");
	CHECK_INT(soft->type, ENTRY_LINK);
	CHECK_TEXT(soft->target, "../../etc/passwd");
	CHECK_INT(evidence_find(e, "data/pipe")->type, ENTRY_OTHER);
	CHECK_INT(evidence_find(e, "data")->type, ENTRY_FOLDER);
	CHECK_CONTENT(e, "abs/olute", "abs");
	CHECK(noted(e, "abs/olute", "begin with '/'"));
	CHECK_CONTENT(e, "up/%2E%2E/%2E%2E/x", "up");
	CHECK(noted(e, "up/%2E%2E/%2E%2E/x", "leads out"));
	CHECK_CONTENT(e, "twice", "second");
	CHECK_CONTENT(e, "caf\xc3\xa9 \xe2\x98\x95", "name");
	char deep[400] = "";
	for (int i = 0; i < 60; i++)
		strcat(deep, "deep/");
	strcat(deep, "long name.txt");
	CHECK_CONTENT(e, deep, "long");
	const char *big = content(e, "big", &err, &size);
	CHECK_INT(err, OK);
	CHECK_INT(size, 640000);
	CHECK(memcmp(big + 639984, "0123456789abcdef", 16) == 0);
	CHECK(evidence_find(e, "") == NULL);
	evidence_free(e);
}

TEST(gnu_and_pax) { check_usual("gnu.tar", "tar"), check_usual("pax.tar", "tar"); }

TEST(compressed)
{
	check_usual("c.tar.gz", "tar.gz");
	check_usual("c.tar.bz2", "tar.bz2");
	check_usual("c.tar.xz", "tar.xz");
	if (access(in_folder("c.tar.zst"), F_OK))
		SKIP("no zstd here to make a tar.zst");
	check_usual("c.tar.zst", "tar.zst");
}

TEST(pax_times)
{
	struct evidence *e = tar_open("pax.tar");
	const struct entry *f = evidence_find(e, "fraction");
	CHECK_INT(f->modified_at, 1700000000250000);
	CHECK_INT(f->accessed_at, 1700000001500000);
	CHECK_INT(f->created_at, 1600000000000001);
	CHECK_INT(evidence_find(e, "twice")->accessed_at, TIME_NONE);
	evidence_free(e);
}

TEST(ustar_prefix)
{
	struct evidence *e = tar_open("ustar.tar");
	char path[300];
	memset(path, 'p', 120);
	path[120] = '/';
	memset(path + 121, 'n', 90);
	path[211] = 0;
	CHECK_CONTENT(e, path, "prefix");
	evidence_free(e);
	e = tar_open("empty.tar");
	CHECK_INT(evidence_count(e), 0);
	CHECK_INT(evidence_note_count(e), 0);
	evidence_free(e);
}

TEST(sparse)
{
	static const char *const names[] = { "sparse-old.tar", "sparse-0.0.tar", "sparse-0.1.tar", "sparse-1.0.tar" };
	size_t want_size, size;
	unsigned char *want = file_load("holes", &want_size);
	if (!want || access(in_folder("sparse-1.0.tar"), F_OK))
		SKIP("no GNU tar here to make sparse files");
	for (size_t i = 0; i < 4; i++) {
		enum err err;
		struct evidence *e = tar_open(names[i]);
		const char *got = content(e, "holes", &err, &size);
		CHECK_INT(err, OK);
		CHECK_INT(size, want_size);
		CHECK(size == want_size && memcmp(got, want, size) == 0);
		CHECK_INT(evidence_find(e, "holes")->size, want_size);
		CHECK(evidence_find(e, "holes")->stored < 1000000);
		content(e, "gnu.tar", &err, &size); /* the one behind is where it should be */
		CHECK_INT(err, OK);
		CHECK_INT(evidence_note_count(e), 0);
		evidence_free(e);
	}
	free(want);
}

TEST(malformed_pax)
{
	struct evidence *e = tar_open("bad-pax.tar");
	for (int i = 0; i < 7; i++) {
		char name[16];
		snprintf(name, sizeof name, "kept-%d", i);
		CHECK_CONTENT(e, name, "kept");
	}
	CHECK_CONTENT(e, "y", "kept");
	CHECK(noted(e, "", "malformed pax header"));
	evidence_free(e);
}

static enum err count(void *context, const void *bytes, size_t size)
{
	(void)bytes;
	*(uint64_t *)context += size;
	return OK;
}

/* Opens and reads all of a damaged tar: it may fail, but in order. */
static void survive(const char *name)
{
	struct evidence *e = NULL;
	if (evidence_open(in_folder(name), NULL, &e))
		return;
	for (size_t i = 0; i < evidence_count(e); i++) {
		const struct entry *entry = evidence_entry(e, i);
		uint64_t got = 0;
		enum err err = entry->type == ENTRY_FILE ? evidence_read(e, entry, count, &got) : OK;
		CHECK(entry->type != ENTRY_FILE || err || got == entry->size);
	}
	evidence_free(e);
}

TEST(damaged)
{
	static const char *const names[] = { "gnu.tar", "pax.tar", "sparse-old.tar", "sparse-1.0.tar", "c.tar.gz" };
	for (size_t n = 0; n < 5; n++) {
		size_t size;
		unsigned char *all = file_load(names[n], &size);
		if (!all)
			continue;
		size_t most = size < 40000 ? size : 40000;
		for (size_t cut = 0; cut < most; cut += n < 2 ? 97 : 509) {
			file_make("cut.tar", all, cut);
			survive("cut.tar");
			unsigned char kept = all[cut];
			all[cut] ^= (unsigned char)(1 + cut % 255);
			file_make("cut.tar", all, most);
			survive("cut.tar");
			all[cut] = kept;
		}
		free(all);
	}
}

TEST(damage_is_noted_and_the_rest_read)
{
	size_t size;
	unsigned char *all = file_load("gnu.tar", &size);
	struct evidence *e;
	file_make("bad.tar", all, 1536 + 700); /* in the content of "long name": nothing behind it, a part of it there */
	e = tar_open("bad.tar");
	CHECK_CONTENT(e, "data/a.txt", "alpha");
	CHECK(noted(e, "", "without its end mark"));
	evidence_free(e);
	memset(all + 1024, 0x55, 512); /* the header of data/a.txt */
	file_make("bad.tar", all, size);
	e = tar_open("bad.tar");
	CHECK(noted(e, "", "damaged here: went on at offset"));
	CHECK(evidence_find(e, "data/a.txt") == NULL);
	CHECK_CONTENT(e, "twice", "second");
	evidence_free(e);
	free(all);
}

/* Right checksum, no size: it must be passed over and not be found again for ever. */
TEST(an_impossible_size_ends)
{
	size_t size;
	unsigned char *all = file_load("gnu.tar", &size), *h = all + 1024;
	struct evidence *e = tar_open("gnu.tar");
	CHECK(evidence_find(e, "data/a.txt") != NULL);
	evidence_free(e);
	memset(h + 124, 0xff, 12); /* -1, in the base-256 form */
	memcpy(h + 257, "ustar", 5);
	memset(h + 148, ' ', 8);
	unsigned sum = 0;
	for (int i = 0; i < 512; i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
	file_make("impossible.tar", all, size);
	e = tar_open("impossible.tar");
	CHECK(noted(e, "", "damaged here: went on at offset"));
	CHECK(evidence_find(e, "data/a.txt") == NULL);
	CHECK_CONTENT(e, "twice", "second");
	evidence_free(e);
	free(all);
}

TEST(compressed_and_cut_off)
{
	size_t size;
	unsigned char *all = file_load("c.tar.gz", &size);
	file_make("cut.tar.gz", all, size - 40);
	struct evidence *e = tar_open("cut.tar.gz");
	CHECK_CONTENT(e, "data/a.txt", "alpha");
	CHECK(noted(e, "", "decompressed"));
	evidence_free(e);
	file_make("no.tar.gz", "\x1f\x8b\x08\0garbage of no use at all", 28);
	CHECK_INT(evidence_open(in_folder("no.tar.gz"), NULL, &e), ERR_FORMAT);
	free(all);
}

int main(void)
{
	if (!folder_begin() || !generate("tar"))
		return 1;
	RUN(gnu_and_pax);
	RUN(compressed);
	RUN(pax_times);
	RUN(ustar_prefix);
	RUN(sparse);
	RUN(damage_is_noted_and_the_rest_read);
	RUN(an_impossible_size_ends);
	RUN(compressed_and_cut_off);
	RUN(malformed_pax);
	RUN(damaged);
	folder_end();
	return check_done();
}
