/* Pictures that look like photographs to a codec, the same ones each time: skies, hills, walls, things with edges, fine structure, noise of a sensor.
 *
 *   photos FOLDER [COUNT]
 *
 * COUNT (56) JPEG files, every second one of 12 megapixels, in the qualities, samplings and kinds that phones and platforms write.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

static uint64_t state;

static uint32_t chance(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33);
}
static float part(void) { return (float)(chance() & 0xffffff) / (float)0xffffff; }
static float between(float a, float b) { return a + (b - a) * part(); }

static float lattice(uint32_t seed, int x, int y)
{
	uint32_t h = seed ^ (uint32_t)x * 0x9e3779b1u ^ (uint32_t)y * 0x85ebca77u;
	h = (h ^ h >> 15) * 0x2c1b3c6du;
	h = (h ^ h >> 12) * 0x297a2d39u;
	return (float)((h ^ h >> 15) & 0xffff) / 65535.0f;
}

/* Clouds: `octaves` of noise, each twice as fine and `rough` as strong as the one before. 0 to 1. */
static float clouds(uint32_t seed, float x, float y, int octaves, float rough)
{
	float sum = 0, weight = 1, all = 0;
	for (int o = 0; o < octaves; o++) {
		int ix = (int)floorf(x), iy = (int)floorf(y);
		float fx = x - (float)ix, fy = y - (float)iy;
		fx = fx * fx * (3 - 2 * fx);
		fy = fy * fy * (3 - 2 * fy);
		float a = lattice(seed + (uint32_t)o, ix, iy), b = lattice(seed + (uint32_t)o, ix + 1, iy);
		float c = lattice(seed + (uint32_t)o, ix, iy + 1), d = lattice(seed + (uint32_t)o, ix + 1, iy + 1);
		sum += weight * ((a + (b - a) * fx) * (1 - fy) + (c + (d - c) * fx) * fy);
		all += weight;
		weight *= rough;
		x *= 2;
		y *= 2;
	}
	return sum / all;
}

struct thing {
	float x, y, w, h, turn, stripes;
	float colour[3];
	int kind; /* 0 disc, 1 box, 2 striped box */
};

enum { THINGS = 24 };

static void scene_draw(uint8_t *to, int width, int height, float noise)
{
	struct thing things[THINGS];
	uint32_t seed = chance();
	int count = 3 + (int)(chance() % (THINGS - 3));
	float sky[3], ground[3], horizon = between(0.2f, 0.8f), rough = between(0.35f, 0.7f), scale = between(2, 9), light = between(-0.5f, 0.5f);
	for (int c = 0; c < 3; c++) {
		sky[c] = between(60, 240);
		ground[c] = between(20, 190);
	}
	for (int i = 0; i < count; i++) {
		things[i] = (struct thing){ part(), part(), between(0.02f, 0.25f), between(0.02f, 0.25f), between(0, 3.2f), between(20, 400), { 0 }, (int)(chance() % 3) };
		for (int c = 0; c < 3; c++)
			things[i].colour[c] = between(5, 250);
	}
	/* Fine structure at full size, large forms at a quarter. */
	for (int y = 0; y < height; y++) {
		float v = (float)y / (float)width, up = (float)y / (float)height;
		for (int x0 = 0; x0 < width; x0 += 4) {
			float u = (float)x0 / (float)width;
			float large = clouds(seed, u * scale, v * scale, 6, rough), edge = horizon + 0.3f * (clouds(seed + 99, u * 3, 7, 5, 0.5f) - 0.5f);
			float base[3];
			for (int c = 0; c < 3; c++)
				base[c] = up < edge ? sky[c] * (0.75f + 0.4f * up) + 70 * (large - 0.5f) : ground[c] * (0.5f + large) + light * 90 * (u - 0.5f);
			for (int i = 0; i < count; i++) {
				const struct thing *t = &things[i];
				float dx = u - t->x, dy = up - t->y, a = (dx * cosf(t->turn) + dy * sinf(t->turn)) / t->w, b = (dy * cosf(t->turn) - dx * sinf(t->turn)) / t->h;
				bool in = t->kind ? fabsf(a) < 1 && fabsf(b) < 1 : a * a + b * b < 1;
				float shade = t->kind == 2 ? (fmodf(fabsf(a * t->stripes), 2) < 1 ? 0.4f : 1) : 0.8f + 0.4f * large;
				for (int c = 0; in && c < 3; c++)
					base[c] = t->colour[c] * shade * (1 + 0.2f * b);
			}
			float fine = up < edge ? 0 : 40 * (rough - 0.3f);
			for (int x = x0; x < x0 + 4 && x < width; x++) {
				float detail = fine * (clouds(seed + 7, (float)x * 0.11f, (float)y * 0.11f, 2, 0.7f) - 0.5f);
				for (int c = 0; c < 3; c++) {
					float value = base[c] + detail + noise * (part() + part() + part() - 1.5f);
					to[3 * ((size_t)y * (size_t)width + (size_t)x) + (size_t)c] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
				}
			}
		}
	}
}

int main(int argc, char **argv)
{
	static const int sizes[][2] = { { 4032, 3024 }, { 1920, 1080 }, { 4000, 3000 }, { 3000, 4000 }, { 3024, 4032 }, { 2560, 1440 }, { 4032, 3024 }, { 2048, 1536 } };
	static const int qualities[] = { 92, 85, 95, 75, 88, 60, 90 };
	static const int samplings[][2] = { { 2, 2 }, { 2, 2 }, { 2, 1 }, { 2, 2 }, { 1, 1 } };
	int count = argc > 2 ? atoi(argv[2]) : 56;
	if (argc < 2)
		return 2;
	for (int i = 0; i < count; i++) {
		const int *size = sizes[i % 8], *sampling = samplings[i % 5];
		bool large = size[0] * size[1] > 10000000;
		state = (uint64_t)i * 7919 + 12345;
		uint8_t *pixels = malloc(3 * (size_t)size[0] * (size_t)size[1]);
		if (!pixels)
			return 1;
		scene_draw(pixels, size[0], size[1], between(2, large ? 22 : 14));
		char path[600];
		bool progressive = i % 11 == 10, grey = i % 17 == 16;
		snprintf(path, sizeof path, "%s/%02d-%dx%d-q%d-%d%d%s%s.jpg", argv[1], i, size[0], size[1], qualities[i % 7], sampling[0], sampling[1], progressive ? "-progressive" : "",
			 grey ? "-grey" : i % 13 == 12 ? "-restart" : "");
		FILE *f = fopen(path, "wb");
		if (!f)
			return 1;
		struct jpeg_compress_struct j;
		struct jpeg_error_mgr errors;
		j.err = jpeg_std_error(&errors);
		jpeg_create_compress(&j);
		jpeg_stdio_dest(&j, f);
		j.image_width = (JDIMENSION)size[0];
		j.image_height = (JDIMENSION)size[1];
		j.input_components = 3;
		j.in_color_space = JCS_RGB;
		jpeg_set_defaults(&j);
		if (grey)
			jpeg_set_colorspace(&j, JCS_GRAYSCALE);
		jpeg_set_quality(&j, qualities[i % 7], TRUE);
		j.comp_info[0].h_samp_factor = grey ? 1 : sampling[0];
		j.comp_info[0].v_samp_factor = grey ? 1 : sampling[1];
		j.optimize_coding = i % 3 == 0;
		j.restart_interval = i % 13 == 12 ? 50 : 0;
		if (progressive)
			jpeg_simple_progression(&j);
		jpeg_start_compress(&j, TRUE);
		while (j.next_scanline < j.image_height) {
			JSAMPROW rows[1] = { pixels + 3 * (size_t)j.next_scanline * (size_t)size[0] };
			jpeg_write_scanlines(&j, rows, 1);
		}
		jpeg_finish_compress(&j);
		jpeg_destroy_compress(&j);
		fclose(f);
		free(pixels);
	}
	return 0;
}
