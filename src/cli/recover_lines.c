/* Recovered rows for programs: JSON lines as formats/sqlite_rows.h has them, or CSV with a header for each table. */
#include <stdlib.h>
#include <string.h>

#include "cli/recover.h"
#include "cli/table.h"
#include "formats/sqlite_rows.h"

enum { PIECE = 1 << 16 };

struct recover_lines {
	bool json;
	const struct recover_table *table; /* whose header was last written */
	struct buf out, text;
};

static void field(struct recover_lines *l, const char *text, size_t size)
{
	buf_char(&l->out, ',');
	table_csv(&l->out, text, size);
}

static void header_add(struct recover_lines *l, const struct recover_table *t)
{
	char room[32];
	buf_text(&l->out, "_table,_rowid,_state,_fate,_confidence,_file,_page,_offset,_frame,_marks,_reason");
	for (int i = 0; i < t->schema.count; i++) {
		const char *name = recover_column_label(t, i, room, sizeof room);
		field(l, name, strlen(name));
	}
	buf_text(&l->out, "\r\n");
}

/* NULL is an empty field, an empty text "", a blob x'…' as SQL writes it. */
static void value_add(struct recover_lines *l, const struct recover_value *v)
{
	buf_clear(&l->text);
	switch (v->type) {
	case RECOVER_INT:
		buf_printf(&l->text, "%lld", (long long)v->integer);
		break;
	case RECOVER_REAL:
		recover_real(&l->text, v->real);
		break;
	case RECOVER_TEXT:
		if (!v->size) {
			buf_text(&l->out, ",\"\"");
			return;
		}
		field(l, v->bytes, v->size);
		return;
	case RECOVER_BLOB:
		buf_text(&l->text, "x'");
		buf_hex(&l->text, v->bytes, v->size);
		buf_char(&l->text, '\'');
		break;
	case RECOVER_NULL:
	default:
		break;
	}
	buf_char(&l->out, ',');
	if (l->text.data) /* numbers and hexadecimal need no quotes */
		buf_add(&l->out, l->text.data, l->text.size);
}

static void row_csv(struct recover_lines *l, const struct recover_row *row)
{
	char room[32];
	if (row->table != l->table)
		header_add(l, row->table);
	l->table = row->table;
	const char *name = recover_table_label(row->table, room, sizeof room);
	table_csv(&l->out, name, strlen(name));
	buf_char(&l->out, ',');
	if (row->rowid_known)
		buf_printf(&l->out, "%lld", (long long)row->rowid);
	buf_printf(&l->out, ",%s,%s,%.2f,%s,%u,%llu,", recover_state_name(row->state), row->state == RECOVER_LIVE ? "" : recover_fate_name(row->fate), row->confidence,
		   recover_file_name(row->file), row->page, (unsigned long long)row->offset);
	if (row->frame)
		buf_printf(&l->out, "%u", row->frame);
	buf_clear(&l->text);
	recover_marks(&l->text, row);
	field(l, l->text.data ? l->text.data : "", l->text.size);
	field(l, row->reason, strlen(row->reason));
	for (int i = 0; i < row->count; i++)
		value_add(l, &row->values[i]);
	for (int i = row->count; i < row->table->schema.count; i++)
		buf_char(&l->out, ',');
	buf_text(&l->out, "\r\n");
}

static enum err lines_row(void *context, const struct recover_row *row)
{
	struct recover_lines *l = context;
	if (l->json)
		recover_row_json(&l->out, row);
	else
		row_csv(l, row);
	return l->out.size < PIECE && !l->out.failed ? OK : output_text(&l->out);
}

static enum err lines_end(void *context)
{
	struct recover_lines *l = context;
	enum err e = output_text(&l->out);
	return e ? e : output_flush();
}

enum err recover_lines_new(bool json, struct recover_lines **ret, struct recover_sink *ret_sink)
{
	struct recover_lines *l = calloc(1, sizeof *l);
	if (!l)
		return ERR_NOMEM;
	l->json = json;
	*ret = l;
	*ret_sink = (struct recover_sink){ .context = l, .row = lines_row, .end = lines_end };
	return OK;
}

void recover_lines_free(struct recover_lines *l)
{
	if (!l)
		return;
	/* What was found before a failure is whole lines: it is given. */
	output_text(&l->out);
	buf_free(&l->out);
	buf_free(&l->text);
	free(l);
}
