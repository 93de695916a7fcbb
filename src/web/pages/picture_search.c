#include <string.h>

#include "casebook/examination.h"
#include "casebook/looks.h"
#include "web/pages/pages.h"

enum { PICTURES_MOST = 60 };

enum err picture_search_show(struct request *r)
{
	enum err e = request_set(r, "multipart", json_true());
	return e ? e : request_title(r, "Search for a picture");
}

enum err picture_search_body(struct request *r, const char *field, const char *file_name, uint64_t offset, const void *bytes, size_t size)
{
	return field ? request_upload(r, field, file_name, offset, bytes, size) : ERR_USAGE;
}

/* Thumbnails are those of an exhibit's newest file. */
static void thumbnails_add(struct request *r, json_t *array)
{
	json_t *one;
	size_t i;
	json_array_foreach(array, i, one) {
		struct exhibit_file f;
		long long exhibit = json_integer_value(json_object_get(one, "exhibit")), file = json_integer_value(json_object_get(one, "file"));
		bool newest = exhibit_file_newest(r->store, exhibit, web_folder(r->web), &f) == OK && f.id == json_integer_value(json_object_get(one, "exhibit_file"));
		json_object_set_new(one, "thumbnail", newest ? json_sprintf("/exhibits/%lld/thumbnails/%lld", exhibit, file) : json_string("/static/nothing.svg"));
		json_object_set_new(one, "turned", json_boolean(strcmp(json_string_value(json_object_get(one, "form")), pdq_form_name(PDQ_AS_IS)) != 0));
	}
}

enum err picture_search_act(struct request *r)
{
	struct pdq forms[PDQ_DIHEDRALS];
	const char *path = request_upload_path(r);
	json_t *found = json_array();
	int64_t behind = 0;
	enum err e = request_set(r, "found", found);
	if (!e && !path)
		return request_wrong(r, "file", "Choose a picture");
	if (!e && (e = looks_read(web_program(r->web), path, forms)) == ERR_FORMAT)
		return request_wrong(r, "file", "%s", err_message());
	if (!e)
		e = looks_find(r->store, web_folder(r->web), forms, PDQ_DISTANCE_MOST, PICTURES_MOST, found, &behind);
	if (e)
		return e;
	thumbnails_add(r, found);
	char hash[PDQ_HEX];
	pdq_hex(&forms[PDQ_AS_IS], hash);
	e = request_set(r, "behind", json_integer(behind));
	if (!e)
		e = request_set(r, "asked", json_true());
	if (!e)
		e = picture_search_show(r);
	return e ? e : request_consulted(r, "pictures that look alike searched", NULL, 0, json_pack("{s:s,s:I}", "pdq", hash, "found", (json_int_t)json_array_size(found)));
}
