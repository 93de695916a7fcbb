/* custos_sql.so: the functions as a loadable extension for the stock sqlite3 shell.
 *
 *	sqlite> .load ./custos_sql
 *	sqlite> SELECT key, value FROM plist_each(readfile('Info.plist'));
 */
#include <sqlite3ext.h>

#include "sql/sql.h"

SQLITE_EXTENSION_INIT1

/* The name is what SQLite derives from the file's, but for the underscore: so it is given under both. */
int sqlite3_custos_sql_init(sqlite3 *db, char **ret_error, const sqlite3_api_routines *api);
int sqlite3_custossql_init(sqlite3 *db, char **ret_error, const sqlite3_api_routines *api);

int sqlite3_custos_sql_init(sqlite3 *db, char **ret_error, const sqlite3_api_routines *api)
{
	(void)ret_error;
	SQLITE_EXTENSION_INIT2(api);
	return sql_register(db, NULL);
}

int sqlite3_custossql_init(sqlite3 *db, char **ret_error, const sqlite3_api_routines *api)
{
	return sqlite3_custos_sql_init(db, ret_error, api);
}
