/* Adds the functions to a connection. */
#include "sql/functions.h"

static int functions_add(sqlite3 *db, const struct function *f, const struct sql_context *context)
{
	int rc = SQLITE_OK;
	for (; f->name && rc == SQLITE_OK; f++)
		rc = sqlite3_create_function_v2(db, f->name, f->arguments, f->flags, f->own ? f->own : (void *)context,
						f->call, NULL, NULL, NULL);
	return rc;
}

int sql_register(sqlite3 *db, const struct sql_context *context)
{
	static const struct function *const tables[] = {
		context_functions, format_functions, selector_functions, text_functions, time_functions, xml_functions,
	};
	int rc = SQLITE_OK;
	for (size_t i = 0; i < sizeof tables / sizeof *tables && rc == SQLITE_OK; i++)
		rc = functions_add(db, tables[i], context);
	return rc == SQLITE_OK ? tabs_register(db, context) : rc;
}
