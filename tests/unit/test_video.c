/* vPDQ against the reference's own vectors (shared data), the conversion of pixels against libswscale's, damaged and hostile videos. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
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
		int worst = 0, sum = 0, quality_worst = 0, i = 0;
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
			sum += d;
			late = f->at - at > late ? f->at - at : at - f->at > late ? at - f->at : late;
		}
		CHECK_INT((int)frames.count, i);
		printf("%s: %d frames, at most %d bits, %.3f in the mean, quality %d, time %.4f s; %s %s %ux%u %.3f s %.3f/s %s\n", names[n], i, worst, (double)sum / i, quality_worst, late,
			video_container_name(v.container), v.codec, v.width, v.height, v.duration, v.rate, v.cut);
		CHECK_INT(worst, 0);
		CHECK_INT(quality_worst, 0);
		CHECK(late < 0.001);
		free(bytes);
		free(text);
	}
}

int main(void)
{
	if (video_prepare() != OK) {
		printf("%s\n", err_message());
		return 1;
	}
	RUN(reference_vectors);
	return check_done();
}
