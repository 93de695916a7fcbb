#include "evidence/content.h"

#include <string.h>

#include "base/span.h"
#include "base/text.h"

static const struct {
	unsigned short offset, size;
	const char *magic, *type;
} magics[] = {
	{ 0, 16, "SQLite format 3\0", "application/vnd.sqlite3" },
	{ 0, 3, "\xff\xd8\xff", "image/jpeg" },
	{ 0, 8, "\x89PNG\r\n\x1a\n", "image/png" },
	{ 0, 6, "GIF87a", "image/gif" },
	{ 0, 6, "GIF89a", "image/gif" },
	{ 8, 4, "WEBP", "image/webp" },
	{ 8, 4, "WAVE", "audio/wav" },
	{ 8, 4, "AVI ", "video/x-msvideo" },
	{ 0, 4, "\x1a\x45\xdf\xa3", "video/webm" },
	{ 0, 4, "OggS", "audio/ogg" },
	{ 0, 4, "fLaC", "audio/flac" },
	{ 0, 5, "#!AMR", "audio/amr" },
	{ 0, 3, "ID3", "audio/mpeg" },
	{ 0, 2, "\xff\xfb", "audio/mpeg" },
	{ 0, 2, "\xff\xf1", "audio/aac" },
	{ 0, 4, "caff", "audio/x-caf" },
	{ 0, 4, "%PDF", "application/pdf" },
	{ 0, 4, "II*\0", "image/tiff" },
	{ 0, 4, "MM\0*", "image/tiff" },
	{ 0, 8, "bplist00", "application/x-plist" },
	{ 0, 4, "ABX\0", "application/x-android-xml" },
	{ 0, 4, "PK\3\4", "application/zip" },
	{ 0, 6, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed" },
	{ 0, 2, "\x1f\x8b", "application/gzip" },
	{ 0, 4, "\x28\xb5\x2f\xfd", "application/zstd" },
	{ 0, 4, "\x7f" "ELF", "application/x-elf" },
	{ 0, 4, "dex\n", "application/x-dex" },
	{ 0, 4, "\xcf\xfa\xed\xfe", "application/x-mach-binary" },
	{ 0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage" },
	{ 0, 5, "{\\rtf", "application/rtf" },
	{ 0, 4, "cook", "application/x-binarycookies" },
	{ 0, 15, "ANDROID BACKUP\n", "application/x-android-backup" },
	{ 0, 5, "<?xml", "application/xml" },
	{ 4, 11, "streamtyped", "application/x-typedstream" },
	{ 0, 4, "SEGB", "application/x-segb" },
	{ 52, 4, "SEGB", "application/x-segb" },
};

/* ISO base media files name their brand behind "ftyp". */
static const char *brand_type(const unsigned char *p, size_t size)
{
	static const struct {
		const char brand[5];
		const char *type;
	} brands[] = {
		{ "heic", "image/heic" }, { "heix", "image/heic" }, { "heim", "image/heic" }, { "heis", "image/heic" },
		{ "hevc", "image/heic-sequence" }, { "hevx", "image/heic-sequence" }, { "hevm", "image/heic-sequence" }, { "hevs", "image/heic-sequence" },
		{ "avif", "image/avif" }, { "avis", "image/avif" },
		{ "mif1", "image/heif" }, { "msf1", "image/heif-sequence" }, { "miaf", "image/heif" },
		{ "qt  ", "video/quicktime" }, { "M4A ", "audio/mp4" }, { "3gp4", "video/3gpp" }, { "3gp5", "video/3gpp" }, { "3gp6", "video/3gpp" },
	};
	if (size < 12 || memcmp(p + 4, "ftyp", 4) != 0)
		return NULL;
	const char *type = "video/mp4";
	size_t end = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	/* A picture may name only the container first; how it is coded stands further on. At 12 stands a version. */
	for (size_t at = 8; at + 4 <= size && (at == 8 || (at + 4 <= end && strncmp(type, "image/heif", 10) == 0)); at += at == 8 ? 8 : 4)
		for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
			if (memcmp(p + at, brands[i].brand, 4) == 0 && (at == 8 || (strncmp(brands[i].type, "image/", 6) == 0 && !strstr(brands[i].type, "heif"))))
				type = brands[i].type;
	return type;
}

/* Text when it is UTF-8 (cut anywhere) without control characters. */
static const char *text_type(const unsigned char *p, size_t size)
{
	size_t good = utf8_valid(p, size);
	if (!size || good + 4 < size || (good < size && size < CONTENT_HEAD))
		return NULL;
	for (size_t i = 0; i < good; i++)
		if (p[i] < 0x20 && p[i] != '\n' && p[i] != '\r' && p[i] != '\t' && p[i] != '\f')
			return NULL;
	return p[0] == '{' || p[0] == '[' ? "application/json" : "text/plain";
}

const char *content_type(const void *head, size_t size)
{
	const unsigned char *p = head;
	if (size > CONTENT_HEAD)
		size = CONTENT_HEAD;
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
		if (size >= (size_t)magics[i].offset + magics[i].size && memcmp(p + magics[i].offset, magics[i].magic, magics[i].size) == 0)
			return magics[i].type;
	const char *type = brand_type(p, size);
	return type ? type : text_type(p, size);
}

bool content_listed(const char *type)
{
	return type && (strncmp(type, "image/", 6) == 0 || strncmp(type, "video/", 6) == 0 || strncmp(type, "audio/", 6) == 0 ||
			strcmp(type, "application/pdf") == 0 || strcmp(type, "application/zip") == 0 || strcmp(type, "application/rtf") == 0 ||
			strcmp(type, "application/x-ole-storage") == 0);
}
