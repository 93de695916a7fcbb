/* quiet: opening evidence without moving its access time. */
#ifndef CUSTOS_BASE_QUIET_H
#define CUSTOS_BASE_QUIET_H

/* open(2) for reading with O_NOATIME, and without it where that is not allowed (another user's file). -1 and errno. */
int quiet_open(const char *path, int flags);

#endif
