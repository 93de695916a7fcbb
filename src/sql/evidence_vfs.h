/* evidence_vfs: shows a struct sqlite_file to the SQLite library as an immutable database. Internal to sql/.
 *
 * A file is announced under a name of its own and can be opened once by that name: no path of the machine is ever
 * looked at, and no descriptor is opened, locked or written. */
#ifndef CUSTOS_SQL_EVIDENCE_VFS_H
#define CUSTOS_SQL_EVIDENCE_VFS_H

#include "sql/sql.h"

#define EVIDENCE_VFS "custos-evidence"
enum { EVIDENCE_NAME_ROOM = 64 };

/* Registers the VFS (not as default). Thread-safe; further calls do nothing. */
int evidence_vfs_register(void);

/* Lays the files over one another and announces the result; `name` gets the URI to open or attach. */
enum err evidence_announce(const struct sql_evidence *files, const struct sql_context *context,
			   char name[EVIDENCE_NAME_ROOM]);

/* Frees what was announced under `name` unless it was opened (then closing frees it). */
void evidence_withdraw(const char *name);

#endif
