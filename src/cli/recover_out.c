/* What the sinks share: names, marks, output that appears whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/progress.h"
#include "cli/recover.h"

const char *recover_table_label(const struct recover_table *t, char *room, size_t size)
{
	if (t->name && *t->name)
		return t->name;
	snprintf(room, size, "(no name, %d columns)", t->schema.count);
	return room;
}

const char *recover_column_label(const struct recover_table *t, int i, char *room, size_t size)
{
	const char *name = i < t->schema.count ? t->schema.columns[i].name : NULL;
	if (name && *name)
		return name;
	snprintf(room, size, "column %d", i + 1);
	return room;
}

const char *recover_file_name(enum recover_file f)
{
	static const char *const names[] = { "db", "wal", "journal" };
	return names[f];
}

void recover_marks(struct buf *out, const struct recover_row *row)
{
	static const char *const words[] = { "lost", "cut", "inferred", "absent" };
	char room[32];
	bool some = false;
	for (int what = 0; what < 4; what++) {
		bool any = false;
		for (int i = 0; i < row->count; i++) {
			const struct recover_value *v = &row->values[i];
			if (!(what == 0 ? v->lost : what == 1 ? v->cut : what == 2 ? v->inferred : v->absent))
				continue;
			buf_printf(out, "%s%s", any ? ", " : some ? "; " : "", any ? "" : words[what]);
			if (!any)
				buf_text(out, ": ");
			buf_text(out, recover_column_label(row->table, i, room, sizeof room));
			any = some = true;
		}
	}
}

void recover_real(struct buf *out, double d)
{
	char text[40];
	snprintf(text, sizeof text, "%.15g", d);
	if (strtod(text, NULL) != d)
		snprintf(text, sizeof text, "%.17g", d);
	buf_text(out, text);
}

static bool reader_gone, goes_on;

bool output_reader_gone(void) { return reader_gone; }

void output_goes_on(void) { goes_on = true; }

/* Standard output failed: what it still holds is thrown away, so that nothing is tried again at the end. */
static enum err output_failed(void)
{
	int number = errno;
	__fpurge(stdout);
	clearerr(stdout);
	reader_gone = number == EPIPE;
	errno = number;
	if (reader_gone && goes_on)
		return OK;
	return reader_gone || (number == EINTR && atomic_load(&cancelled)) ? ERR_CANCELLED : err_errno("cannot write the output");
}

enum err output_text(struct buf *b)
{
	if (b->failed)
		return ERR_NOMEM;
	size_t n = b->size && !reader_gone ? fwrite(b->data, 1, b->size, stdout) : 0;
	bool whole = n == b->size || reader_gone;
	buf_clear(b);
	return whole ? OK : output_failed();
}

enum err output_flush(void) { return fflush(stdout) == 0 ? OK : output_failed(); }

enum err output_open(struct output_file *o, const char *path)
{
	*o = (struct output_file){ .path = path, .fd = -1 };
	if (access(path, F_OK) == 0)
		return err_set(ERR_EXISTS, "%s exists already; name another file, nothing is replaced", path);
	if (asprintf(&o->part, "%s.part", path) < 0) {
		o->part = NULL;
		return ERR_NOMEM;
	}
	o->fd = open(o->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (o->fd >= 0)
		return OK;
	enum err e = errno == EEXIST ? err_set(ERR_EXISTS, "%s exists: another custos writes it, or one was killed; remove it if none runs", o->part)
				     : err_errno("cannot create %s", o->part);
	free(o->part);
	o->part = NULL;
	return e;
}

enum err output_commit(struct output_file *o)
{
	if (fsync(o->fd) != 0)
		return err_errno("cannot write %s", o->path);
	/* link, not rename: it fails when somebody made the final name meanwhile, instead of replacing it. */
	if (link(o->part, o->path) == 0)
		unlink(o->part);
	else if (errno == EEXIST || access(o->path, F_OK) == 0)
		return err_set(ERR_EXISTS, "%s was made by somebody else meanwhile; nothing was replaced", o->path);
	else if (rename(o->part, o->path) != 0) /* a file system without links */
		return err_errno("cannot rename %s to %s", o->part, o->path);
	free(o->part);
	o->part = NULL;
	return OK;
}

void output_drop(struct output_file *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
	if (o->part)
		unlink(o->part);
	free(o->part);
	o->part = NULL;
}
