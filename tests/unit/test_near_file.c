/* The index on disk against looking at every hash: appended in many batches, merged, read while it is written, killed at any moment, damaged everywhere. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "match/near_file.h"

static uint64_t state = 88172645463325252ull;
static char home[] = "/tmp/near-file-XXXXXX";

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static uint64_t mixed(uint64_t v)
{
	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9u;
	v = (v ^ v >> 27) * 0x94d049bb133111ebu;
	return v ^ v >> 31;
}

/* What stands under an id: some are copies of others, some lie near others. */
static struct pdq hash_of(uint64_t id)
{
	uint64_t like = id % 7 == 3 ? id / 100 * 100 : id;
	struct pdq p = { { mixed(like * 4 + 1), mixed(like * 4 + 2), mixed(like * 4 + 3), mixed(like * 4 + 4) } };
	for (uint64_t i = 0; id % 7 == 3 && i < id % 40; i++)
		p.words[mixed(id + i) % 4] ^= 1ull << (mixed(id * 3 + i) % 64);
	return p;
}

static struct near_file *opened(const char *folder, enum near_file_mode mode)
{
	struct near_file *f = NULL;
	enum err e = near_file_open(folder, mode, &f);
	CHECK_INT(e, OK);
	if (e)
		fprintf(stderr, "%s\n", err_message());
	return f;
}

static void append(struct near_file *f, uint64_t from, uint64_t to)
{
	for (uint64_t id = from; id < to; id++) {
		struct pdq h = hash_of(id);
		CHECK_INT(near_file_append(f, &h, &id, 1), OK);
	}
}

struct heard {
	uint8_t *times, *distance, *query;
	uint64_t count, strange;
};

static bool hear(void *context, struct near_file_hit hit)
{
	struct heard *h = context;
	struct pdq right = hash_of(hit.id);
	if (hit.id >= h->count || !hit.hash || memcmp(hit.hash, &right, sizeof right) != 0)
		return ++h->strange, true;
	h->times[hit.id]++;
	h->distance[hit.id] = (uint8_t)hit.distance;
	h->query[hit.id] = (uint8_t)hit.query;
	return true;
}

static struct heard heard_new(uint64_t count) { return (struct heard){ calloc(1, count + 1), calloc(1, count + 1), calloc(1, count + 1), count, 0 }; }

static void heard_free(struct heard *h)
{
	free(h->times);
	free(h->distance);
	free(h->query);
}

/* All ids below `count`, and nothing else, in every way of asking. */
static void compare(const struct near_file *f, uint64_t count, int radius)
{
	enum { QUERIES = 40 };
	struct pdq queries[QUERIES];
	uint64_t wrong = 0;
	for (int q = 0; q < QUERIES; q++) {
		queries[q] = count ? hash_of(next() % count) : hash_of(1);
		for (int i = 0; i < q; i++)
			queries[q].words[next() % 4] ^= 1ull << (next() % 64);
	}
	CHECK_INT(near_file_count(f), count);
	for (int q = 0; q < QUERIES; q++) {
		struct heard one = heard_new(count), many = heard_new(count);
		CHECK_INT(near_file_find(f, &queries[q], radius, hear, &one), OK);
		CHECK_INT(near_file_find_many(f, &queries[q], 1, radius, 2, hear, &many), OK);
		for (uint64_t id = 0; id < count; id++) {
			struct pdq h = hash_of(id);
			int d = pdq_distance(&h, &queries[q]);
			wrong += one.times[id] != (d <= radius) || many.times[id] != (d <= radius) || (one.times[id] && one.distance[id] != d);
		}
		wrong += one.strange + many.strange;
		heard_free(&one);
		heard_free(&many);
	}
	/* The batch, and the eight forms with the nearest of them. */
	struct heard all = heard_new(count), forms = heard_new(count);
	CHECK_INT(near_file_find_many(f, queries, QUERIES, radius, 3, hear, &all), OK);
	CHECK_INT(near_file_find_forms(f, queries, radius, hear, &forms), OK);
	for (uint64_t id = 0; id < count; id++) {
		struct pdq h = hash_of(id);
		int times = 0, least = 256, form = 0;
		for (int q = 0; q < QUERIES; q++) {
			int d = pdq_distance(&h, &queries[q]);
			times += d <= radius;
			if (q < PDQ_DIHEDRALS && d < least) {
				least = d;
				form = q;
			}
		}
		wrong += all.times[id] != times || forms.times[id] != (least <= radius);
		wrong += forms.times[id] && (forms.distance[id] != least || forms.query[id] != form);
	}
	wrong += all.strange + forms.strange;
	heard_free(&all);
	heard_free(&forms);
	CHECK_INT(wrong, 0);
	CHECK_INT(near_file_verify(f), OK);
}

static int segments_in(const char *folder)
{
	DIR *d = opendir(folder);
	int count = 0;
	for (struct dirent *x; d && (x = readdir(d));)
		count += strstr(x->d_name, ".segment") != NULL;
	if (d)
		closedir(d);
	return count;
}

static const char *at(const char *name)
{
	static char path[8][256];
	static int turn;
	char *p = path[turn++ % 8];
	snprintf(p, sizeof path[0], "%s/%s", home, name);
	return p;
}

TEST(appended_in_batches)
{
	static const uint64_t sizes[] = { 1, 1, 1, 2, 3000, 10, 5000, 2500, 100, 9000, 7, 6, 5, 4, 3, 2, 1, 4096, 8191 };
	const char *folder = at("batches");
	struct near_file *w = opened(folder, NEAR_FILE_WRITE), *old = opened(folder, NEAR_FILE_READ), *r = opened(folder, NEAR_FILE_READ);
	uint64_t count = 0;
	bool changed;
	compare(w, 0, 31);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		append(w, count, count + sizes[i]);
		CHECK_INT(near_file_count(w), count);
		CHECK_INT(near_file_commit(w, 1 + (int)(i % 3)), OK);
		count += sizes[i];
		CHECK_INT(near_file_refresh(r, &changed), OK);
		CHECK(changed);
		CHECK_INT(near_file_refresh(r, &changed), OK);
		CHECK(!changed);
		if (sizes[i] > 1000)
			compare(r, count, 31);
		CHECK(segments_in(folder) <= 15);
		if (i == 6) {
			/* This one stays behind, with segments that are removed meanwhile. */
			near_file_free(old);
			old = opened(folder, NEAR_FILE_READ);
			compare(old, 8015, 31);
		}
	}
	compare(w, count, 10);
	compare(old, 8015, 31);
	CHECK_INT(near_file_refresh(old, NULL), OK);
	compare(old, count, 40);
	near_file_free(old);
	near_file_free(r);
	/* Dropped when not committed. */
	append(w, count, count + 5000);
	near_file_free(w);
	w = opened(folder, NEAR_FILE_WRITE);
	CHECK_INT(near_file_count(w), count);
	CHECK_INT(near_file_commit(w, 1), OK);
	near_file_free(w);
}

TEST(who_may_what)
{
	const char *folder = at("rights");
	struct near_file *w, *other = NULL;
	struct pdq h = hash_of(1);
	uint64_t id = 1;
	CHECK_INT(near_file_open(folder, NEAR_FILE_READ, &other), ERR_NOT_FOUND);
	CHECK_INT(near_file_open(at("no/such"), NEAR_FILE_WRITE, &other), ERR_NOT_FOUND);
	w = opened(folder, NEAR_FILE_WRITE);
	CHECK_INT(near_file_open(folder, NEAR_FILE_WRITE, &other), ERR_EXISTS);
	CHECK(strstr(err_message(), "in use"));
	other = opened(folder, NEAR_FILE_READ);
	CHECK_INT(near_file_append(other, &h, &id, 1), ERR_USAGE);
	CHECK_INT(near_file_commit(other, 1), ERR_USAGE);
	near_file_free(other);
	near_file_free(w);
	w = opened(folder, NEAR_FILE_WRITE);
	near_file_free(w);
	near_file_free(NULL);
}

/* --- killed --- */

enum { BATCH = 700 };

/* Appends batch after batch and says so, until it is killed. */
static void write_for_ever(const char *folder, int told)
{
	struct near_file *w = NULL;
	if (near_file_open(folder, NEAR_FILE_WRITE, &w) != OK)
		_exit(1);
	for (;;) {
		uint64_t count = near_file_count(w);
		append(w, count, count + BATCH);
		if (near_file_commit(w, 2) != OK)
			_exit(2);
		count += BATCH;
		if (write(told, &count, sizeof count) != sizeof count)
			_exit(3);
	}
}

TEST(killed_at_any_moment)
{
	const char *folder = at("killed");
	uint64_t last = 0;
	int dead_early = 0;
	for (int i = 0; i < 60; i++) {
		int told[2], status;
		uint64_t acknowledged = last;
		CHECK_INT(pipe(told), 0);
		pid_t child = fork();
		if (!child) {
			close(told[0]);
			write_for_ever(folder, told[1]);
		}
		close(told[1]);
		usleep((useconds_t)(next() % (i < 20 ? 20000 : 60000)));
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		CHECK(WIFSIGNALED(status)); /* it had no error of its own */
		while (read(told[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged)
			;
		close(told[0]);
		struct near_file *r = NULL;
		enum err e = near_file_open(folder, NEAR_FILE_READ, &r);
		if (e == ERR_NOT_FOUND && !last) {
			dead_early++; /* before there was anything */
			continue;
		}
		CHECK_INT(e, OK);
		if (e) {
			fprintf(stderr, "%s\n", err_message());
			break;
		}
		last = near_file_count(r);
		CHECK_INT(last % BATCH, 0);
		CHECK(last >= acknowledged && last <= acknowledged + BATCH);
		CHECK_INT(near_file_verify(r), OK);
		if (i % 10 == 9)
			compare(r, last, 31);
		near_file_free(r);
	}
	CHECK(dead_early < 50 && last > 0);
	/* What died writers left is cleared away by the next. */
	near_file_free(opened(folder, NEAR_FILE_WRITE));
	CHECK(segments_in(folder) <= 12);
}

/* Readers open and search while another process appends and merges. */
TEST(read_while_written)
{
	const char *folder = at("busy");
	int told[2], status;
	uint64_t before = 0, heard;
	near_file_free(opened(folder, NEAR_FILE_WRITE));
	CHECK_INT(pipe(told), 0);
	pid_t child = fork();
	if (!child) {
		close(told[0]);
		write_for_ever(folder, told[1]);
	}
	close(told[1]);
	struct near_file *r = opened(folder, NEAR_FILE_READ);
	while (before < 30 * BATCH && read(told[0], &heard, sizeof heard) == sizeof heard) {
		struct near_file *another = opened(folder, NEAR_FILE_READ);
		CHECK_INT(near_file_refresh(r, NULL), OK);
		CHECK(near_file_count(r) >= near_file_count(another) && near_file_count(another) >= before);
		before = near_file_count(another);
		CHECK_INT(before % BATCH, 0);
		compare(r, near_file_count(r), 20);
		near_file_free(another);
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	close(told[0]);
	near_file_free(r);
}

/* --- damaged --- */

static uint8_t *file_read(const char *path, size_t *ret_size)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	fseek(f, 0, SEEK_END);
	*ret_size = (size_t)ftell(f);
	rewind(f);
	uint8_t *bytes = malloc(*ret_size + 1);
	CHECK_INT(fread(bytes, 1, *ret_size, f), *ret_size);
	fclose(f);
	return bytes;
}

static void file_put(const char *path, const void *bytes, size_t size)
{
	FILE *f = fopen(path, "wb");
	CHECK(f && fwrite(bytes, 1, size, f) == size && fclose(f) == 0);
}

static bool count_hit(void *context, struct near_file_hit hit) { return (void)hit, ++*(uint64_t *)context, true; }

/* Opens, searches, verifies. The first error; its message names the file and an offset. */
static enum err used(const char *folder, const char *file)
{
	struct near_file *f = NULL;
	uint64_t hits = 0;
	enum err e = near_file_open(folder, NEAR_FILE_READ, &f), found = OK;
	for (uint64_t id = 0; id < 60 && !e && !found; id++) {
		struct pdq h = hash_of(id * 41);
		found = near_file_find(f, &h, 31, count_hit, &hits);
	}
	if (!e)
		e = near_file_verify(f);
	CHECK(!found || e); /* what a search rejects, verification does too */
	if (e && !(strstr(err_message(), file) && strstr(err_message(), "offset"))) {
		fprintf(stderr, "%s\n", err_message());
		CHECK(!"the message names file and offset");
	}
	near_file_free(f);
	return e;
}

TEST(damaged_segments)
{
	const char *folder = at("damaged"), *name = "0000000000000001.segment", *path = at("damaged/0000000000000001.segment");
	size_t size;
	struct near_file *w = opened(folder, NEAR_FILE_WRITE);
	append(w, 0, 2100);
	append(w, 0, 100); /* copies */
	CHECK_INT(near_file_commit(w, 1), OK);
	near_file_free(w);
	uint8_t *bytes = file_read(path, &size);
	CHECK(bytes && size > 100000);
	CHECK_INT(used(folder, name), OK);
	for (size_t i = 0; i < 300; i++) {
		bytes[i] ^= (uint8_t)(1 << i % 8);
		file_put(path, bytes, size);
		CHECK(used(folder, name) != OK);
		bytes[i] ^= (uint8_t)(1 << i % 8);
	}
	for (int i = 0; i < 400; i++) {
		size_t where = i < 100 ? 4096 + (size_t)i * 4096 % (size - 4096) : next() % size;
		uint8_t was = bytes[where];
		bytes[where] ^= (uint8_t)(1 + next() % 255);
		file_put(path, bytes, size);
		enum err e = used(folder, name);
		CHECK(e == ERR_FORMAT || e == ERR_UNSUPPORTED || e == OK); /* OK: between two sections */
		if (e == OK)
			CHECK_INT(was, 0);
		bytes[where] = was;
	}
	for (size_t cut = 0; cut < size; cut += cut < 4200 ? 97 : 20011) {
		file_put(path, bytes, cut);
		CHECK_INT(used(folder, name), ERR_TRUNCATED);
	}
	bytes[size] = 0;
	file_put(path, bytes, size + 1);
	CHECK_INT(used(folder, name), ERR_FORMAT);
	unlink(path);
	struct near_file *f;
	CHECK_INT(near_file_open(folder, NEAR_FILE_READ, &f), ERR_FORMAT);
	CHECK(strstr(err_message(), "missing"));
	/* A segment of another index under this name. */
	w = opened(at("other"), NEAR_FILE_WRITE);
	append(w, 0, 2200);
	CHECK_INT(near_file_commit(w, 1), OK);
	near_file_free(w);
	CHECK_INT(rename(at("other/0000000000000001.segment"), path), 0);
	CHECK_INT(used(folder, name), ERR_FORMAT);
	CHECK_INT(mkfifo(at("damaged/fifo"), 0600), 0);
	CHECK_INT(rename(at("damaged/fifo"), path), 0);
	CHECK_INT(near_file_open(folder, NEAR_FILE_READ, &f), ERR_FORMAT);
	free(bytes);
}

TEST(damaged_manifest)
{
	const char *folder = at("listed"), *path = at("listed/manifest");
	size_t size;
	struct near_file *w = opened(folder, NEAR_FILE_WRITE), *f;
	append(w, 0, 500);
	CHECK_INT(near_file_commit(w, 1), OK);
	append(w, 500, 600);
	CHECK_INT(near_file_commit(w, 1), OK);
	near_file_free(w);
	uint8_t *bytes = file_read(path, &size);
	CHECK_INT(used(folder, "manifest"), OK);
	for (size_t i = 0; i < size; i++) {
		bytes[i] ^= 0x11;
		file_put(path, bytes, size);
		enum err e = near_file_open(folder, NEAR_FILE_READ, &f);
		CHECK(e == ERR_FORMAT || e == ERR_UNSUPPORTED || e == ERR_TRUNCATED);
		CHECK(strstr(err_message(), "manifest"));
		CHECK_INT(near_file_open(folder, NEAR_FILE_WRITE, &f), e);
		bytes[i] ^= 0x11;
	}
	for (size_t cut = 0; cut < size; cut++) {
		file_put(path, bytes, cut);
		CHECK_INT(used(folder, "manifest"), ERR_TRUNCATED);
	}
	file_put(path, bytes, size);
	CHECK_INT(segments_in(folder), 2);
	/* Without its manifest nothing is taken for a stray. */
	unlink(path);
	CHECK_INT(near_file_open(folder, NEAR_FILE_WRITE, &f), ERR_FORMAT);
	CHECK_INT(segments_in(folder), 2);
	file_put(path, bytes, size);
	w = opened(folder, NEAR_FILE_WRITE);
	compare(w, 600, 31);
	near_file_free(w);
	free(bytes);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where) { return (void)st, (void)kind, (void)where, remove(path); }

int main(void)
{
	if (!mkdtemp(home))
		return 1;
	RUN(appended_in_batches);
	RUN(who_may_what);
	RUN(killed_at_any_moment);
	RUN(read_while_written);
	RUN(damaged_segments);
	RUN(damaged_manifest);
	nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return check_done();
}
