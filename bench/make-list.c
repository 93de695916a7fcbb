/* Writes a list of random hashes: make-list COUNT vics|plain > FILE. The same each time: hash n is that of `digest` below, so that it can be asked for. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* splitmix64: even, and any place of it can be had at once. */
static uint64_t random_at(uint64_t n)
{
	n = (n + 1) * 0x9e3779b97f4a7c15ull;
	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9ull;
	n = (n ^ n >> 27) * 0x94d049bb133111ebull;
	return n ^ n >> 31;
}

static char *digest(char *to, uint64_t n, int kind, int digits)
{
	for (int i = 0; i < digits; i++) {
		static const char hex[] = "0123456789ABCDEF";
		to[i] = hex[random_at(n * 8 + (uint64_t)kind * 4 + (uint64_t)i / 16) >> 4 * (i % 16) & 15];
	}
	to[digits] = 0;
	return to;
}

int main(int argc, char **argv)
{
	uint64_t count = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
	bool vics = argc == 3 && strcmp(argv[2], "vics") == 0;
	char md5[33], sha1[41];
	static char room[1 << 20];
	if (!count || (!vics && strcmp(argv[2], "plain") != 0)) {
		fprintf(stderr, "usage: make-list COUNT vics|plain\n");
		return 2;
	}
	setvbuf(stdout, room, _IOFBF, sizeof room);
	if (vics)
		fputs("{\"@odata.context\":\"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media\",\"value\":[", stdout);
	for (uint64_t n = 0; n < count; n++) {
		digest(md5, n, 0, 32);
		digest(sha1, n, 1, 40);
		if (vics)
			printf("%s\n{\"MediaID\":%" PRIu64 ",\"Category\":%d,\"MD5\":\"%s\",\"SHA1\":\"%s\",\"MediaSize\":%" PRIu64 ",\"DateUpdated\":\"2026-11-07T02:31:49.8300Z\","
			       "\"IsPrecategorized\":\"false\",\"Series\":\"series %d\",\"VictimIdentified\":\"%s\"}",
			       n ? "," : "", n, (int)(random_at(n) % 4), md5, sha1, random_at(n) % 10000000, (int)(random_at(n) % 5000), n % 3 ? "false" : "true");
		else
			puts(sha1);
	}
	if (vics)
		fputs("]}\n", stdout);
	return ferror(stdout) || fflush(stdout) != 0;
}
