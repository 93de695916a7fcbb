/* PDQ against the reference's own vectors (shared data), all variants of the arithmetic against one another, and damaged pictures. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "media/pdq_rows.h"
#include "media/picture.h"

static float *luma, *room;

static char *shared(const char *name)
{
	static char path[600];
	const char *given = getenv("CUSTOS_SHARED"), *source = getenv("CUSTOS_SOURCE");
	snprintf(path, sizeof path, "%s%s/data/pdq/%s", given ? given : source ? source : "..", given ? "" : source ? "/../shared" : "/shared", name);
	return path;
}

static uint8_t *load(const char *path, size_t *ret_size)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	fseek(f, 0, SEEK_END);
	*ret_size = (size_t)ftell(f);
	rewind(f);
	uint8_t *bytes = malloc(*ret_size + 1);
	*ret_size = fread(bytes, 1, *ret_size, f);
	bytes[*ret_size] = 0;
	fclose(f);
	return bytes;
}

static enum err hash_file(const char *path, enum picture_mode mode, bool dihedral, struct pdq *ret, int *ret_quality, struct picture *ret_picture)
{
	size_t size = 0;
	uint8_t *bytes = load(path, &size);
	if (!bytes)
		return ERR_NOT_FOUND;
	enum err e = picture_read(span_of(bytes, size), luma, mode, ret_picture);
	if (!e)
		pdq_hash(luma, room, ret_picture->columns, ret_picture->rows, dihedral, ret, ret_quality);
	free(bytes);
	return e;
}

/* Rows "| file | hash | quality | via |" of the README. */
TEST(reference_vectors)
{
	size_t size;
	char *text = (char *)load(shared("README.md"), &size), name[200], hash[80], via[40], path[700];
	int quality, seen = 0;
	if (!text) {
		SKIP("the shared data is not there");
		return;
	}
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		struct pdq got[1];
		struct picture p;
		char hex[PDQ_HEX];
		int q = -1;
		if (sscanf(line, "| %199s | %64[0-9a-f] | %d | %39[^ |]", name, hash, &quality, via) != 4)
			continue;
		snprintf(path, sizeof path, "%s", shared(name));
		for (int variant = 0; variant < pdq_variants(); variant++) {
			pdq_variant_use(variant);
			enum err e = hash_file(path, variant % 2 ? PICTURE_EXACT : PICTURE_WHOLE, false, got, &q, &p);
			CHECK_INT(e, OK);
			pdq_hex(got, hex);
			if (strcmp(via, "im") == 0) {
				struct pdq want;
				CHECK(pdq_parse(hash, 64, &want));
				CHECK(pdq_distance(got, &want) <= 10);
			} else {
				CHECK_TEXT(hex, hash);
				CHECK_INT(q, quality);
			}
			seen++;
		}
	}
	CHECK(seen >= 20);
	free(text);
}

TEST(dihedral_vectors)
{
	size_t size;
	char *text = (char *)load(shared("README.md"), &size), hash[80], form[20], path[700], hex[PDQ_HEX];
	struct pdq got[PDQ_DIHEDRALS];
	struct picture p;
	int q, seen = 0;
	if (!text) {
		SKIP("the shared data is not there");
		return;
	}
	snprintf(path, sizeof path, "%s", shared("dih/bridge-1-original.jpg"));
	CHECK_INT(hash_file(path, PICTURE_EXACT, true, got, &q, &p), OK);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (sscanf(line, " hash=%64[0-9a-f],xform=%19s", hash, form) == 2)
			for (int f = 0; f < PDQ_DIHEDRALS; f++)
				if (strcmp(pdq_form_name((enum pdq_form)f), form) == 0) {
					pdq_hex(&got[f], hex);
					CHECK_TEXT(hex, hash);
					seen++;
				}
	CHECK_INT(seen, 8);
	free(text);
}

/* Any sizes, any values: the variants give the same bits. */
TEST(variants_are_equal)
{
	uint32_t seed = 7;
	for (int i = 0; i < 60; i++) {
		uint32_t w = 1 + (seed = seed * 1664525 + 1013904223) % 512, h = i % 7 ? 1 + (seed = seed * 1664525 + 1013904223) % 512 : 512;
		struct pdq first[PDQ_DIHEDRALS], now[PDQ_DIHEDRALS];
		int quality_first = 0, quality;
		for (int v = 0; v < pdq_variants(); v++) {
			uint32_t s = seed;
			for (uint32_t k = 0; k < w * h; k++)
				luma[k] = (float)((s = s * 1664525 + 1013904223) >> 24) * 0.99f;
			pdq_variant_use(v);
			pdq_hash(luma, room, w, h, true, now, &quality);
			if (v == 0) {
				memcpy(first, now, sizeof now);
				quality_first = quality;
			}
			CHECK(memcmp(first, now, sizeof now) == 0);
			CHECK_INT(quality, quality_first);
		}
	}
}

/* The filter as it is defined, on the whole picture: what pdq_rows must equal. */
static void box(float *v, size_t step, uint32_t n)
{
	uint32_t window = (n + 127) / 128, half = (window + 2) / 2, at = 0;
	float *in = malloc(n * sizeof *in), sum = 0;
	for (uint32_t i = 0; i < n; i++)
		in[i] = v[i * step];
	for (uint32_t to = 0; at < n; to++) {
		if (to < n)
			sum += in[to];
		if (to >= window)
			sum -= in[to - window];
		uint32_t count = (to < n ? to + 1 : n) - (to >= window ? to + 1 - window : 0);
		if (to + 1 >= half)
			v[at++ * step] = sum / (float)count;
	}
	free(in);
}

static void whole(float *v, uint32_t w, uint32_t h, struct pdq *ret, int *ret_quality)
{
	float *small = malloc(64 * 64 * sizeof *small), *scratch = malloc(64 * 64 * sizeof *small);
	for (int turn = 0; turn < 2 && !(w == 64 && h == 64); turn++) {
		for (uint32_t y = 0; y < h; y++)
			box(v + (size_t)y * w, 1, w);
		for (uint32_t x = 0; x < w; x++)
			box(v + x, w, h);
	}
	for (int i = 0; i < 64; i++)
		for (int j = 0; j < 64; j++)
			small[64 * i + j] = v[(size_t)((i + 0.5) * h / 64) * w + (size_t)((j + 0.5) * w / 64)];
	pdq_hash(small, scratch, 64, 64, false, ret, ret_quality); /* 64 × 64 are not filtered again */
	free(small);
	free(scratch);
}

TEST(rows_are_the_whole)
{
	static const uint32_t sizes[][2] = { { 5, 5 }, { 64, 64 }, { 7, 300 }, { 31, 33 }, { 176, 144 }, { 513, 20 }, { 640, 480 }, { 1280, 41 }, { 90, 1100 }, { 1921, 270 } };
	uint32_t seed = 11;
	for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
		uint32_t w = sizes[n][0], h = sizes[n][1];
		uint8_t *rgb = malloc((size_t)3 * w * h);
		float *values = malloc(sizeof *values * w * h);
		for (uint32_t i = 0; i < w * h; i++) {
			for (int k = 0; k < 3; k++)
				rgb[3 * i + k] = (uint8_t)(((i % w) * 3 + i / w * 5 + k * 40 + ((seed = seed * 1664525 + 1013904223) >> 26)) & 255);
			values[i] = pdq_luma(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]);
		}
		struct pdq want, got;
		int want_quality, got_quality;
		whole(values, w, h, &want, &want_quality);
		for (int v = 0; v < pdq_variants(); v++) {
			struct pdq_rows *r = NULL;
			pdq_variant_use(v);
			CHECK_INT(pdq_rows_new(w, h, &r), OK);
			for (int turn = 0; turn < 2; turn++) { /* one after the other */
				for (uint32_t y = 0; y < h + turn; y++)
					pdq_rows_rgb(r, rgb + (size_t)3 * w * (y < h ? y : 0));
				pdq_rows_hash(r, &got, &got_quality);
				CHECK_INT(pdq_distance(&got, &want), 0);
				CHECK_INT(got_quality, want_quality);
			}
			pdq_rows_free(r);
		}
		free(rgb);
		free(values);
	}
	struct pdq_rows *r = NULL;
	CHECK_INT(pdq_rows_new(4, 100, &r), ERR_LIMIT);
	CHECK_INT(pdq_rows_new(100, 70000, &r), ERR_LIMIT);
}

/* Near the exact hash, and never for a small picture. */
TEST(triage)
{
	const char *names[] = { "bridge-mods/aaa-orig.jpg", "bridge-mods/square-256x256.jpg" };
	for (int n = 0; n < 2; n++) {
		char path[700];
		struct pdq exact, quick;
		struct picture p;
		int q;
		snprintf(path, sizeof path, "%s", shared(names[n]));
		enum err e = hash_file(path, PICTURE_EXACT, false, &exact, &q, &p);
		if (e == ERR_NOT_FOUND) {
			SKIP("the shared data is not there");
			return;
		}
		CHECK_INT(hash_file(path, PICTURE_TRIAGE, false, &quick, &q, &p), OK);
		CHECK(pdq_distance(&exact, &quick) <= (n ? 0 : 10));
	}
}

TEST(hexadecimal)
{
	struct pdq p;
	char hex[PDQ_HEX];
	const char *text = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22";
	CHECK(pdq_parse(text, 64, &p));
	pdq_hex(&p, hex);
	CHECK_TEXT(hex, text);
	CHECK(!pdq_parse(text, 63, &p));
	CHECK(!pdq_parse("x8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22", 64, &p));
}

TEST(cut_pictures)
{
	size_t size;
	char path[700];
	const char *names[] = { "misc/wee.jpg", "misc/c.png" };
	for (int n = 0; n < 2; n++) {
		snprintf(path, sizeof path, "%s", shared(names[n]));
		uint8_t *bytes = load(path, &size);
		if (!bytes) {
			SKIP("the shared data is not there");
			return;
		}
		for (size_t most = 0; most < size; most += 1 + size / 300) {
			struct picture p;
			uint8_t *part = malloc(most + 1); /* so that a read beyond is seen */
			memcpy(part, bytes, most);
			enum err e = picture_read(span_of(part, most), luma, PICTURE_EXACT, &p);
			CHECK(e == OK || e == ERR_FORMAT);
			CHECK(e || p.cut);
			free(part);
		}
		free(bytes);
	}
}

int main(void)
{
	luma = malloc(sizeof *luma * PDQ_SIDE_MOST * PDQ_SIDE_MOST);
	room = malloc(sizeof *room * PDQ_SIDE_MOST * PDQ_SIDE_MOST);
	RUN(reference_vectors);
	RUN(dihedral_vectors);
	RUN(variants_are_equal);
	RUN(rows_are_the_whole);
	RUN(triage);
	RUN(hexadecimal);
	RUN(cut_pictures);
	free(luma);
	free(room);
	return check_done();
}
