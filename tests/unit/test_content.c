/* What files of ISO's container are, by their brands. */
#include "check.h"
#include "evidence/content.h"

TEST(brands)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *type;
	} list[] = {
		{ "\0\0\0\x14" "ftypheic\0\0\0\0mif1", 20, "image/heic" },
		{ "\0\0\0\x18" "ftypmif1\0\0\0\0mif1heic", 24, "image/heic" },
		{ "\0\0\0\x18" "ftypmif1\0\0\0\0mif1avif", 24, "image/avif" },
		{ "\0\0\0\x14" "ftypmif1\0\0\0\0mif1heic", 24, "image/heif" }, /* the brand stands behind the box */
		{ "\0\0\0\x14" "ftypmif1avifmif1", 20, "image/heif" },	      /* and here in place of the version */
		{ "\0\0\0\x18" "ftypmsf1\0\0\0\0msf1hevc", 24, "image/heic-sequence" },
		{ "\0\0\0\x14" "ftypavis\0\0\0\0msf1", 20, "image/avif" },
		{ "\0\0\0\x14" "ftypmif1\0\0\0\0miaf", 16, "image/heif" }, /* cut */
		{ "\0\0\0\x14" "ftypisom\0\0\0\0avif", 20, "video/mp4" },
		{ "\0\0\0\x14" "ftypqt  \0\0\0\0heic", 20, "video/quicktime" },
		{ "RIFF\x10\0\0\0WEBPVP8 ", 16, "image/webp" },
	};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		CHECK_TEXT(content_type(list[i].bytes, list[i].size), list[i].type);
}

int main(void)
{
	RUN(brands);
	return check_done();
}
