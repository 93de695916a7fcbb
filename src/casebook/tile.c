#include "casebook/tile.h"

#include <stdio.h>
#include <string.h>

void tile_path(int level, uint64_t number, int width, char *ret)
{
	char name[60], part[8];
	snprintf(name, sizeof name, "%03u", (unsigned)(number % 1000));
	for (uint64_t rest = number / 1000; rest; rest /= 1000) {
		char longer[60];
		snprintf(part, sizeof part, "x%03u/", (unsigned)(rest % 1000));
		snprintf(longer, sizeof longer, "%s%.50s", part, name);
		memcpy(name, longer, sizeof name);
	}
	char tail[16] = "";
	if (width < TILE_WIDTH)
		snprintf(tail, sizeof tail, ".p/%d", width);
	if (level < 0)
		snprintf(ret, TILE_PATH, "tile/entries/%s%s", name, tail);
	else
		snprintf(ret, TILE_PATH, "tile/%d/%s%s", level, name, tail);
}
