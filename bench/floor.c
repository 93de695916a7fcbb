/* floor: the least that an examination can cost: every entry of a zip inflated and hashed with SHA-256, nothing else.
 *
 *     bench-floor [-t THREADS] FILE.zip
 *
 * `bench/run` sets the time of `custos examine` in relation to it. The file is mapped, the central directory is walked
 * here, libdeflate inflates, OpenSSL hashes. It reads only what bench/make-zip-floor and bench/make-phone made, and stops
 * at anything else. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <libdeflate.h>
#include <openssl/evp.h>

#define THREADS_MAX 64
#define BATCH 64

struct entry {
	uint64_t header; /* offset of the local header */
	uint64_t packed, size;
	uint16_t method;
};

struct zip {
	const uint8_t *bytes;
	size_t size;
	struct entry *entries;
	size_t count;
	atomic_size_t next;
	atomic_uint_least64_t inflated;
	atomic_bool failed;
	uint8_t digest[32]; /* of all digests, XORed: the same for any number of threads */
	pthread_mutex_t lock;
};

static uint64_t little(const uint8_t *p, int n)
{
	uint64_t v = 0;

	for (int i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

/* Where the directory is and how many entries it has. False if this is no zip. */
static bool directory_find(const struct zip *z, uint64_t *ret_at, uint64_t *ret_size, uint64_t *ret_count)
{
	const uint8_t *b = z->bytes;
	size_t end;

	if (z->size < 22)
		return false;
	for (end = z->size - 22; memcmp(b + end, "PK\5\6", 4) != 0; end--)
		if (end == 0 || z->size - end > 22 + 65535)
			return false;
	*ret_count = little(b + end + 10, 2);
	*ret_size = little(b + end + 12, 4);
	*ret_at = little(b + end + 16, 4);
	if (end >= 20 && memcmp(b + end - 20, "PK\6\7", 4) == 0) {
		uint64_t at = little(b + end - 12, 8);

		if (at > z->size - 56 || memcmp(b + at, "PK\6\6", 4) != 0)
			return false;
		*ret_count = little(b + at + 32, 8);
		*ret_size = little(b + at + 40, 8);
		*ret_at = little(b + at + 48, 8);
	}
	return *ret_at <= z->size && *ret_size <= z->size - *ret_at && *ret_count <= *ret_size / 46;
}

static bool directory_read(struct zip *z)
{
	uint64_t at, size, count;
	const uint8_t *p, *end;

	if (!directory_find(z, &at, &size, &count))
		return false;
	z->entries = calloc(count ? count : 1, sizeof(*z->entries));
	if (!z->entries)
		return false;
	p = z->bytes + at;
	end = p + size;
	for (uint64_t i = 0; i < count; i++) {
		struct entry *e = &z->entries[z->count];
		size_t name, extra, comment;
		const uint8_t *x, *x_end;

		if (end - p < 46 || memcmp(p, "PK\1\2", 4) != 0)
			return false;
		name = little(p + 28, 2);
		extra = little(p + 30, 2);
		comment = little(p + 32, 2);
		if ((size_t)(end - p) < 46 + name + extra + comment)
			return false;
		e->method = (uint16_t)little(p + 10, 2);
		e->packed = little(p + 20, 4);
		e->size = little(p + 24, 4);
		e->header = little(p + 42, 4);
		x = p + 46 + name;
		x_end = x + extra;
		while (x_end - x >= 4) {
			size_t length = little(x + 2, 2);
			const uint8_t *v = x + 4;

			if ((size_t)(x_end - v) < length)
				break;
			if (little(x, 2) == 1) { /* zip64: only the fields that overflowed, in this order */
				uint64_t *wide[3] = { &e->size, &e->packed, &e->header };

				for (int k = 0; k < 3; k++)
					if (*wide[k] == 0xffffffff && length >= 8) {
						*wide[k] = little(v, 8);
						v += 8;
						length -= 8;
					}
				break;
			}
			x = v + length;
		}
		if (name > 0 && p[46 + name - 1] != '/')
			z->count++;
		p += 46 + name + extra + comment;
	}
	return true;
}

/* The entry's bytes as they lie in the file, or NULL. */
static const uint8_t *entry_data(const struct zip *z, const struct entry *e)
{
	uint64_t at;

	if (e->header > z->size || z->size - e->header < 30)
		return NULL;
	if (memcmp(z->bytes + e->header, "PK\3\4", 4) != 0)
		return NULL;
	at = e->header + 30 + little(z->bytes + e->header + 26, 2) + little(z->bytes + e->header + 28, 2);
	if (at > z->size || e->packed > z->size - at)
		return NULL;
	return z->bytes + at;
}

static void *work(void *arg)
{
	struct zip *z = arg;
	struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
	EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	uint8_t *buffer = NULL, digest[32], sum[32] = { 0 };
	size_t room = 0;
	uint64_t inflated = 0;
	bool ok = inflater && sha256 && hash;

	while (ok && !atomic_load_explicit(&z->failed, memory_order_relaxed)) {
		size_t first = atomic_fetch_add(&z->next, BATCH);
		size_t last = first + BATCH < z->count ? first + BATCH : z->count;

		if (first >= z->count)
			break;
		for (size_t i = first; i < last && ok; i++) {
			const struct entry *e = &z->entries[i];
			const uint8_t *data = entry_data(z, e);

			if (!data) {
				ok = false;
				break;
			}
			if (e->method == 8) {
				if (e->size > room) {
					free(buffer);
					room = e->size + e->size / 4;
					buffer = malloc(room);
					if (!buffer) {
						ok = false;
						break;
					}
				}
				ok = libdeflate_deflate_decompress(inflater, data, e->packed, buffer, e->size, NULL) ==
				     LIBDEFLATE_SUCCESS;
				data = buffer;
			} else if (e->method != 0) {
				ok = false;
			}
			ok = ok && EVP_DigestInit_ex2(hash, sha256, NULL) == 1 &&
			     EVP_DigestUpdate(hash, e->size ? data : (const uint8_t *)"", e->size) == 1 &&
			     EVP_DigestFinal_ex(hash, digest, NULL) == 1;
			for (int k = 0; ok && k < 32; k++)
				sum[k] ^= digest[k];
			inflated += e->size;
		}
	}
	if (!ok)
		atomic_store(&z->failed, true);
	atomic_fetch_add(&z->inflated, inflated);
	pthread_mutex_lock(&z->lock);
	for (int k = 0; k < 32; k++)
		z->digest[k] ^= sum[k];
	pthread_mutex_unlock(&z->lock);
	free(buffer);
	EVP_MD_CTX_free(hash);
	EVP_MD_free(sha256);
	libdeflate_free_decompressor(inflater);
	return NULL;
}

static int fail(const char *path, const char *why)
{
	fprintf(stderr, "bench-floor: %s: %s\n", path, why);
	return 1;
}

int main(int argc, char **argv)
{
	struct zip z = { .lock = PTHREAD_MUTEX_INITIALIZER };
	pthread_t threads[THREADS_MAX];
	long wanted = sysconf(_SC_NPROCESSORS_ONLN);
	int started = 0, fd, option;
	struct timespec from, to;
	struct stat st;
	double seconds;
	void *map;

	while ((option = getopt(argc, argv, "t:")) != -1) {
		if (option != 't')
			return 2;
		wanted = strtol(optarg, NULL, 10);
	}
	if (optind != argc - 1 || wanted < 1 || wanted > THREADS_MAX) {
		fprintf(stderr, "usage: bench-floor [-t THREADS] FILE.zip\n");
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &from);
	fd = open(argv[optind], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail(argv[optind], strerror(errno));
	if (st.st_size == 0)
		return fail(argv[optind], "is empty");
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return fail(argv[optind], strerror(errno));
	z.bytes = map;
	z.size = (size_t)st.st_size;
	if (!directory_read(&z))
		return fail(argv[optind], "no zip that this program can walk");
	for (; started < wanted; started++)
		if (pthread_create(&threads[started], NULL, work, &z) != 0)
			break;
	if (started == 0)
		return fail(argv[optind], "no thread could be started");
	for (int i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	clock_gettime(CLOCK_MONOTONIC, &to);
	seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	free(z.entries);
	if (z.failed)
		return fail(argv[optind], "an entry could not be read");
	printf("{\"entries\":%zu,\"bytes\":%llu,\"threads\":%d,\"seconds\":%.3f,\"mb_per_second\":%.0f,\"check\":\"", z.count,
	       (unsigned long long)z.inflated, started, seconds, (double)z.inflated / 1e6 / seconds);
	for (int i = 0; i < 8; i++)
		printf("%02x", z.digest[i]);
	printf("\"}\n");
	return 0;
}
