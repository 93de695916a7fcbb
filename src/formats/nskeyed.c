#include "formats/plist.h"

/* Stub replaced by the next commit. */
enum err nskeyed_resolve(struct arena *a, const struct value *archive, const struct value **ret)
{
	(void)a;
	*ret = archive;
	return OK;
}
