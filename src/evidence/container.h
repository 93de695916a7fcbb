/* container: what one kind of evidence container (folder, zip, tar, backup) gives to evidence.c, and what it gets from it.
 *
 * One file each: a const `struct container_type`, listed in the table of evidence.c.  A container lists all its entries in open(),
 * then only reads.  Containers may lie in one another, one level deep: a zip directly in a folder, or a backup's folder
 * anywhere below it, becomes a second container of the same evidence, whose entries are named "outer.zip!/inner".
 */
#ifndef CUSTOS_EVIDENCE_CONTAINER_H
#define CUSTOS_EVIDENCE_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/scratch.h"
#include "base/text.h"
#include "evidence/evidence.h"

/* What a container is made from. The descriptor stays open as long as the container and is closed by evidence.c. */
struct source {
	const char *path; /* for messages only */
	int fd;           /* read-only; of the folder or of the file */
	bool folder;
	uint64_t size;    /* of the file; 0 for a folder */
	uint8_t head[4096]; /* the file's first bytes */
	size_t head_size;
};

struct container {
	const struct container_type *type;
	const char *kind;     /* what evidence_kind() says; open() may change it ("tar.gz"); starts as type->name */
	const char *prefix;   /* before every path: "" or "outer.ab!/" */
	const char *password; /* or NULL */
	struct source source;
	size_t first, count;  /* while listing: its entries are first … first+count-1 in the order added */
	void *own;            /* set by open(), freed by free() */
	struct evidence *evidence;
	struct container *next;
	/* Optional: gives the path that a name of the container has on the phone; appends it to `out`. container_add() calls it. */
	void (*rename)(struct buf *out, const void *name, size_t size);
	bool absolute_noted;
};

struct container_type {
	const char *name;
	/* Cheap: does the source look like one? The first type that says yes opens it. */
	bool (*probe)(const struct source *s);
	/* Lists all entries with container_add() and what is wrong with container_note(). A failure means that nothing could be listed;
	 * damage behind the first entries is a note and OK. After a failure free() is called all the same. */
	enum err (*open)(struct container *c);
	/* As evidence_read(), for an ENTRY_FILE of this container. Called from several threads at once. */
	enum err (*read)(const struct container *c, const struct entry *e, evidence_sink *sink, void *context);
	/* Optional (NULL): a descriptor of a file that lies in the file system as it is, or -1. */
	int (*entry_fd)(const struct container *c, const struct entry *e);
	/* Frees `own` (which may be NULL). */
	void (*free)(struct container *c);
};

/* A folder that holds what an iTunes or Finder backup begins with (itunes.c). */
bool itunes_folder(int fd);

extern const struct container_type ab_container, folder_container, itunes_container, zip_container, tar_container;

/* --- listing (list.c); only from open(), never from two threads ----------------------------------------------------------------- */

/* Adds an entry: makes the path safe (and notes it when it was not) and gives the entry with path and container set, times TIME_NONE,
 * the rest 0; valid until the next call. `name` is as the container has it, any bytes; a '/' at its end does not matter. NULL when
 * out of memory or over the limit of entries (then err_message() says so), or for the container's own root ("/", "./"): look at *ret. */
struct entry *container_add(struct container *c, const void *name, size_t size, enum err *ret);

/* Tells how many entries will come (what the container states; it need not be true), so that the list grows once. */
void container_expect(struct container *c, uint64_t count);

/* The entry added as number `i` (from 0) of this container. */
struct entry *container_entry(struct container *c, size_t i);

/* A note; `path` "" for the container as a whole (the prefix is NOT put before it: pass entry->path). Copies path and text. Their number is
 * limited; the last one tells how many were left out. */
void container_note(struct container *c, const char *path, uint64_t offset, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Zeroed memory, or a copy with a NUL behind it, that lives as long as the evidence; NULL when out of memory. */
void *container_alloc(struct container *c, size_t size);
char *container_copy(struct container *c, const void *bytes, size_t size);
/* A made-safe copy of a link's target: valid UTF-8 without control characters; ".." and a leading '/' stay. */
char *container_target(struct container *c, const void *bytes, size_t size);

/* Opens file or folder `fd` (taken over, closed also on failure) as a container within `outer`, its entries under "path!/". What goes wrong is
 * noted at `path`; false then, and in a container that is itself nested, which nests no other. */
bool container_nest(struct container *outer, const char *path, int fd);

/* --- bytes (io.c) ------------------------------------------------------------------------------------------------------------------ */

/* Exactly `size` bytes at `offset`: OK, ERR_TRUNCATED, ERR_IO. Leaves no message for ERR_TRUNCATED. */
enum err file_read(int fd, void *out, size_t size, uint64_t offset);
/* Up to `size` bytes; *ret_size less at the end of the file. */
enum err file_read_some(int fd, void *out, size_t size, uint64_t offset, size_t *ret_size);
/* Opens `path` below the evidence's folder `root` (folder.c); no part of it may be a link, so that nothing outside is read, whatever changed since
 * listing. A descriptor, or -1 and errno. */
int file_open_below(int root, const char *path, int flags);
/* Bytes [offset, offset+size) through `sink`, in pieces of 256 KiB. `path` for messages. */
enum err file_deliver(int fd, uint64_t offset, uint64_t size, const char *path, evidence_sink *sink, void *context);
/* An unlinked scratch file, read-write, in the folder that evidence_options names. */
enum err scratch_file(struct container *c, int *ret_fd);

/* --- a tar inside something else (tar.c), for ab.c ------------------------------------------------------------------------------------ */

/* Lists the tar in bytes [0, size) of `fd`, an already decrypted and decompressed scratch file: adds its entries to `c`, notes what is
 * damaged. ERR_FORMAT when its very first header is none (and `size` > 0). entry->number and entry->own are tar's afterwards.
 * The usual shape of a caller:
 *	open():  scratch_file(c, &fd); … scratch_write() …; tar_list(c, fd, size)
 *	read():  return tar_read(c, fd, e, sink, context);
 *	free():  close(fd) */
enum err tar_list(struct container *c, int fd, uint64_t size);
enum err tar_read(const struct container *c, int fd, const struct entry *e, evidence_sink *sink, void *context);

#endif
