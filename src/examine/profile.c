#include <ctype.h>
#include <string.h>

#include "examine/examine_inside.h"

static const char *part_behind(const char *path, const char *marker, char *ret, size_t size)
{
	const char *p = strstr(path, marker);
	if (!p)
		return NULL;
	p += strlen(marker);
	size_t n = strcspn(p, "/");
	if (!n || n >= size || !p[n])
		return NULL;
	memcpy(ret, p, n);
	ret[n] = 0;
	return ret;
}

static bool digits_only(const char *s)
{
	for (; *s; s++)
		if (!isdigit((unsigned char)*s))
			return false;
	return true;
}

const char *profile_of(const char *path, char *ret, size_t size)
{
	/* Android numbers its users: 0 the owner, 10 and up others, 95 a vendor's "dual app". */
	static const char *const android[] = { "data/user/", "data/user_de/", "user_de/", "data/media/", "system_ce/", "system_de/", "system/users/", "misc_ce/", "misc_de/", "usagestats/" };
	for (size_t i = 0; i < sizeof android / sizeof *android; i++) {
		const char *user = part_behind(path, android[i], ret, size);
		if (user && digits_only(user))
			return user;
	}
	static const char *const ios[] = { "Containers/Data/Application/", "Containers/Shared/AppGroup/", "Containers/Data/PluginKitPlugin/" };
	for (size_t i = 0; i < sizeof ios / sizeof *ios; i++)
		if (part_behind(path, ios[i], ret, size))
			return ret;
	if (strstr(path, "data/data/")) {
		memcpy(ret, "0", 2);
		return ret;
	}
	return NULL;
}
