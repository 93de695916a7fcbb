#include "formats/sqlite_rows.h"

#include <math.h>
#include <string.h>

static void row_value_json(struct buf *out, const struct recover_value *v)
{
	switch (v->type) {
	case RECOVER_INT:
		buf_printf(out, "%lld", (long long)v->integer);
		break;
	case RECOVER_REAL:
		if (isinf(v->real))
			buf_text(out, v->real < 0 ? "-9e999" : "9e999");
		else if (isnan(v->real))
			buf_text(out, "null");
		else
			buf_printf(out, "%.17g", v->real);
		break;
	case RECOVER_TEXT:
		buf_json(out, v->bytes, v->size);
		break;
	case RECOVER_BLOB:
		buf_text(out, "{\"hex\":\"");
		buf_hex(out, v->bytes, v->size);
		buf_text(out, "\"}");
		break;
	case RECOVER_NULL:
	default:
		buf_text(out, "null");
	}
}

static bool value_is(const struct recover_value *v, int what) { return what == 0 ? v->lost : what == 1 ? v->cut : v->inferred; }

void recover_row_json(struct buf *out, const struct recover_row *row)
{
	static const char *const files[] = { "db", "wal", "journal" };
	static const char *const marks[] = { "lost", "cut", "inferred" };
	buf_text(out, "{\"table\":");
	if (row->table->name)
		buf_json(out, row->table->name, strlen(row->table->name));
	else
		buf_text(out, "null");
	if (row->also && row->also->name) {
		buf_text(out, ",\"also\":");
		buf_json(out, row->also->name, strlen(row->also->name));
	}
	buf_text(out, ",\"columns\":[");
	for (int i = 0; i < row->count; i++) {
		const char *name = row->table->schema.columns[i].name;
		if (i)
			buf_char(out, ',');
		if (name)
			buf_json(out, name, strlen(name));
		else
			buf_text(out, "null");
	}
	buf_char(out, ']');
	if (row->rowid_known)
		buf_printf(out, ",\"rowid\":%lld%s", (long long)row->rowid, row->rowid_inferred ? ",\"rowid_inferred\":true" : "");
	buf_text(out, ",\"values\":[");
	for (int i = 0; i < row->count; i++) {
		if (i)
			buf_char(out, ',');
		row_value_json(out, &row->values[i]);
	}
	buf_printf(out, "],\"state\":\"%s\",\"fate\":", recover_state_name(row->state));
	if (row->state == RECOVER_LIVE)
		buf_text(out, "null");
	else
		buf_printf(out, "\"%s\"", recover_fate_name(row->fate));
	buf_printf(out, ",\"confidence\":%.2f,\"reason\":", row->confidence);
	buf_json(out, row->reason, strlen(row->reason));
	buf_printf(out, ",\"file\":\"%s\",\"page\":%u,\"offset\":%llu", files[row->file], row->page, (unsigned long long)row->offset);
	if (row->frame)
		buf_printf(out, ",\"frame\":%u", row->frame);
	buf_printf(out, ",\"sequence\":%u,\"origins\":%u", row->sequence, row->origins);
	for (int what = 0; what < 3; what++) {
		bool any = false;
		for (int i = 0; i < row->count; i++) {
			if (!value_is(&row->values[i], what))
				continue;
			if (any)
				buf_char(out, ',');
			else
				buf_printf(out, ",\"%s\":[", marks[what]);
			buf_printf(out, "%d", i);
			any = true;
		}
		if (any)
			buf_char(out, ']');
	}
	buf_text(out, "}\n");
}
