#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "examine/artifact.h"

enum { FOLDER_DEPTH = 8, FILE_MOST = 1 << 20 };

static enum err file_text(const char *path, struct buf *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno("cannot open artifact file %s", path);
	ret->limit = FILE_MOST;
	char piece[8192];
	ssize_t n;
	while ((n = read(fd, piece, sizeof piece)) > 0)
		buf_add(ret, piece, (size_t)n);
	int saved = errno;
	close(fd);
	errno = saved;
	if (n < 0)
		return err_errno("cannot read artifact file %s", path);
	return ret->failed ? err_set(ERR_LIMIT, "artifact file %s is larger than 1 MiB", path) : OK;
}

enum err artifact_add_file(struct artifact_set *set, const char *path)
{
	struct buf text = { 0 };
	enum err e = file_text(path, &text);
	if (!e)
		e = artifact_add(set, path, text.data ? text.data : "", text.size);
	buf_free(&text);
	return e;
}

static int not_hidden(const struct dirent *d) { return d->d_name[0] != '.'; }

static enum err folder_walk(struct artifact_set *set, const char *folder, int depth)
{
	struct dirent **names;
	int count = depth < FOLDER_DEPTH ? scandir(folder, &names, not_hidden, alphasort) : 0;
	enum err e = OK;
	if (count < 0)
		return err_errno("cannot read artifact folder %s", folder);
	for (int i = 0; i < count; i++) {
		char path[4096];
		struct stat st;
		int n = snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
		if (!e && n > 0 && (size_t)n < sizeof path && stat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode)) {
				e = folder_walk(set, path, depth + 1);
			} else if (S_ISREG(st.st_mode) && text_ends(path, ".sql")) {
				e = artifact_add_file(set, path);
			}
		}
		free(names[i]);
	}
	if (count > 0)
		free(names);
	return e;
}

enum err artifact_add_folder(struct artifact_set *set, const char *folder) { return folder_walk(set, folder, 0); }
