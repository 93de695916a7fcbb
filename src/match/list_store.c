/* The folder of lists. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "match/list_parts.h"

struct list_store {
	struct list **lists;
	int count;
};

enum err list_folder(const char *wanted, char *ret, size_t size)
{
	const char *own = getenv("CUSTOS_LISTS"), *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	int n;
	if (wanted || (own && *own))
		n = snprintf(ret, size, "%s", wanted ? wanted : own);
	else if (data && *data)
		n = snprintf(ret, size, "%s/custos/lists", data);
	else if (home && *home)
		n = snprintf(ret, size, "%s/.local/share/custos/lists", home);
	else
		return err_set(ERR_USAGE, "where are the lists? name their folder with --lists, or set CUSTOS_LISTS");
	return n < 0 || (size_t)n >= size ? err_set(ERR_USAGE, "the name of the lists' folder is too long") : OK;
}

static bool name_good(const char *name)
{
	size_t size = strlen(name);
	for (size_t i = 0; i < size; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("._+-", name[i]))
			return false;
	return size && size <= 80 && name[0] != '.' && name[0] != '-';
}

enum err list_path(const char *folder, const char *name, const char *version, char *ret, size_t size)
{
	if (!name_good(name) || !name_good(version))
		return err_set(ERR_USAGE, "a list's name and version are of letters, digits and . _ + - (at most 80, the first a letter, a digit, _ or +)");
	int n = snprintf(ret, size, "%s/%s@%s" LIST_SUFFIX, folder, name, version);
	return n < 0 || (size_t)n >= size ? err_set(ERR_USAGE, "the name of the lists' folder is too long") : OK;
}

static int is_list(const struct dirent *d) { return d->d_name[0] != '.' && text_ends(d->d_name, LIST_SUFFIX); }

/* Opens one; its name in the folder must be the one in the file: a list that was renamed is another's witness. */
static enum err one_open(const char *folder, const char *file, struct list **ret)
{
	char path[4096], expected[4096];
	if (snprintf(path, sizeof path, "%s/%s", folder, file) >= (int)sizeof path)
		return err_set(ERR_USAGE, "%s: the name of the lists' folder is too long", folder);
	enum err e = list_open(path, ret);
	if (e)
		return e;
	const struct list_about *a = list_about(*ret);
	if (list_path(folder, a->name, a->version, expected, sizeof expected) != OK || strcmp(path, expected) != 0) {
		e = err_set(ERR_FORMAT, "%s: it was renamed: inside it is called otherwise", path);
		list_free(*ret);
		*ret = NULL;
	}
	return e;
}

enum err list_store_open(const char *folder, list_bad_fn *bad, void *context, struct list_store **ret)
{
	struct dirent **found = NULL;
	struct list_store *s = calloc(1, sizeof *s);
	*ret = NULL;
	if (!s)
		return ERR_NOMEM;
	int n = scandir(folder, &found, is_list, alphasort);
	if (n < 0 && errno != ENOENT) {
		free(s);
		return err_errno("cannot read the lists' folder %s", folder);
	}
	enum err e = OK;
	s->lists = calloc(n > 0 ? (size_t)n : 1, sizeof(struct list *));
	if (!s->lists)
		e = ERR_NOMEM;
	for (int i = 0; i < n; i++) {
		enum err one = e ? e : one_open(folder, found[i]->d_name, &s->lists[s->count]);
		if (!e && !one)
			s->count++;
		else if (!e && bad && one != ERR_NOMEM)
			bad(context, found[i]->d_name, err_message());
		else
			e = one;
		free(found[i]);
	}
	free(found);
	if (e) {
		list_store_free(s);
		return e;
	}
	*ret = s;
	return OK;
}

void list_store_free(struct list_store *s)
{
	if (!s)
		return;
	for (int i = 0; i < s->count; i++)
		list_free(s->lists[i]);
	free(s->lists);
	free(s);
}

int list_store_count(const struct list_store *s) { return s->count; }
const struct list *list_store_at(const struct list_store *s, int index) { return s->lists[index]; }

const struct list *list_store_named(const struct list_store *s, const char *name, const char *version)
{
	const struct list *found = NULL;
	for (int i = 0; i < s->count; i++) {
		const struct list_about *a = list_about(s->lists[i]);
		if (strcmp(a->name, name) != 0 || (version && strcmp(a->version, version) != 0))
			continue;
		if (found)
			return NULL;
		found = s->lists[i];
	}
	return found;
}

void list_find(const struct list_store *s, enum list_kind kind, const uint8_t *digest, list_hit_fn *hit, void *context)
{
	for (int i = 0; i < s->count; i++)
		if (!list_find_in(s->lists[i], kind, digest, hit, context))
			return;
}
