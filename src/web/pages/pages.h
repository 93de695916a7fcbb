/* pages: what the files of this folder share: their functions, named by the table in ../pages.c, and helpers for lists and exhibits. */
#ifndef CUSTOS_WEB_PAGES_H
#define CUSTOS_WEB_PAGES_H

#include "casebook/examination.h"
#include "exhibit/view_pool.h"
#include "web/page.h"

enum { LIST_PAGE = 50 };

/* sign.c */
page_fn sign_in_show, sign_in_act, sign_out_act, invitation_show, invitation_act, purpose_show, purpose_act;
/* home.c */
page_fn home_show, task_done_act;
/* exhibits.c */
page_fn exhibits_show, exhibit_new_show, exhibit_new_act, exhibit_show, exhibit_edit_show, exhibit_edit_act, hand_over_show, hand_over_act;
/* evidence.c */
page_fn evidence_new_show, evidence_new_act, evidence_show, evidence_put_act, evidence_examine_act, examination_show, examination_events_show, examination_cancel_act;
body_fn evidence_body;
/* records.c, conversations.c, timeline.c, media.c, places.c */
page_fn conversations_show, conversation_show, records_show, record_show, notes_show, words_show, timeline_show, media_show, thumbnail_show, places_show;
/* people.c */
page_fn people_show, person_new_show, person_new_act, person_show, person_edit_show, person_edit_act, person_number_show, person_number_act, person_merge_show, person_merge_act;
/* cases.c */
page_fn cases_show, case_new_show, case_new_act, case_show, case_edit_show, case_edit_act, case_note_show, case_note_act, case_person_show, case_person_act, case_exhibit_show, case_exhibit_act, case_officer_show,
	case_officer_act, case_task_show, case_task_act, case_close_act, case_reopen_act;
/* search.c */
page_fn search_show;
/* picture_search.c */
page_fn picture_search_show, picture_search_act;
body_fn picture_search_body;
/* custody.c */
page_fn custody_show, custody_exhibit_show, custody_checkpoint_show, custody_key_show, custody_proof_show;
/* admin.c */
page_fn officers_show, officer_new_show, officer_new_act, officer_show, officer_act, officer_link_act, places_import_show, places_import_act;
/* openapi.c */
page_fn openapi_show, health_show;

/* lists.c: a list that was asked for with one more than LIST_PAGE: the surplus is taken off; true when there was one. */
bool list_cut(json_t *array);
/* data.has_pages, data.first and data.next = path?…&name=place, the query's other values kept. `next` false: the last page. */
enum err list_pages(struct request *r, const char *name, bool next, const char *place);
/* data.values[name] = text (NULL: not) for the page's form. */
enum err values_set(struct request *r, const char *name, const char *text);
enum err values_moment(struct request *r, const char *name, int64_t at);
/* data.options.establishment */
enum err options_places(struct request *r);

/* exhibit_file.c: the newest exhibit file of exhibit r->ids[0], opened; reference, tabs and title are set. Give it back with exhibit_close. ERR_NOT_FOUND. */
struct opened {
	struct request *r;
	struct exhibit_file file;
	struct view *view;
};
enum err exhibit_view(struct request *r, const char *tab, const char *title, struct opened *ret);
void exhibit_view_close(struct opened *o);
/* data.tabs for an exhibit that was examined; `current`: the tab's word. */
enum err exhibit_tabs(struct request *r, int64_t exhibit, const char *current);
/* A record's line: {id, kind, at, app, title, state, fate, recovered, href} */
json_t *record_line(int64_t exhibit, const struct view_record *record);
/* JSON text of what may be no UTF-8; NULL becomes null. */
json_t *text_json(const char *text);
/* Filters of the query: from, to (days), app, deleted, q, made into `f`; `words` holds q as FTS. What was asked stands in data.filter. */
enum err filter_read(struct request *r, struct view_filter *f, struct buf *words);
/* A place in an order as text for an address, and back. */
void place_write(const struct view_place *p, char *out, size_t room);
bool place_read(const char *text, struct view_place *ret);

#endif
