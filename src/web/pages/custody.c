#include <stdio.h>
#include <string.h>

#include "casebook/log_export.h"
#include "web/pages/pages.h"

static const struct {
	const char *kind, *path;
} subjects[] = { { "exhibit", "/exhibits" }, { "person", "/people" }, { "case", "/cases" }, { "officer", "/admin/officers" } };

static enum err entries(struct request *r, const char *kind, int64_t subject)
{
	json_t *list = json_array(), *one;
	size_t i;
	char place[24];
	enum err e = request_set(r, "entries", list);
	if (!e)
		e = log_list(r->store, kind, subject, request_query_int(r, "below", 0, INT64_MAX, INT64_MAX), LIST_PAGE + 1, list);
	bool more = list_cut(list);
	json_array_foreach(list, i, one)
		for (size_t k = 0; k < sizeof subjects / sizeof subjects[0]; k++)
			if (strcmp(json_string_value(json_object_get(one, "subject_kind")), subjects[k].kind) == 0)
				json_object_set_new(one, "subject_href", json_sprintf("%s/%lld", subjects[k].path, (long long)json_integer_value(json_object_get(one, "subject"))));
	snprintf(place, sizeof place, "%lld", (long long)json_integer_value(json_object_get(json_array_get(list, json_array_size(list) - 1), "number")));
	return e ? e : list_pages(r, "below", more, place);
}

enum err custody_show(struct request *r)
{
	struct merkle_hash root;
	struct buf hex = { 0 };
	int64_t size = 0;
	enum err e = log_size(r->store, &size);
	if (!e)
		e = log_tree_root(r->store, size, &root);
	if (!e)
		e = request_set(r, "size", json_integer(size));
	if (!e) {
		buf_hex(&hex, root.bytes, sizeof root.bytes);
		e = hex.failed ? ERR_NOMEM : request_set_text(r, "root", hex.data);
	}
	buf_free(&hex);
	if (!e)
		e = request_title(r, "Custody log");
	return e ? e : entries(r, NULL, 0);
}

enum err custody_exhibit_show(struct request *r)
{
	enum err e = request_title(r, "Custody log of exhibit %lld", (long long)r->ids[0]);
	return e ? e : entries(r, "exhibit", r->ids[0]);
}

enum err custody_checkpoint_show(struct request *r)
{
	struct buf note = { 0 };
	enum err e = log_checkpoint_sign(r->store, web_log_key(r->web), r->act.at, &note);
	if (!e)
		e = request_bytes(r, "text/plain; charset=utf-8", note.data, note.size, "checkpoint");
	buf_free(&note);
	return e;
}

enum err custody_key_show(struct request *r)
{
	struct buf text = { 0 };
	note_key_write(web_log_key(r->web), false, &text);
	enum err e = text.failed ? ERR_NOMEM : request_bytes(r, "text/plain; charset=utf-8", text.data, text.size, "log.pub");
	buf_free(&text);
	return e;
}

enum err custody_proof_show(struct request *r)
{
	struct buf proof = { 0 };
	char name[40];
	snprintf(name, sizeof name, "entry-%lld.proof", (long long)r->ids[0]);
	enum err e = log_proof_write(r->store, web_log_key(r->web), r->ids[0], r->act.at, &proof);
	if (e == ERR_USAGE)
		e = ERR_NOT_FOUND;
	if (!e)
		e = request_bytes(r, "text/plain; charset=utf-8", proof.data, proof.size, name);
	buf_free(&proof);
	return e;
}
