#include <string.h>

#include "casebook/exhibits.h"
#include "casebook/person.h"
#include "casebook/selectors.h"
#include "casebook/words_find.h"
#include "web/pages/pages.h"

enum { FOUND_MOST = 100, OTHERS_MOST = 20 };

static enum err words(struct request *r, const char *q)
{
	struct buf query = { 0 };
	json_t *hits = json_array(), *failed = json_array();
	enum err e = request_set(r, "words", hits);
	if (!e)
		e = request_set(r, "failed", failed);
	view_words(&query, q);
	if (!e && query.size)
		e = query.failed ? ERR_NOMEM : words_find(r->store, web_views(r->web), web_folder(r->web), query.data, 0, hits, failed);
	buf_free(&query);
	return e;
}

enum err search_show(struct request *r)
{
	const char *q = request_query(r, "q");
	json_t *selectors = json_array(), *people = json_array(), *exhibits = json_array();
	enum err e = request_set(r, "selectors", selectors);
	if (!e)
		e = request_set(r, "people", people);
	if (!e)
		e = request_set(r, "exhibits", exhibits);
	if (!e)
		e = request_title(r, "Search everything");
	if (e || !q)
		return e;
	e = request_set_text(r, "q", q);
	if (!e && (e = selectors_find(r->store, q, FOUND_MOST, selectors)) == ERR_USAGE)
		e = OK; /* too long for an identifier: words, perhaps */
	if (!e && request_may(r, RIGHT_PERSON_READ))
		e = person_search(r->store, q, 0, OTHERS_MOST, people);
	if (!e)
		e = exhibit_list(r->store, &(struct exhibit_filter){ .text = q, .below = INT64_MAX }, OTHERS_MOST, exhibits);
	if (!e)
		e = words(r, q);
	return e ? e : request_consulted(r, "everything searched", NULL, 0, json_pack("{s:s}", "words", q));
}
