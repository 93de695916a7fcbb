/* artifact: the artifact files (artifacts/…/NAME.sql), loaded and checked.
 *
 * An artifact file is a head of `-- key: value` lines and one or more variants, each begun by a `-- when:` line and holding one SELECT:
 *
 *	-- artifact: android/whatsapp/messages      unique name
 *	-- about:    WhatsApp messages               one line
 *	-- record:   message                         a record kind (exhibit/kind.h)
 *	-- app:      WhatsApp                        of all records, unless the query gives a column `app`
 *	-- files:    *|com.whatsapp/databases/msgstore.db    globs (glob.h; here | stands for a slash), may be repeated
 *	-- content:  image|*                        or what files hold, by their first bytes, wherever they lie: such files are read when all others are
 *	-- with:     wa = *|databases/wa.db : wa_contacts(jid, number)   a sibling file of the same profile and its tables; where it is absent,
 *	                                             or lacks them, they are empty. The query reads them as NAME_table (wa_wa_contacts).
 *	                                             Without tables: a file that is no database, which the query reads as sibling('NAME')
 *	-- omits:    MMS layout parts (application/smil)     why some rows of the driving table give no record
 *	-- tested:   2.23 – 2.26 on …
 *	-- when:     message(_id, text_data, ?starred), chat, ?message_media(message_row_id, file_path)
 *	SELECT m._origin, … FROM message m LEFT JOIN …
 *
 * `when:` lists the tables (and columns) that must be there for the variant to run; the first variant that fits runs, no other. The first
 * table is the driving one: each of its rows becomes a record or is counted as omitted. `?` marks a table or column that may be
 * missing: it is then empty, or NULL; the columns of such a table, and of a sibling's, may be missing too.  A file that is no database has variants without `when:` (or `when: file`), FROM a table function over file().
 * The query runs twice: over the live rows of the driving table, and over those that came back from free pages, WAL and journal; then other tables
 * show, beside their live rows, the recovered ones whose key no live row has. A second use of the driving table reads live_NAME: its live rows.
 * The query's columns are `_origin` (of a database: the driving table's; else the table function's rowid), `app` and `account` if given, and columns of the kind.
 */
#ifndef CUSTOS_EXAMINE_ARTIFACT_H
#define CUSTOS_EXAMINE_ARTIFACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "exhibit/kind.h"

struct need_column {
	const char *name;
	bool optional;
	struct need_column *next;
};

struct need_table {
	const char *name;
	bool optional;
	struct need_column *columns;
	struct need_table *next;
};

struct variant {
	struct need_table *needs; /* first: the driving table; NULL: not a database */
	const char *sql;
	int line; /* of the SELECT in its file */
	struct variant *next;
};

struct sibling {
	const char *name, *glob;
	struct need_table *tables;
	int glob_id; /* in artifact_set.globs */
	struct sibling *next;
};

struct glob_line {
	const char *text;
	struct glob_line *next;
};

struct artifact {
	const char *name, *about, *app, *omits, *tested, *path;
	const struct kind *kind;
	struct glob_line *files, *content;
	struct sibling *with;
	struct variant *variants;
	int id; /* its place in the set, by name */
};

struct glob_set;

struct artifact_set {
	struct arena arena;
	struct artifact **list; /* sorted by name */
	int count, room;
	struct glob_set *globs;   /* all `files:` and `with:` globs in one matcher */
	struct glob_use *uses;    /* what a glob's id stands for */
	int use_count;
};

/* One glob's meaning: the artifact, and its sibling, or NULL when it is one of its `files:`. */
struct glob_use {
	struct artifact *artifact;
	struct sibling *with;
};

/* Parses one artifact file's text and adds it to the set; one of the same name is replaced. ERR_FORMAT with "path:line: reason". */
enum err artifact_add(struct artifact_set *set, const char *path, const char *text, size_t size);

/* Reads one file and adds it. */
enum err artifact_add_file(struct artifact_set *set, const char *path);

/* Adds all *.sql below a folder, in the order of their paths. Stops at the first wrong file. */
enum err artifact_add_folder(struct artifact_set *set, const char *folder);

/* Sorts, numbers and compiles the globs: after the last add, before any use. */
enum err artifact_set_ready(struct artifact_set *set);

const struct artifact *artifact_find(const struct artifact_set *set, const char *name);
void artifact_set_free(struct artifact_set *set);

#endif
