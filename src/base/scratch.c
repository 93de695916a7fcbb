#include "base/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *scratch_folder(const char *wanted)
{
	const char *folder = wanted ? wanted : getenv("TMPDIR");
	return folder && *folder ? folder : "/var/tmp";
}

enum err scratch_open(const char *wanted, int *ret_fd)
{
	const char *folder = scratch_folder(wanted);
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) { /* a file system without nameless files */
		char name[4096];
		if (snprintf(name, sizeof name, "%s/custos-XXXXXX", folder) >= (int)sizeof name)
			return err_set(ERR_USAGE, "the scratch folder's name is too long");
		fd = mkostemp(name, O_CLOEXEC);
		if (fd >= 0)
			unlink(name);
	}
	if (fd < 0)
		return err_errno("cannot make a scratch file in %s (choose another folder with --scratch)", folder);
	*ret_fd = fd;
	return OK;
}

enum err scratch_write(int fd, const void *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = write(fd, (const char *)bytes + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno("cannot write the scratch file (choose a folder with more room with --scratch)");
		done += (size_t)n;
	}
	return OK;
}
