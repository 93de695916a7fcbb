/* The evidence VFS. See evidence_vfs.h. */
#include "sql/evidence_vfs.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "formats/sqlite_file.h"

/* One evidence database and the descriptors it reads from. */
struct source {
	struct sqlite_file *file;
	int fds[3];
	uint64_t id;
	struct source *next; /* while announced */
};

struct handle {
	sqlite3_file base; /* first: SQLite sees only this */
	struct source *source;
};

static pthread_mutex_t announced_lock = PTHREAD_MUTEX_INITIALIZER;
static struct source *announced;
static uint64_t announced_last;

static void source_free(struct source *s)
{
	if (!s)
		return;
	sqlite_file_free(s->file);
	free(s);
}

/* Takes the source announced under `name` ("/evidence/7") out of the list, or NULL. */
static struct source *source_take(const char *name)
{
	static const char prefix[] = "/evidence/";
	if (!name || strncmp(name, prefix, sizeof prefix - 1) != 0)
		return NULL;
	uint64_t id = strtoull(name + sizeof prefix - 1, NULL, 10);
	pthread_mutex_lock(&announced_lock);
	struct source **p = &announced, *s;
	while (*p && (*p)->id != id)
		p = &(*p)->next;
	s = *p;
	if (s)
		*p = s->next;
	pthread_mutex_unlock(&announced_lock);
	return s;
}

static int64_t fd_read(void *context, void *to, uint64_t offset, size_t size)
{
	int fd = *(const int *)context;
	size_t done = 0;
	if (offset > INT64_MAX - size)
		return 0;
	while (done < size) {
		ssize_t got = pread(fd, (char *)to + done, size - done, (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno("cannot read an evidence database at %llu",
					 (unsigned long long)(offset + done));
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (int64_t)done;
}

enum err sql_evidence_input(const int *fd, struct sqlite_input *ret)
{
	struct stat st;
	*ret = (struct sqlite_input){ 0 };
	if (*fd < 0)
		return OK;
	if (fstat(*fd, &st) < 0)
		return err_errno("cannot stat an evidence database");
	*ret = (struct sqlite_input){ fd_read, (void *)fd, st.st_size > 0 ? (uint64_t)st.st_size : 0 };
	return OK;
}

struct note_to {
	const struct sql_context *context;
	const char *path;
};

static void note_pass(void *context, uint64_t offset, const char *reason)
{
	const struct note_to *to = context;
	if (to->context && to->context->note)
		to->context->note(to->context->note_context, to->path ? to->path : to->context->path, offset, reason);
}

enum err evidence_announce(const struct sql_evidence *files, const struct sql_context *context,
			   char name[EVIDENCE_NAME_ROOM])
{
	struct source *s = calloc(1, sizeof *s);
	if (!s)
		return err_set(ERR_NOMEM, "no memory to open an evidence database");
	s->fds[0] = files->db_fd;
	s->fds[1] = files->wal_fd;
	s->fds[2] = files->journal_fd;
	struct sqlite_input in[3];
	enum err e = OK;
	for (int i = 0; i < 3 && e == OK; i++)
		e = sql_evidence_input(&s->fds[i], &in[i]);
	struct note_to to = { context, files->path };
	if (e == OK)
		e = sqlite_file_open(in[0], in[1], in[2], note_pass, &to, &s->file);
	if (e < 0) {
		source_free(s);
		return e;
	}
	pthread_mutex_lock(&announced_lock);
	s->id = ++announced_last;
	s->next = announced;
	announced = s;
	snprintf(name, EVIDENCE_NAME_ROOM, "file:/evidence/%llu?vfs=" EVIDENCE_VFS "&mode=ro",
		 (unsigned long long)s->id);
	pthread_mutex_unlock(&announced_lock);
	return OK;
}

void evidence_withdraw(const char *name) { source_free(source_take(name + strlen("file:"))); }

static int file_close(sqlite3_file *file)
{
	struct handle *h = (struct handle *)file;
	source_free(h->source);
	h->source = NULL;
	return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *to, int size, sqlite3_int64 offset)
{
	struct handle *h = (struct handle *)file;
	if (size < 0 || offset < 0)
		return SQLITE_IOERR_READ;
	int64_t got = sqlite_file_read(h->source->file, to, (uint64_t)offset, (size_t)size);
	if (got < 0)
		return SQLITE_IOERR_READ;
	if (got < size) {
		memset((char *)to + got, 0, (size_t)(size - got)); /* SQLite asks for this */
		return SQLITE_IOERR_SHORT_READ;
	}
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	const struct sqlite_file *f = ((struct handle *)file)->source->file;
	*ret = (sqlite3_int64)(sqlite_file_pages(f) * sqlite_file_page_size(f));
	return SQLITE_OK;
}

static int file_write(sqlite3_file *f, const void *b, int n, sqlite3_int64 o)
{
	return (void)f, (void)b, (void)n, (void)o, SQLITE_READONLY;
}
static int file_truncate(sqlite3_file *f, sqlite3_int64 n) { return (void)f, (void)n, SQLITE_READONLY; }
static int file_sync(sqlite3_file *f, int flags) { return (void)f, (void)flags, SQLITE_OK; }
static int file_lock(sqlite3_file *f, int level) { return (void)f, (void)level, SQLITE_OK; }
static int file_check(sqlite3_file *f, int *ret) { return (void)f, *ret = 0, SQLITE_OK; }
static int file_control(sqlite3_file *f, int op, void *arg) { return (void)f, (void)op, (void)arg, SQLITE_NOTFOUND; }
static int file_sector(sqlite3_file *f) { return (void)f, 4096; }
static int file_traits(sqlite3_file *f) { return (void)f, SQLITE_IOCAP_IMMUTABLE; }

static const sqlite3_io_methods file_methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_lock,
	.xCheckReservedLock = file_check,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	(void)vfs;
	struct handle *h = (struct handle *)file;
	h->base.pMethods = NULL;
	/* Temporary files and journals have no place here: the connections keep them in memory. */
	struct source *s = flags & SQLITE_OPEN_MAIN_DB ? source_take(name) : NULL;
	if (!s)
		return SQLITE_CANTOPEN;
	h->source = s;
	h->base.pMethods = &file_methods;
	if (ret_flags)
		*ret_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *v, const char *name, int sync)
{
	return (void)v, (void)name, (void)sync, SQLITE_READONLY;
}

static int vfs_access(sqlite3_vfs *v, const char *name, int flags, int *ret)
{
	(void)v, (void)name, (void)flags;
	*ret = 0;
	return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *v, const char *name, int room, char *out)
{
	(void)v;
	int n = snprintf(out, (size_t)room, "%s", name);
	return n < room ? SQLITE_OK : SQLITE_CANTOPEN;
}

static void *vfs_dl_open(sqlite3_vfs *v, const char *name) { return (void)v, (void)name, NULL; }
static void vfs_dl_error(sqlite3_vfs *v, int room, char *out)
{
	(void)v, snprintf(out, (size_t)room, "no extensions here");
}
static void (*vfs_dl_sym(sqlite3_vfs *v, void *h, const char *name))(void)
{
	return (void)v, (void)h, (void)name, NULL;
}
static void vfs_dl_close(sqlite3_vfs *v, void *h) { (void)v, (void)h; }

static int vfs_random(sqlite3_vfs *v, int size, char *out)
{
	(void)v;
	memset(out, 0, (size_t)size);
	return getrandom(out, (size_t)size, GRND_NONBLOCK) < 0 ? 0 : size;
}

static int vfs_sleep(sqlite3_vfs *v, int us) { return (void)v, us; }

static int vfs_time64(sqlite3_vfs *v, sqlite3_int64 *ret)
{
	(void)v;
	*ret = time_now() / 1000 + 210866760000000; /* ms since noon of day 0 of the Julian calendar */
	return SQLITE_OK;
}

static int vfs_time(sqlite3_vfs *v, double *ret)
{
	sqlite3_int64 ms;
	int rc = vfs_time64(v, &ms);
	*ret = (double)ms / 86400000.0;
	return rc;
}

static int vfs_last_error(sqlite3_vfs *v, int room, char *out)
{
	(void)v;
	if (room > 0)
		out[0] = 0;
	return 0;
}

int evidence_vfs_register(void)
{
	static sqlite3_vfs vfs = {
		.iVersion = 2,
		.szOsFile = sizeof(struct handle),
		.mxPathname = 256,
		.zName = EVIDENCE_VFS,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_path,
		.xDlOpen = vfs_dl_open,
		.xDlError = vfs_dl_error,
		.xDlSym = vfs_dl_sym,
		.xDlClose = vfs_dl_close,
		.xRandomness = vfs_random,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time,
		.xGetLastError = vfs_last_error,
		.xCurrentTimeInt64 = vfs_time64,
	};
	return sqlite3_vfs_register(&vfs, 0); /* registering the same one again only moves it */
}
