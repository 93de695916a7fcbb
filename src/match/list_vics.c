/* VICS JSON (Project VIC, CAID): an object with the data model's address and "value", an array of media, or of cases that have media. */
#include <string.h>

#include "match/list_json.h"

struct vics {
	struct json_in j;
	struct list_sink *sink;
	struct list_making m;
	struct buf hash_name, hash_value; /* of an alternative hash */
	bool model, value;
};

static const struct {
	const char *name;
	unsigned flag;
} flags[] = {
	{ "VictimIdentified", LIST_VICTIM_IDENTIFIED }, { "OffenderIdentified", LIST_OFFENDER_IDENTIFIED }, { "IsDistributed", LIST_DISTRIBUTED },
	{ "IsPrecategorized", LIST_PRECATEGORIZED },	{ "IsSuspected", LIST_SUSPECTED },
};
static const struct {
	const char *name;
	enum list_kind kind;
} hashes[] = {
	{ "MD5", LIST_MD5 }, { "SHA1", LIST_SHA1 }, { "SHA-1", LIST_SHA1 }, { "SHA256", LIST_SHA256 }, { "SHA-256", LIST_SHA256 }, { "PDQ", LIST_PDQ }, { "PhotoDNA", LIST_PHOTODNA },
};

static bool is(const struct buf *b, const char *word) { return list_word_is(b->data, b->size, word); }

static enum err wrong(struct vics *v, const char *name, enum json t)
{
	return v->j.failed ? v->j.failed : list_in_bad(v->j.in, ERR_FORMAT, "%s is %s", name, json_name(t));
}

/* A text; or a number; of objects their Name, of arrays each: whatever a tool writes for a series or tags. */
static enum err words_take(struct vics *v, enum list_word word, enum json t)
{
	struct json_in *j = &v->j;
	int depth = j->depth - (t == JSON_OBJECT || t == JSON_ARRAY);
	bool named = true;
	for (;; t = json_next(j)) {
		if (t == JSON_FAILED)
			return j->failed;
		if (t == JSON_KEY) {
			named = is(&j->text, "Name") || is(&j->text, "Title") || is(&j->text, "TagName");
			continue;
		}
		if ((t == JSON_STRING || t == JSON_NUMBER) && named)
			list_making_word(&v->m, v->sink, word, j->text.data, j->text.size);
		if (t != JSON_OBJECT && t != JSON_ARRAY)
			named = true;
		if (j->depth == depth)
			return OK;
	}
}

/* A text or number, as it stands; null says nothing. */
static enum err word_take(struct vics *v, enum list_word word, const char *name)
{
	enum json t = json_next(&v->j);
	if (t == JSON_NULL)
		return OK;
	if (t != JSON_STRING && t != JSON_NUMBER)
		return wrong(v, name, t);
	list_making_word(&v->m, v->sink, word, v->j.text.data, v->j.text.size);
	return OK;
}

static enum err hash_put(struct vics *v, enum list_kind kind, const struct buf *text)
{
	char why[LIST_WHY];
	const char *bytes = text->data ? text->data : "";
	if (kind == LIST_PHOTODNA) {
		list_making_photodna(&v->m, v->sink, bytes, text->size);
		return OK;
	}
	unsigned had = v->m.record.has;
	v->m.record.has &= ~(1u << kind);
	if (!list_making_hash(&v->m, kind, bytes, text->size, why))
		return list_in_bad(v->j.in, ERR_FORMAT, "%s", why);
	if (had & v->m.record.has & 1u << kind)
		return list_in_bad(v->j.in, ERR_FORMAT, "an entry with two hashes of the kind %s", list_kind_name(kind));
	v->m.record.has |= had;
	return OK;
}

static enum err hash_take(struct vics *v, enum list_kind kind, const char *name)
{
	enum json t = json_next(&v->j);
	if (t == JSON_NULL)
		return OK;
	return t == JSON_STRING ? hash_put(v, kind, &v->j.text) : wrong(v, name, t);
}

static enum err flag_take(struct vics *v, unsigned flag, const char *name)
{
	enum json t = json_next(&v->j);
	if (t == JSON_TRUE || ((t == JSON_STRING || t == JSON_NUMBER) && v->j.text.data && list_true(v->j.text.data, v->j.text.size)))
		v->m.record.flags |= flag;
	else if (t != JSON_FALSE && t != JSON_NULL && t != JSON_STRING && t != JSON_NUMBER)
		return wrong(v, name, t);
	return OK;
}

/* [{"HashName": …, "HashValue": …}]. */
static enum err alternatives_take(struct vics *v)
{
	struct json_in *j = &v->j;
	enum json t = json_next(j);
	if (t == JSON_NULL)
		return OK;
	if (t != JSON_ARRAY)
		return wrong(v, "AlternativeHashes", t);
	while ((t = json_next(j)) == JSON_OBJECT) {
		buf_clear(&v->hash_name);
		buf_clear(&v->hash_value);
		while ((t = json_next(j)) == JSON_KEY) {
			struct buf *to = is(&j->text, "HashName") ? &v->hash_name : is(&j->text, "HashValue") ? &v->hash_value : NULL;
			t = json_next(j);
			if (to)
				buf_clear(to);
			if (to && t == JSON_STRING)
				buf_add(to, j->text.data, j->text.size);
			else if (to && t != JSON_NULL)
				return wrong(v, "an alternative hash", t);
			if (json_skip(j, t) == JSON_FAILED)
				return j->failed;
		}
		if (t != JSON_OBJECT_END)
			return wrong(v, "an alternative hash", t);
		size_t i = 0;
		while (i < sizeof hashes / sizeof *hashes && !is(&v->hash_name, hashes[i].name))
			i++;
		enum err e = OK;
		if (i == sizeof hashes / sizeof *hashes)
			list_making_foreign(v->sink, v->hash_name.data, v->hash_name.size);
		else if (!(v->m.record.has & 1u << hashes[i].kind)) /* else it is said twice: the entry's own counts */
			e = hash_put(v, hashes[i].kind, &v->hash_value);
		if (e)
			return e;
	}
	return t == JSON_ARRAY_END ? OK : wrong(v, "an alternative hash", t);
}

static enum err media_take(struct vics *v, bool may_be_case);

static enum err media_all(struct vics *v, bool may_be_case, const char *name)
{
	enum json t = json_next(&v->j);
	if (t != JSON_ARRAY)
		return wrong(v, name, t);
	while ((t = json_next(&v->j)) == JSON_OBJECT) {
		enum err e = media_take(v, may_be_case);
		if (e)
			return e;
	}
	return t == JSON_ARRAY_END ? OK : wrong(v, may_be_case ? "an entry" : "a medium", t);
}

static enum err field_take(struct vics *v, bool may_be_case, bool *ret_case)
{
	struct json_in *j = &v->j;
	struct buf *name = &j->text;
	for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++)
		if (is(name, hashes[i].name))
			return hash_take(v, hashes[i].kind, hashes[i].name);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (is(name, flags[i].name))
			return flag_take(v, flags[i].flag, flags[i].name);
	if (is(name, "MediaID"))
		return word_take(v, LIST_MEDIA, "MediaID");
	if (is(name, "Category"))
		return word_take(v, LIST_CATEGORY, "Category");
	if (is(name, "Series"))
		return words_take(v, LIST_SERIES, json_next(j));
	if (is(name, "Tags"))
		return words_take(v, LIST_TAGS, json_next(j));
	if (is(name, "AlternativeHashes"))
		return alternatives_take(v);
	if (is(name, "Media") && may_be_case) {
		*ret_case = true;
		return media_all(v, false, "Media"); /* one deep: cases have no cases */
	}
	bool type = is(name, "MimeType");
	enum json t = json_next(j);
	if (type && t == JSON_STRING && j->text.size > 5 && list_word_is(j->text.data, 5, "video"))
		v->m.record.flags |= LIST_VIDEO;
	return json_skip(j, t) == JSON_FAILED ? j->failed : OK;
}

/* Behind the opening brace of a medium, or of a case. */
static enum err media_take(struct vics *v, bool may_be_case)
{
	bool is_case = false;
	enum json t;
	list_making_clear(&v->m);
	while ((t = json_next(&v->j)) == JSON_KEY) {
		enum err e = field_take(v, may_be_case, &is_case);
		if (e)
			return e;
	}
	if (t != JSON_OBJECT_END)
		return wrong(v, "an entry", t);
	if (is_case)
		return OK;
	if (!v->m.record.has && !v->m.words[LIST_MEDIA].size)
		return list_in_bad(v->j.in, ERR_FORMAT, "an entry with neither a hash nor a MediaID");
	return list_making_done(&v->m, v->sink);
}

/* "…/ProjectVic/DataModels/2.0.xml/US/$metadata#Media": the version stands before ".xml". */
static enum err model_take(struct vics *v)
{
	enum json t = json_next(&v->j);
	if (t != JSON_STRING)
		return wrong(v, "the data model", t);
	const char *text = v->j.text.data ? v->j.text.data : "", *end = strstr(text, ".xml"), *from = end;
	char *version = v->sink->tally->version;
	while (from && from > text && from[-1] != '/')
		from--;
	if (!end || end - from < 3 || end - from >= (int)sizeof v->sink->tally->version)
		return list_in_bad(v->j.in, ERR_FORMAT, "the data model has no version");
	memcpy(version, from, (size_t)(end - from));
	version[end - from] = 0;
	if (strspn(version, "0123456789.") != strlen(version) || (strncmp(version, "1.", 2) != 0 && strncmp(version, "2.", 2) != 0))
		return list_in_bad(v->j.in, ERR_UNSUPPORTED, "a data model that is not known: 1.x and 2.x are");
	v->model = true;
	return OK;
}

static enum err root_take(struct vics *v)
{
	struct json_in *j = &v->j;
	enum json t = json_next(j);
	enum err e = OK;
	if (t != JSON_OBJECT)
		return wrong(v, "the list", t);
	while (!e && (t = json_next(j)) == JSON_KEY) {
		if (is(&j->text, "odata.metadata") || is(&j->text, "@odata.context")) {
			e = model_take(v);
		} else if (is(&j->text, "value") && !v->value) {
			v->value = true;
			e = media_all(v, true, "value");
		} else if (is(&j->text, "@odata.nextLink") || is(&j->text, "odata.nextLink")) {
			t = json_skip(j, json_next(j));
			v->sink->tally->more = true;
			e = t == JSON_FAILED ? j->failed : OK;
		} else if (json_skip(j, json_next(j)) == JSON_FAILED) {
			e = j->failed;
		}
	}
	if (!e && (t != JSON_OBJECT_END || (t = json_next(j)) != JSON_END))
		e = wrong(v, "the list", t);
	if (!e && !v->model)
		e = list_in_bad(j->in, ERR_FORMAT, "no odata.metadata and no @odata.context: is this VICS?");
	if (!e && !v->value)
		e = list_in_bad(j->in, ERR_FORMAT, "no value: is this VICS?");
	return e;
}

enum err list_parse_vics(struct list_in *in, struct list_sink *sink)
{
	struct vics v = { .j = json_make(in), .sink = sink, .hash_name.limit = JSON_TEXT_MOST, .hash_value.limit = JSON_TEXT_MOST };
	list_in_bom(in);
	enum err e = root_take(&v);
	if (!e && v.j.text.failed)
		e = ERR_NOMEM;
	json_free(&v.j);
	list_making_free(&v.m);
	buf_free(&v.hash_name);
	buf_free(&v.hash_value);
	return e;
}
