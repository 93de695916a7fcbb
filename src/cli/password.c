#include "cli/password.h"

#include <stdio.h>
#include <string.h>

enum err password_read(const char *path, char *room, size_t size)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (!f)
		return err_errno("cannot open password file %s", path);
	char *line = fgets(room, (int)size, f);
	if (f != stdin)
		fclose(f);
	if (!line)
		return err_set(ERR_FORMAT, "password file %s is empty", path);
	room[strcspn(room, "\r\n")] = 0;
	return OK;
}
