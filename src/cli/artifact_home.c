#include "cli/artifact_home.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

/* The folder of artifacts: installed, or, when the program runs out of its build folder, the source's. */
static const char *home(char *room, size_t size)
{
	const char *set = getenv("CUSTOS_ARTIFACTS");
	if (set && *set)
		return set;
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n > 0) {
		exe[n] = 0;
		snprintf(room, size, "%s/../share/custos/artifacts", dirname(exe));
		if (access(room, R_OK) == 0)
			return room;
	}
	return access(CUSTOS_ARTIFACTS_SOURCE, R_OK) == 0 ? CUSTOS_ARTIFACTS_SOURCE : CUSTOS_ARTIFACTS_INSTALLED;
}

enum err artifacts_load(struct artifact_set *set, const char *own)
{
	char room[4200];
	enum err e = artifact_add_folder(set, home(room, sizeof room));
	if (!e && own)
		e = text_ends(own, ".sql") ? artifact_add_file(set, own) : artifact_add_folder(set, own);
	return e ? e : artifact_set_ready(set);
}
