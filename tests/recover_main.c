/* recover FILE.db [--fragments] [--notes] [--quiet]: recovered rows as JSON lines, with FILE.db-wal and FILE.db-journal beside it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/sqlite_rows.h"

static int64_t file_read(void *context, void *to, uint64_t offset, size_t size)
{
	ssize_t n = pread(*(int *)context, to, size, (off_t)offset);
	return n < 0 ? ERR_IO : n;
}

static struct sqlite_input file_open(const char *path, const char *tail, int *fd)
{
	char name[4096];
	struct stat st;
	snprintf(name, sizeof(name), "%s%s", path, tail);
	*fd = open(name, O_RDONLY | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &st) != 0)
		return (struct sqlite_input){ 0 };
	return (struct sqlite_input){ file_read, fd, (uint64_t)st.st_size };
}

static void print_note(void *context, uint64_t offset, const char *reason)
{
	if (*(bool *)context)
		fprintf(stderr, "at %llu: %s\n", (unsigned long long)offset, reason);
}

static enum err print_row(void *context, const struct recover_row *row)
{
	struct buf *b = context;
	recover_row_json(b, row);
	if (b->size > 1 << 20) {
		fwrite(b->data, 1, b->size, stdout);
		buf_clear(b);
	}
	return OK;
}

int main(int argc, char **argv)
{
	struct recover_limits limits = { 0 };
	bool notes = false;
	const char *path = NULL;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--fragments") == 0)
			limits.fragments = true;
		else if (strcmp(argv[i], "--notes") == 0)
			notes = true;
		else
			path = argv[i];
	}
	if (!path) {
		fprintf(stderr, "usage: recover FILE.db [--fragments] [--notes]\n");
		return 2;
	}
	int fds[3];
	struct sqlite_input db = file_open(path, "", &fds[0]), wal = file_open(path, "-wal", &fds[1]),
			    journal = file_open(path, "-journal", &fds[2]);
	struct recover *r = NULL;
	struct buf out = { 0 };
	enum err e = recover_open(db, wal, journal, &limits, print_note, &notes, &r);
	if (!e)
		e = recover_rows(r, NULL, print_row, &out);
	if (e)
		fprintf(stderr, "%s: %s\n", path, *err_message() ? err_message() : err_text(e));
	fwrite(out.data ? out.data : "", 1, out.size, stdout);
	buf_free(&out);
	recover_free(r);
	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return e ? 1 : 0;
}
