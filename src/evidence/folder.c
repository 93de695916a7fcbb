/* A folder as evidence: what lies in the file system, walked without ever following a link. */
#include "evidence/container.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"
#include "evidence/list.h"
#include "evidence/work.h"

enum { PIECE = 256 * 1024 };

static int open_below(int root, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY),
				.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
	if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
		return fd;
	/* A kernel (or a container's filter) without openat2: part by part. */
	char part[256];
	int at = root;
	for (;;) {
		const char *slash = strchrnul(path, '/');
		size_t n = (size_t)(slash - path);
		if (n >= sizeof part) {
			errno = ENAMETOOLONG;
			fd = -1;
		} else {
			memcpy(part, path, n);
			part[n] = 0;
			fd = openat(at, part, *slash ? O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC : (int)how.flags);
		}
		int why = errno;
		if (at != root)
			close(at);
		errno = why;
		if (fd < 0 || !*slash)
			return fd;
		at = fd;
		path = slash + 1;
	}
}

/* Reading must not move the evidence's access times. The kernel grants that to the files' owner and to root; for others it reads all the
 * same: then the evidence is best mounted read-only (docs say so). */
int file_open_below(int root, const char *path, int flags)
{
	int fd = open_below(root, path, flags | O_NOATIME);
	return fd < 0 && errno == EPERM ? open_below(root, path, flags) : fd;
}

static const char *raw_path(const struct entry *e) { return e->own ? e->own : e->path; }

static int64_t us_of(struct statx_timestamp t) { return t.tv_sec * 1000000 + t.tv_nsec / 1000; }

/* Folders that are still to be read. */
struct pending {
	char **paths;
	size_t count, room;
};

static bool pending_push(struct pending *p, const char *path)
{
	if (p->count == p->room) {
		size_t room = p->room ? p->room * 2 : 64;
		char **more = realloc(p->paths, room * sizeof *more);
		if (!more)
			return false;
		p->paths = more;
		p->room = room;
	}
	char *copy = strdup(path);
	if (copy)
		p->paths[p->count++] = copy;
	return copy != NULL;
}

static bool is_nestable(const char *path)
{
	return !strchr(path, '/') && (text_ends(path, ".zip") || text_ends(path, ".ab") || text_ends(path, ".tar"));
}

/* One name in a folder: `raw` is its path from the root. */
static enum err item_add(struct container *c, const char *raw, struct pending *folders, struct pending *nested)
{
	struct statx x;
	int root = c->source.fd;
	enum err err;
	bool known = statx(root, raw, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS | STATX_BTIME, &x) == 0;
	int why = errno;
	struct entry *e = container_add(c, raw, strlen(raw), &err);
	if (!e)
		return err;
	if (strcmp(e->path, raw) != 0 && !(e->own = container_copy(c, raw, strlen(raw))))
		return err_set(ERR_NOMEM, "out of memory for the list of entries");
	if (!known) {
		e->type = ENTRY_OTHER;
		container_note(c, e->path, 0, "cannot be examined: %s", strerror(why));
		return OK;
	}
	e->modified_at = us_of(x.stx_mtime);
	e->accessed_at = us_of(x.stx_atime);
	if (x.stx_mask & STATX_BTIME)
		e->created_at = us_of(x.stx_btime);
	e->stored = e->size; /* blocks on the disk would differ from copy to copy, and while a file system still writes */
	e->type = ENTRY_OTHER;
	if (S_ISREG(x.stx_mode)) {
		e->type = ENTRY_FILE;
		e->size = x.stx_size;
		if (is_nestable(raw) && !pending_push(nested, raw))
			return err_set(ERR_NOMEM, "out of memory for the list of entries");
	} else if (S_ISDIR(x.stx_mode)) {
		e->type = ENTRY_FOLDER;
		if (!pending_push(folders, raw))
			return err_set(ERR_NOMEM, "out of memory for the list of entries");
	} else if (S_ISLNK(x.stx_mode)) {
		char target[4096];
		ssize_t n = readlinkat(root, raw, target, sizeof target);
		e->type = ENTRY_LINK;
		e->target = n >= 0 ? container_target(c, target, (size_t)n) : "";
		e->size = n >= 0 ? (uint64_t)n : 0;
		if (!e->target)
			return err_set(ERR_NOMEM, "out of memory for the list of entries");
	}
	return OK;
}

static int name_order(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The paths of all that lies in `folder` ("" for the root), in the order of their bytes: the file system's own order changes between copies. */
static enum err folder_names(struct container *c, const char *folder, struct pending *names)
{
	int fd = *folder ? file_open_below(c->source.fd, folder, O_RDONLY | O_DIRECTORY)
			 : file_open_below(c->source.fd, ".", O_RDONLY | O_DIRECTORY);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	if (!d) {
		int why = errno;
		if (fd >= 0)
			close(fd);
		errno = why;
		return err_errno("folder cannot be read");
	}
	struct buf path = { 0 };
	bool memory = true;
	errno = 0;
	for (struct dirent *i; memory && (i = readdir(d)); errno = 0) {
		if (strcmp(i->d_name, ".") == 0 || strcmp(i->d_name, "..") == 0)
			continue;
		buf_clear(&path);
		buf_text(&path, folder);
		buf_text(&path, *folder ? "/" : "");
		buf_text(&path, i->d_name);
		memory = !path.failed && names->count < ENTRIES_MOST && pending_push(names, path.data);
	}
	enum err x = !memory ? err_set(ERR_NOMEM, "too many names in a folder") : errno ? err_errno("folder cannot be read to its end") : OK;
	closedir(d);
	buf_free(&path);
	if (names->count)
		qsort(names->paths, names->count, sizeof *names->paths, name_order);
	return x;
}

static void pending_clear(struct pending *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->paths[i]);
	p->count = 0;
}

static bool folder_probe(const struct source *s) { return s->folder; }

/* `flags`: O_DIRECTORY for a folder. */
static bool nested_open(struct container *c, const char *raw, int flags)
{
	bool good = false;
	struct buf safe = { 0 };
	bool absolute;
	path_make_safe(raw, strlen(raw), &absolute, &safe);
	int fd = file_open_below(c->source.fd, raw, O_RDONLY | flags);
	char *path = safe.failed ? NULL : container_copy(c, safe.data, safe.size); /* stays: messages of the nested one name it */
	buf_free(&safe);
	if (fd >= 0 && path)
		good = container_nest(c, path, fd);
	else if (path)
		container_note(c, path, 0, "not opened as a container: %s", strerror(errno));
	if (fd >= 0 && !path)
		close(fd);
	return good;
}

/* The names, which are at hand, first: of a hundred thousand folders hardly one is worth a closer look. */
static bool is_backup(const struct container *c, const char *raw, const struct pending *names)
{
	bool hint = false;
	for (size_t i = 0; i < names->count && !hint; i++)
		hint = text_ends(names->paths[i], "/Manifest.plist") || text_ends(names->paths[i], "/Status.plist");
	int fd = !hint || *c->prefix ? -1 : file_open_below(c->source.fd, raw, O_RDONLY | O_DIRECTORY);
	bool backup = fd >= 0 && itunes_folder(fd);
	if (fd >= 0)
		close(fd);
	return backup;
}

/* Adds all that lies in the folders that are pending, and below; backups' own folders (with `backups`) are set aside there instead. */
static enum err folders_walk(struct container *c, bool root, struct pending *folders, struct pending *nested, struct pending *backups)
{
	struct pending names = { 0 };
	enum err x = OK;
	char *folder = NULL;
	for (; !x && (root || folders->count); root = false) {
		free(folder);
		folder = root ? NULL : folders->paths[--folders->count];
		pending_clear(&names);
		x = folder_names(c, folder ? folder : "", &names);
		if (x && !root && x != ERR_NOMEM) {
			struct buf safe = { 0 };
			bool absolute;
			path_make_safe(folder, strlen(folder), &absolute, &safe);
			container_note(c, safe.data ? safe.data : "", 0, "%s", err_message());
			buf_free(&safe);
			x = OK;
		}
		if (!x && folder && backups && is_backup(c, folder, &names)) {
			if (!pending_push(backups, folder))
				x = err_set(ERR_NOMEM, "out of memory for the list of entries");
			continue;
		}
		for (size_t i = 0; !x && i < names.count; i++)
			x = item_add(c, names.paths[i], folders, nested);
	}
	free(folder);
	pending_clear(&names);
	free(names.paths);
	return x;
}

static enum err folder_open(struct container *c)
{
	struct pending folders = { 0 }, nested = { 0 }, backups = { 0 };
	enum err x = folders_walk(c, true, &folders, &nested, &backups);
	if (x == ERR_LIMIT) {
		container_note(c, "", 0, "%s: the rest is not listed", err_message());
		x = OK;
	}
	/* Last, so that this container's own entries stay in one piece. */
	for (size_t i = 0; !x && i < nested.count; i++)
		nested_open(c, nested.paths[i], 0);
	if (backups.count)
		qsort(backups.paths, backups.count, sizeof *backups.paths, name_order);
	for (size_t i = 0; !x && i < backups.count; i++) {
		if (nested_open(c, backups.paths[i], O_DIRECTORY))
			continue;
		/* Not opened, for want of a password say: its files are listed as they lie there. */
		x = pending_push(&folders, backups.paths[i]) ? folders_walk(c, false, &folders, &nested, NULL) : err_set(ERR_NOMEM, "out of memory for the list of entries");
		if (x == ERR_LIMIT) {
			container_note(c, "", 0, "%s: the rest is not listed", err_message());
			x = OK;
		}
	}
	pending_clear(&folders);
	pending_clear(&nested);
	pending_clear(&backups);
	free(folders.paths);
	free(nested.paths);
	free(backups.paths);
	return x;
}

static int folder_entry_fd(const struct container *c, const struct entry *e)
{
	struct stat st;
	int fd = file_open_below(c->source.fd, raw_path(e), O_RDONLY);
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		errno = EINVAL;
		fd = -1;
	}
	return fd;
}

static int64_t us_of_timespec(struct timespec t) { return t.tv_sec * 1000000 + t.tv_nsec / 1000; }

static bool same_time(struct timespec a, struct timespec b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

static enum err folder_read(const struct container *c, const struct entry *e, evidence_sink *sink, void *context)
{
	int fd = folder_entry_fd(c, e);
	if (fd < 0 && (errno == ELOOP || errno == EINVAL))
		return err_set(ERR_CHANGED, "%s is no longer a plain file", e->path);
	if (fd < 0)
		return err_errno("cannot open %s", e->path);
	struct stat before, after;
	uint64_t done = 0;
	size_t got = 0;
	enum err x = fstat(fd, &before) < 0 ? err_errno("cannot examine %s", e->path) : OK;
	struct work *w = x ? NULL : work_take();
	if (!x && (!w || !work_room(&w->in, &w->in_room, PIECE)))
		x = err_set(ERR_NOMEM, "out of memory for %s", e->path);
	/* One byte more than it says: to see that it grew, and not to run after a log that grows for ever. */
	while (!x) {
		uint64_t left = (uint64_t)before.st_size - done;
		x = file_read_some(fd, w->in, left < PIECE ? (size_t)left + 1 : PIECE, done, &got);
		if (x || !got)
			break;
		size_t give = got > left ? (size_t)left : got;
		if (give)
			x = sink(context, w->in, give);
		done += give;
		if (give < got || give < PIECE)
			break;
	}
	if (!x && fstat(fd, &after) < 0)
		x = err_errno("cannot examine %s", e->path);
	work_give(w);
	close(fd);
	if (x)
		return x;
	bool moved = !same_time(before.st_mtim, after.st_mtim) || !same_time(before.st_ctim, after.st_ctim);
	if (moved || before.st_size != after.st_size || done != (uint64_t)after.st_size)
		return err_set(ERR_CHANGED, "%s changed while it was read (at offset %" PRIu64 ")", e->path, done);
	if (done != e->size)
		return err_set(ERR_CHANGED, "%s had %" PRIu64 " bytes when the evidence was opened, %" PRIu64 " when it was read",
			       e->path, e->size, done);
	if (e->modified_at != us_of_timespec(after.st_mtim))
		return err_set(ERR_CHANGED, "%s was written to after the evidence was opened", e->path);
	return OK;
}

static void folder_free(struct container *c) { (void)c; }

const struct container_type folder_container = {
	.name = "folder",
	.probe = folder_probe,
	.open = folder_open,
	.read = folder_read,
	.entry_fd = folder_entry_fd,
	.free = folder_free,
};
