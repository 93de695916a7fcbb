/* What the evidence tests share: a temporary folder, the generator's files, entries read whole. */
#ifndef CUSTOS_TESTS_EVIDENCE_HELP_H
#define CUSTOS_TESTS_EVIDENCE_HELP_H

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "check.h"
#include "evidence/evidence.h"

static char folder[] = "/tmp/custos-test-XXXXXX";

static inline const char *in_folder(const char *name)
{
	static char paths[8][512];
	static int turn;
	char *path = paths[turn++ % 8];
	snprintf(path, 512, "%s/%s", folder, name);
	return path;
}

static inline void file_make(const char *name, const void *bytes, size_t size)
{
	int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	close(fd);
}

/* The whole file, malloc'd. */
static inline unsigned char *file_load(const char *name, size_t *ret_size)
{
	struct stat st;
	int fd = open(in_folder(name), O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	unsigned char *all = malloc((size_t)st.st_size + 1);
	*ret_size = (size_t)st.st_size;
	if (read(fd, all, *ret_size) != st.st_size)
		*ret_size = 0;
	close(fd);
	return all;
}

static inline enum err into_buf(void *context, const void *bytes, size_t size)
{
	buf_add(context, bytes, size);
	return OK;
}

/* Reads an entry's content; the text stays until the next call. */
static inline const char *content(const struct evidence *e, const char *path, enum err *ret, size_t *ret_size)
{
	static struct buf b;
	const struct entry *entry = evidence_find(e, path);
	buf_clear(&b);
	*ret = entry ? evidence_read(e, entry, into_buf, &b) : ERR_NOT_FOUND;
	if (ret_size)
		*ret_size = b.size;
	return b.data ? b.data : "";
}

#define CHECK_CONTENT(e, path, want)                       \
	do {                                               \
		enum err err_;                             \
		CHECK_TEXT(content(e, path, &err_, NULL), want); \
		CHECK_INT(err_, OK);                       \
	} while (0)

/* True when some note on `path` has `part` in its reason. */
static inline bool noted(const struct evidence *e, const char *path, const char *part)
{
	for (size_t i = 0; i < evidence_note_count(e); i++) {
		struct evidence_note n = evidence_note(e, i);
		if (strcmp(n.path, path) == 0 && strstr(n.reason, part))
			return true;
	}
	return false;
}

static inline bool folder_begin(void) { return mkdtemp(folder) != NULL; }

static inline void folder_end(void)
{
	char command[600];
	snprintf(command, sizeof command, "chmod -R u+rwX '%s'; rm -rf '%s'", folder, folder);
	if (system(command))
		fprintf(stderr, "%s could not be removed\n", folder);
}

/* Runs the generator of test containers: make_evidence.py FOLDER WHAT. */
static inline bool generate(const char *what)
{
	char command[1200];
	const char *source = getenv("CUSTOS_SOURCE");
	snprintf(command, sizeof command, "python3 '%s/tests/unit/make_evidence.py' '%s' %s", source ? source : ".", folder, what);
	return system(command) == 0;
}

#endif
