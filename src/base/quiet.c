#include "base/quiet.h"

#include <errno.h>
#include <fcntl.h>

int quiet_open(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_NOATIME | flags);
	return fd < 0 && errno == EPERM ? open(path, O_RDONLY | flags) : fd;
}
