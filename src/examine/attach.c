/* Which file of the evidence a path means that an app stored: apps keep paths from their own point of view ("Media/WhatsApp Images/x.jpg",
 * "/storage/emulated/0/DCIM/x.jpg", "file:///var/mobile/…"), extractions theirs. The entry with the most folders in common from the end is it,
 * if there is exactly one such. */
#include <stdlib.h>
#include <string.h>

#include "examine/examine_inside.h"

struct named {
	uint64_t hash; /* of the file name */
	size_t entry;
};

struct attach {
	const struct evidence *evidence;
	struct named *list;
	size_t count;
};

static int by_hash(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

enum err attach_new(const struct evidence *e, struct attach **ret)
{
	size_t n = evidence_count(e);
	struct attach *a = calloc(1, sizeof *a);
	if (a)
		a->list = malloc(sizeof *a->list * (n + 1));
	if (!a || !a->list) {
		attach_free(a);
		return ERR_NOMEM;
	}
	a->evidence = e;
	for (size_t i = 0; i < n; i++) {
		const struct entry *entry = evidence_entry(e, i);
		if (entry->type != ENTRY_FILE)
			continue;
		const char *name = base_name(entry->path);
		a->list[a->count++] = (struct named){ text_hash(name, strlen(name)), i };
	}
	qsort(a->list, a->count, sizeof *a->list, by_hash);
	*ret = a;
	return OK;
}

void attach_free(struct attach *a)
{
	if (!a)
		return;
	free(a->list);
	free(a);
}

/* How many path parts the two have in common from the end. */
static int common_tail(const char *a, size_t an, const char *b, size_t bn)
{
	int parts = 0;
	while (an && bn) {
		if (a[an - 1] != b[bn - 1])
			return parts;
		if (a[an - 1] == '/')
			parts++;
		an--;
		bn--;
	}
	/* One of them is used up: its first part counts when the other's part ends here too. */
	bool whole = (!an && !bn) || (!an && b[bn - 1] == '/') || (!bn && a[an - 1] == '/');
	return parts + whole;
}

static size_t common_head(const char *a, const char *b)
{
	size_t n = 0;
	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

int64_t attach_find(const struct attach *a, const char *stored, size_t size, const char *near)
{
	while (size && stored[size - 1] == '/')
		size--;
	size_t start = size;
	while (start && stored[start - 1] != '/')
		start--;
	if (start == size || size > 4096)
		return -1;
	uint64_t hash = text_hash(stored + start, size - start);
	size_t low = 0, high = a->count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (a->list[mid].hash < hash)
			low = mid + 1;
		else
			high = mid;
	}
	int64_t best = -1;
	int best_parts = 0;
	size_t best_head = 0;
	bool tied = false;
	for (int looked = 0; low < a->count && a->list[low].hash == hash && looked < 1000; low++, looked++) {
		const char *path = evidence_entry(a->evidence, a->list[low].entry)->path;
		int parts = common_tail(stored, size, path, strlen(path));
		size_t head = common_head(path, near);
		if (parts < 1 || parts < best_parts || (parts == best_parts && head < best_head))
			continue;
		tied = parts == best_parts && head == best_head;
		best = (int64_t)a->list[low].entry;
		best_parts = parts;
		best_head = head;
	}
	return tied ? -1 : best;
}
