/* vPDQ against the reference's own vectors (shared data), the conversion of pixels against libswscale's, damaged and hostile videos. The small videos are
 * those of the fuzz target (tests/fuzz/make-videos); that their frames have the right hashes is shown by tests/video-cases. */
#include <stdlib.h>
#include <string.h>

#include <libavutil/cpu.h>
#include <libavutil/pixfmt.h>
#include <libswscale/swscale.h>

#include "check.h"
#include "media/pdq_kernel.h"
#include "media/pdq_rows.h"
#include "media/video.h"

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

struct frames {
	struct video_frame list[2000];
	size_t count, most;
};

static bool frame_keep(void *context, const struct video_frame *f)
{
	struct frames *s = context;
	s->list[s->count++] = *f;
	return s->count < (s->most ? s->most : 2000);
}

static struct frames frames;

static enum err read_bytes(const uint8_t *bytes, size_t size, enum video_mode mode, const struct video_limits *limits, struct video *ret)
{
	frames.count = 0;
	return video_read(span_of(bytes, size), mode, limits, frame_keep, &frames, ret);
}

/* "frame,quality,hash,time" for every frame. */
TEST(reference_vectors)
{
	static const char *const names[] = { "chair-22-with-small-logo-bar", "chair-orig-22-sd-bar", "pattern-hd-no-bar" };
	for (int n = 0; n < 3; n++) {
		char name[100], hash[80];
		size_t size, text_size;
		snprintf(name, sizeof name, "vpdq/%s.mp4", names[n]);
		uint8_t *bytes = load(shared(name), &size);
		snprintf(name, sizeof name, "vpdq/%s.txt", names[n]);
		char *text = (char *)load(shared(name), &text_size);
		if (!bytes || !text) {
			SKIP("the shared data is not there");
			return;
		}
		struct video v;
		CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, NULL, &v), OK);
		int worst = 0, quality_worst = 0, i = 0;
		double late = 0;
		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), i++) {
			int number, quality;
			double at;
			struct pdq want;
			CHECK_INT(sscanf(line, "%d,%d,%64[0-9a-f],%lf", &number, &quality, hash, &at), 4);
			if (i >= (int)frames.count)
				continue;
			const struct video_frame *f = &frames.list[i];
			CHECK(pdq_parse(hash, 64, &want));
			CHECK_INT(f->number, number);
			int d = pdq_distance(&want, &f->hash), q = abs(f->quality - quality);
			worst = d > worst ? d : worst;
			quality_worst = q > quality_worst ? q : quality_worst;
			late = f->at - at > late ? f->at - at : at - f->at > late ? at - f->at : late;
		}
		CHECK_INT((int)frames.count, i);
		CHECK_INT(worst, 0);
		CHECK_INT(quality_worst, 0);
		CHECK(late < 0.001);
		free(bytes);
		free(text);
	}
}

static uint8_t *seed(const char *name, size_t *ret_size)
{
	char path[600];
	const char *source = getenv("CUSTOS_SOURCE");
	snprintf(path, sizeof path, "%s/tests/fuzz/corpus/video/%s", source ? source : ".", name);
	uint8_t *bytes = load(path, ret_size);
	CHECK(bytes != NULL);
	return bytes;
}

/* Brightness of every pixel as libswscale's plain C has it, by every variant. */
TEST(pixels_are_those_of_libswscale)
{
	static const int widths[] = { 16, 17, 30, 95, 322 };
	uint32_t seed_now = 3;
	for (int n = 0; n < 10; n++) {
		int w = widths[n / 2], h = 64, half = (w + 1) / 2;
		bool full = n % 2;
		uint8_t *planes[3] = { malloc((size_t)(w * h)), malloc((size_t)(half * h / 2)), malloc((size_t)(half * h / 2)) }, *rgb = calloc(1, (size_t)(3 * w * h + 64));
		for (int i = 0; i < w * h; i++)
			planes[0][i] = (uint8_t)((seed_now = seed_now * 1664525 + 1013904223) >> 24);
		for (int i = 0; i < half * h / 2; i++) {
			planes[1][i] = (uint8_t)((seed_now = seed_now * 1664525 + 1013904223) >> 24);
			planes[2][i] = (uint8_t)((seed_now = seed_now * 1664525 + 1013904223) >> 24);
		}
		av_force_cpu_flags(0);
		struct SwsContext *c = sws_getContext(w, h, full ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P, w, h, AV_PIX_FMT_RGB24, SWS_AREA, NULL, NULL, NULL);
		CHECK(c != NULL);
		sws_scale(c, (const uint8_t *const *)planes, (const int[4]){ w, half, half }, 0, h, (uint8_t *[4]){ rgb }, (const int[4]){ 3 * w });
		sws_freeContext(c);
		for (int v = 0; v < pdq_variants(); v++) {
			float *row = calloc((size_t)w + 16, sizeof *row);
			int32_t *chroma = calloc(3 * ((size_t)w + 16), sizeof *chroma);
			int wrong = 0;
			pdq_variant_use(v);
			const struct pdq_kernel *k = pdq_kernel_use();
			for (int y = 0; y < h; y++) {
				const struct pdq_yuv *yuv = full ? &pdq_yuv_full : &pdq_yuv_tv;
				k->chroma(yuv, planes[1] + y / 2 * half, planes[2] + y / 2 * half, (uint32_t)w, chroma);
				k->from_yuv(yuv, planes[0] + y * w, chroma, row, (uint32_t)w);
				for (int x = 0; x < (w & ~1); x++) { /* of an odd width it leaves the last column as it was */
					const uint8_t *p = rgb + 3 * (y * w + x);
					wrong += row[x] != pdq_luma(p[0], p[1], p[2]);
				}
			}
			CHECK_INT(wrong, 0);
			free(row);
			free(chroma);
		}
		for (int i = 0; i < 3; i++)
			free(planes[i]);
		free(rgb);
	}
}

TEST(containers)
{
	static const struct {
		const char *name, *codec;
		enum video_container container;
		uint32_t width, height, frames;
		double rate;
	} rows[] = {
		{ "h264.mp4", "h264", VIDEO_MP4, 96, 64, 12, 10 },	{ "fragments.mp4", "h264", VIDEO_MP4, 96, 64, 12, 10 },
		{ "hevc.mov", "hevc", VIDEO_QUICKTIME, 96, 64, 12, 10 }, { "vp8.webm", "vp8", VIDEO_WEBM, 96, 64, 12, 10 },
		{ "vp9.mkv", "vp9", VIDEO_MATROSKA, 95, 63, 12, 10 },	{ "av1.mp4", "av1", VIDEO_MP4, 96, 64, 12, 10 },
		{ "mpeg4.avi", "mpeg4", VIDEO_AVI, 96, 64, 12, 10 },	{ "h263.3gp", "h263", VIDEO_3GP, 128, 96, 8, 10 },
		{ "sound.mp4", "mpeg4", VIDEO_MP4, 96, 64, 12, 10 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t size;
		uint8_t *bytes = seed(rows[i].name, &size);
		struct video v;
		CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, NULL, &v), OK);
		CHECK_TEXT(v.codec, rows[i].codec);
		CHECK_INT(v.container, rows[i].container);
		CHECK_INT(v.width, rows[i].width);
		CHECK_INT(v.height, rows[i].height);
		CHECK_INT(v.frames, rows[i].frames);
		CHECK_INT(frames.count, rows[i].frames);
		CHECK(v.rate > 9.9 && v.rate < 10.1);
		CHECK_TEXT(v.cut, "");
		CHECK_INT(v.hidden, 0);
		for (size_t k = 0; k < frames.count; k++) {
			CHECK_INT(frames.list[k].number, k);
			CHECK(frames.list[k].at > (double)k / 10 - 0.01 && frames.list[k].at < (double)k / 10 + 0.01);
			CHECK(frames.list[k].quality >= 50);
		}
		CHECK(frames.list[0].key);
		free(bytes);
	}
	CHECK_INT(video_container_of(span_of("\0\0\0\x18" "ftypM4A \0\0\0\0", 16)), VIDEO_UNKNOWN);
	CHECK_INT(video_container_of(span_of("\0\0\0\x18" "ftypheic\0\0\0\0", 16)), VIDEO_UNKNOWN);
	CHECK_INT(video_container_of(span_of("be freed of it", 14)), VIDEO_UNKNOWN);
	CHECK_INT(video_container_of(span_of("\0\0\0\x18" "ftyp", 8)), VIDEO_UNKNOWN);
}

/* Key frames have the hashes, and where groups are closed the numbers, that they have among all. */
TEST(key_frames)
{
	static const char *const names[] = { "h264.mp4", "fragments.mp4", "vp8.webm" };
	static struct frames all;
	for (int n = 0; n < 3; n++) {
		size_t size, seen = 0;
		uint8_t *bytes = seed(names[n], &size);
		struct video v;
		CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, NULL, &v), OK);
		all = frames;
		CHECK_INT(read_bytes(bytes, size, VIDEO_KEYS, NULL, &v), OK);
		for (size_t i = 0; i < all.count; i++)
			if (all.list[i].key) {
				CHECK(seen < frames.count);
				CHECK_INT(frames.list[seen].number, i);
				CHECK_INT(pdq_distance(&frames.list[seen].hash, &all.list[i].hash), 0);
				CHECK(frames.list[seen].at > all.list[i].at - 0.01 && frames.list[seen].at < all.list[i].at + 0.01);
				seen++;
			}
		CHECK_INT(frames.count, seen);
		CHECK(seen >= 2);
		CHECK_TEXT(v.cut, "");
		free(bytes);
	}
}

/* Frames that are the same are hashed once, and given all. */
TEST(same_frames)
{
	size_t size;
	uint8_t *bytes = seed("still.mp4", &size);
	struct video v;
	CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, NULL, &v), OK);
	CHECK(frames.count >= 8);
	int same = 0;
	for (size_t i = 0; i < frames.count; i++) {
		same += frames.list[i].same;
		CHECK(!frames.list[i].same || (i && pdq_distance(&frames.list[i].hash, &frames.list[i - 1].hash) == 0));
		CHECK(frames.list[i].same || !i || pdq_distance(&frames.list[i].hash, &frames.list[i - 1].hash) > 0);
	}
	CHECK(same >= 4);
	free(bytes);
}

TEST(limits)
{
	size_t size;
	uint8_t *bytes = seed("h264.mp4", &size);
	struct video v;
	CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, &(struct video_limits){ .frames = 3 }, &v), OK);
	CHECK_INT(frames.count, 3);
	CHECK_TEXT(v.cut, "more than 3 frames");
	CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, &(struct video_limits){ .frames = 12 }, &v), OK);
	CHECK_INT(frames.count, 12);
	CHECK_TEXT(v.cut, "");
	CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, &(struct video_limits){ .packets = 5 }, &v), OK);
	CHECK(frames.count >= 1 && frames.count <= 5);
	CHECK_TEXT(v.cut, "more than 5 packets");
	CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, &(struct video_limits){ .pixels = 96 * 64 - 1 }, &v), ERR_LIMIT);
	CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, &(struct video_limits){ .pixels = 96 * 64 }, &v), OK);
	frames.most = 2;
	CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, NULL, &v), ERR_CANCELLED);
	CHECK_INT(frames.count, 2);
	frames.most = 0;
	free(bytes);
}

static uint8_t *box(uint8_t *bytes, size_t size, const char *name)
{
	uint8_t *p = memmem(bytes, size, name, 4);
	CHECK(p != NULL);
	return p ? p + 4 : bytes;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* What an edit list leaves out is counted. */
TEST(hidden_frames)
{
	size_t size;
	struct video v;
	uint8_t *bytes = seed("edited.mp4", &size);
	CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, NULL, &v), OK);
	CHECK_INT(frames.count, 6);
	CHECK_INT(v.hidden, 2);
	CHECK_TEXT(v.cut, "");
	free(bytes);
	/* The whole of the first two groups of four frames. */
	bytes = seed("h264.mp4", &size);
	uint8_t *list = box(bytes, size, "elst"), *clock = box(bytes, size, "mdhd");
	uint32_t scale = (uint32_t)clock[12] << 24 | (uint32_t)clock[13] << 16 | (uint32_t)clock[14] << 8 | clock[15];
	uint32_t begin = (uint32_t)list[12] << 24 | (uint32_t)list[13] << 16 | (uint32_t)list[14] << 8 | list[15];
	put32(list + 8, 400); /* of a clock of 1000 */
	put32(list + 12, begin + scale * 8 / 10);
	CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, NULL, &v), OK);
	CHECK_INT(frames.count, 4);
	CHECK_INT(v.hidden, 8);
	free(bytes);
}

static bool any_end(enum err e) { return e == OK || e == ERR_FORMAT || e == ERR_UNSUPPORTED || e == ERR_LIMIT || e == ERR_NOMEM; }

/* Cut off anywhere: what comes is what came of the whole, and it is said that more was to come. */
TEST(cut_videos)
{
	static const char *const names[] = { "h264.mp4", "fragments.mp4", "hevc.mov", "vp8.webm", "vp9.mkv", "av1.mp4", "mpeg4.avi", "h263.3gp", "edited.mp4" };
	static struct frames all;
	for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
		size_t size, some = 0;
		uint8_t *bytes = seed(names[n], &size);
		struct video v;
		CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, NULL, &v), OK);
		all = frames;
		for (size_t most = 0; most < size; most += 1 + size / 40) {
			uint8_t *part = malloc(most + 1); /* so that a read beyond is seen */
			memcpy(part, bytes, most);
			enum err e = read_bytes(part, most, VIDEO_EXACT, NULL, &v);
			CHECK(any_end(e));
			CHECK(frames.count <= all.count);
			CHECK(e != OK || v.cut[0] || frames.count == all.count);
			/* The last that was read may have come in part, and be shown where its successors would have been. */
			int wrong = 0;
			for (size_t i = 0, k = 0; e == OK && i < frames.count; i++) {
				for (k = 0; k + 1 < all.count && all.list[k].at < frames.list[i].at - 0.01; k++)
					;
				wrong += pdq_distance(&frames.list[i].hash, &all.list[k].hash) != 0;
			}
			CHECK(wrong <= 2); /* its successors' times shift, in AVI */
			some += e == OK && frames.count > 1 && frames.count < all.count;
			free(part);
		}
		CHECK(some > 3);
		free(bytes);
	}
}

TEST(flipped_bytes)
{
	static const char *const names[] = { "h264.mp4", "fragments.mp4", "hevc.mov", "vp8.webm", "vp9.mkv", "av1.mp4", "mpeg4.avi", "h263.3gp", "edited.mp4" };
	uint32_t turn = 5;
	for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
		size_t size, some = 0;
		uint8_t *bytes = seed(names[n], &size);
		struct video v;
		/* The head of the container is hit more often than the frames. */
		for (int i = 0; i < 100; i++) {
			turn = turn * 1664525 + 1013904223;
			size_t at = (turn >> 8) % (i % 2 && size > 900 ? 900 : size);
			uint8_t was = bytes[at];
			bytes[at] ^= (uint8_t)(1 << i % 8 | (i % 5 ? 0 : 0x80));
			CHECK(any_end(read_bytes(bytes, size, i % 7 ? VIDEO_EXACT : VIDEO_KEYS, NULL, &v)));
			some += frames.count > 0;
			bytes[at] = was;
		}
		CHECK(some > 20);
		free(bytes);
	}
}

/* Sizes and counts that nothing stands behind. */
TEST(stated_absurdly)
{
	size_t size;
	struct video v;
	uint8_t *bytes = seed("h264.mp4", &size), *p;
	/* A thousand million samples, of one size, one after the other. */
	p = box(bytes, size, "stsz");
	put32(p + 4, 1);
	put32(p + 8, 1000000000);
	p = box(bytes, size, "stts");
	put32(p + 8, 1000000000);
	p = box(bytes, size, "stsc");
	put32(p + 12, 1000000000);
	CHECK(any_end(read_bytes(bytes, size, VIDEO_EXACT, NULL, &v)));
	free(bytes);
	/* The container's dimensions; the stream's own count. */
	bytes = seed("h264.mp4", &size);
	p = box(bytes, size, "stsd");
	p = box(p, 100, "avc1");
	put32(p + 24, 0xffffffff);
	CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, NULL, &v), ERR_LIMIT);
	CHECK_INT(frames.count, 0);
	put32(p + 24, 0x00100010);
	CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, NULL, &v), OK);
	CHECK_INT(v.width, 96);
	free(bytes);
	/* Boxes in boxes. */
	size = 1 << 20;
	bytes = calloc(1, size);
	memcpy(bytes, "\0\0\0\x14" "ftypisom\0\0\0\0isom", 20);
	for (size_t at = 20; at + 8 < size; at += 8) {
		put32(bytes + at, (uint32_t)(size - at));
		memcpy(bytes + at + 4, at < 40 ? "moov" : "udta", 4);
	}
	CHECK_INT(read_bytes(bytes, size, VIDEO_EXACT, NULL, &v), ERR_FORMAT);
	free(bytes);
	CHECK_INT(read_bytes((const uint8_t *)"", 0, VIDEO_EXACT, NULL, &v), ERR_FORMAT);
}

int main(void)
{
	if (video_prepare() != OK) {
		printf("%s\n", err_message());
		return 1;
	}
	RUN(reference_vectors);
	RUN(pixels_are_those_of_libswscale);
	RUN(containers);
	RUN(key_frames);
	RUN(same_frames);
	RUN(limits);
	RUN(hidden_frames);
	RUN(cut_videos);
	RUN(flipped_bytes);
	RUN(stated_absurdly);
	return check_done();
}
