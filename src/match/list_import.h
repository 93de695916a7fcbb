/* list_import: a list as it came, however large, becomes a list version of the store (match/list.h): in constant memory, parsed in a sandboxed worker, sorted
 * beside the target, and there only when it is whole. Formats: docs/lists.md. */
#ifndef CUSTOS_MATCH_LIST_IMPORT_H
#define CUSTOS_MATCH_LIST_IMPORT_H

#include "base/sandbox.h"
#include "match/list.h"

/* Once, before sandbox_new: what the parsers need and cannot have in a sandbox. */
enum err list_import_prepare(void);
/* The parser, for the sandbox's table of functions. */
sandbox_fn list_import_worker;

/* Stage 0: reading, 1: sorting and writing. `done`: part of it; `entries` so far. False cancels. */
typedef bool list_progress_fn(void *context, int stage, double done, uint64_t entries);

struct list_import {
	const char *const *files; /* one behind the other they are the list */
	int file_count;
	const char *format;  /* of list_import_formats, or NULL: by content */
	const char *folder;  /* of the store; made if it is not there */
	const char *scratch; /* NULL: the same */
	/* As it is to be called, and what whoever imports it states. Texts NULL or "": not said. */
	const char *name, *version, *source, *country, *handling;
	enum list_nature nature;
	list_progress_fn *progress; /* may be NULL; asked several times a second */
	void *context;
};

/* What is to be said of it afterwards. */
struct list_import_told {
	char path[4096];
	uint64_t entries;        /* read */
	uint64_t hashless;       /* entries without a hash that can be matched */
	uint64_t foreign;        /* signals and hashes of other kinds, left out; the first one's name: */
	char foreign_kind[40];
	uint64_t photodna_other; /* PhotoDNA in a notation that is not known, left out */
	uint64_t cut;            /* texts that were too long and were cut */
};

/* `fn`: the worker's number in the sandbox's table. ERR_FORMAT, ERR_TRUNCATED, …: err_message() names file and place; nothing is left behind.
 * ERR_EXISTS: there is such a list version. ERR_CHANGED: the file changed meanwhile. */
enum err list_import(struct sandbox *box, int fn, const struct list_import *order, struct list_import_told *ret);

/* "vics", "Project VIC …" */
int list_import_formats(int index, const char **ret_name, const char **ret_about); /* gives how many there are */

#endif
