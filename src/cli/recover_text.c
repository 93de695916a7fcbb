/* Recovered rows for a person: what came back of each table, then the rows, as wide as the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/recover.h"
#include "cli/table.h"

enum { BATCH_ROWS = 5000, BATCH_BYTES = 16 << 20, CELL_BYTES = 300, CELL_WIDTH = 44, CELL_LEAST = 12, COLUMNS_SHOWN = 60, NAME_WIDTH = 32 };

/* A row whose cells wait to be printed: each a mark (' ' plain, 'n' NULL, 'l' lost, 'c' cut, 'i' inferred, 'b' blob) and a text with its NUL. */
struct waiting {
	int64_t rowid;
	bool rowid_known;
	uint8_t state, fate;
	double confidence;
	uint32_t page, sequence;
	size_t cells;
};

struct recover_text {
	bool rows;
	const struct recover_tables *tables;
	uint64_t (*counts)[RECOVER_STATES]; /* when rows are not shown: counted here */
	const struct recover_table *table;  /* whose rows wait */
	bool headed;                        /* its heading is printed, the widths are settled */
	int columns, widths[COLUMNS_SHOWN];
	struct waiting *list;
	uint32_t count;
	struct buf cells, out;
};

static const struct {
	const char *word;
	enum cli_style style;
} states[RECOVER_STATES] = {
	[RECOVER_LIVE] = { "live", STYLE_DIM },			[RECOVER_WAL_OLD] = { "wal-old", STYLE_BLUE },	 [RECOVER_FREE_PAGE] = { "free-page", STYLE_CYAN },
	[RECOVER_FREE_BLOCK] = { "free-block", STYLE_YELLOW }, [RECOVER_UNALLOCATED] = { "unallocated", STYLE_YELLOW }, [RECOVER_JOURNAL] = { "journal", STYLE_GREEN },
	[RECOVER_INDEX_ONLY] = { "index-only", STYLE_RED },
};

static const char *style(enum cli_style s) { return cli_style(STDOUT_FILENO, s); }

static uint64_t recovered_of(const uint64_t *counts)
{
	uint64_t all = 0;
	for (int s = RECOVER_LIVE + 1; s < RECOVER_STATES; s++)
		all += counts[s];
	return all;
}

/* A table of tables: live rows, what came back, and from where. */
static void summary_print(struct recover_text *t, uint64_t (*counts)[RECOVER_STATES])
{
	const struct recover_tables *all = t->tables;
	uint64_t sums[RECOVER_STATES] = { 0 }, most = 0;
	uint32_t shown = 0;
	char room[40];
	int width = 12;
	for (uint32_t i = 0; i < all->count; i++) {
		for (int s = 0; s < RECOVER_STATES; s++)
			sums[s] += counts[i][s];
		const char *label = recover_table_label(&all->list[i], room, sizeof room);
		if (recovered_of(counts[i]) && table_cells(label) + 1 > width)
			width = table_cells(label) + 1;
	}
	most = recovered_of(sums);
	if (width > NAME_WIDTH)
		width = NAME_WIDTH;
	if (!most) {
		buf_printf(&t->out, "No deleted row came back (%u table%s read).\n", all->count, all->count == 1 ? "" : "s");
		return;
	}
	buf_text(&t->out, style(STYLE_DIM));
	table_cell(&t->out, "table", width);
	buf_printf(&t->out, "%10s %10s", "live", "recovered");
	for (int s = RECOVER_LIVE + 1; s < RECOVER_STATES; s++)
		if (sums[s])
			buf_printf(&t->out, " %12s", states[s].word);
	buf_printf(&t->out, "%s\n", style(STYLE_PLAIN));
	for (uint32_t i = 0; i < all->count; i++) {
		uint64_t back = recovered_of(counts[i]);
		if (!back)
			continue;
		shown++;
		buf_text(&t->out, style(STYLE_BOLD));
		table_cell(&t->out, recover_table_label(&all->list[i], room, sizeof room), width);
		buf_printf(&t->out, "%s%10llu %s%10llu%s", style(STYLE_PLAIN), (unsigned long long)all->list[i].rows, style(STYLE_BOLD), (unsigned long long)back, style(STYLE_PLAIN));
		for (int s = RECOVER_LIVE + 1; s < RECOVER_STATES; s++) {
			if (sums[s] && counts[i][s])
				buf_printf(&t->out, " %s%12llu%s", style(states[s].style), (unsigned long long)counts[i][s], style(STYLE_PLAIN));
			else if (sums[s])
				buf_printf(&t->out, " %12s", "");
		}
		buf_text(&t->out, all->list[i].live ? "\n" : all->list[i].name ? "   not in the schema any more\n" : "   no schema names it\n");
	}
	if (shown < all->count)
		buf_printf(&t->out, "%sNothing came back of %u other table%s.%s\n", style(STYLE_DIM), all->count - shown, all->count - shown == 1 ? "" : "s", style(STYLE_PLAIN));
}

static enum err text_begin(void *context, const struct recover_tables *tables)
{
	struct recover_text *t = context;
	t->tables = tables;
	if (t->rows) {
		summary_print(t, tables->counts);
		return output_text(&t->out);
	}
	t->counts = calloc((size_t)tables->count + 1, sizeof *t->counts);
	return t->counts ? OK : ERR_NOMEM;
}

/* A value in few bytes, on one line, with its mark. */
static void cell_add(struct recover_text *t, const struct recover_value *v)
{
	struct buf *b = &t->cells;
	buf_char(b, v->lost ? 'l' : v->cut ? 'c' : v->inferred ? 'i' : v->type == RECOVER_NULL ? 'n' : v->type == RECOVER_BLOB ? 'b' : ' ');
	if (v->lost)
		buf_text(b, "?");
	else if (v->inferred)
		buf_char(b, '~');
	size_t from = b->size, n = v->size < CELL_BYTES ? v->size : CELL_BYTES;
	switch (v->lost ? RECOVER_NULL : v->type) {
	case RECOVER_INT:
		buf_printf(b, "%lld", (long long)v->integer);
		break;
	case RECOVER_REAL:
		recover_real(b, v->real);
		break;
	case RECOVER_TEXT:
		buf_add(b, v->bytes, v->size > CELL_BYTES ? utf8_valid(v->bytes, n) : n);
		for (size_t i = from; i < b->size; i++)
			if (!b->data[i])
				b->data[i] = ' ';
		if (v->cut)
			buf_text(b, "[cut]");
		break;
	case RECOVER_BLOB:
		buf_printf(b, "%zu B ", v->size);
		buf_hex(b, v->bytes, n < 16 ? n : 16);
		if (v->cut)
			buf_text(b, "[cut]");
		break;
	case RECOVER_NULL:
	default:
		buf_text(b, v->lost ? "" : "NULL");
	}
	buf_char(b, 0);
}

static int waiting_order(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;
	if (x->rowid_known != y->rowid_known)
		return x->rowid_known ? -1 : 1;
	if (x->rowid_known && x->rowid != y->rowid)
		return x->rowid < y->rowid ? -1 : 1;
	if (x->sequence != y->sequence)
		return x->sequence < y->sequence ? -1 : 1;
	return x->cells < y->cells ? -1 : x->cells > y->cells;
}

/* Settles the columns' widths by what waits: each gets what it needs, up to the terminal's width. Left out (width 0) are columns in which nothing waits but
 * NULL, and those for which there is no room. */
static void widths_settle(struct recover_text *t, int room)
{
	char label[40];
	bool some[COLUMNS_SHOWN] = { false };
	int need[COLUMNS_SHOWN], n = t->table->schema.count < COLUMNS_SHOWN ? t->table->schema.count : COLUMNS_SHOWN, left = room;
	for (int i = 0; i < n; i++)
		need[i] = table_cells(recover_column_label(t->table, i, label, sizeof label));
	for (uint32_t r = 0; r < t->count; r++) {
		size_t at = t->list[r].cells;
		for (int i = 0; i < n; i++, at += strlen(t->cells.data + at) + 1) {
			const char *p = t->cells.data + at;
			int w = table_cells(p + 1);
			need[i] = w > need[i] ? w : need[i];
			some[i] |= *p != 'n';
		}
	}
	int last = -1;
	for (int i = 0; i < n; i++) {
		need[i] = need[i] > CELL_WIDTH ? CELL_WIDTH : need[i];
		int least = need[i] < CELL_LEAST ? need[i] : CELL_LEAST;
		t->widths[i] = some[i] && left > least ? least : 0;
		left -= t->widths[i] ? least + 1 : 0;
		last = t->widths[i] ? i : last;
	}
	t->columns = last + 1;
	for (bool grown = true; grown && left > 0;) {
		grown = false;
		for (int i = 0; i < t->columns && left > 0; i++) {
			if (!t->widths[i] || t->widths[i] >= need[i])
				continue;
			t->widths[i]++;
			left--;
			grown = true;
		}
	}
	/* What is left goes to the last column, if it could use more. */
	if (last >= 0 && left > 0 && need[last] == CELL_WIDTH)
		t->widths[last] += left;
}

static void heading_print(struct recover_text *t)
{
	char label[40];
	const struct recover_table *table = t->table;
	buf_printf(&t->out, "\n%s", style(STYLE_BOLD));
	const char *name = recover_table_label(table, label, sizeof label);
	table_safe(&t->out, name, strlen(name));
	buf_printf(&t->out, "%s\n%s%10s %-11s %-7s %4s %7s ", style(STYLE_PLAIN), style(STYLE_DIM), "rowid", "state", "fate", "conf", "page");
	int hidden = table->schema.count;
	for (int i = 0; i < t->columns; i++) {
		if (!t->widths[i])
			continue;
		hidden--;
		table_cell(&t->out, recover_column_label(table, i, label, sizeof label), t->widths[i]);
		buf_char(&t->out, ' ');
	}
	buf_printf(&t->out, "%s\n", style(STYLE_PLAIN));
	if (hidden)
		buf_printf(&t->out, "%s(%d more column%s, empty or without room here: --csv, --jsonl and --sqlite give all)%s\n", style(STYLE_DIM), hidden, hidden == 1 ? "" : "s", style(STYLE_PLAIN));
}

static enum cli_style cell_style(char mark)
{
	return mark == 'l' ? STYLE_RED : mark == 'c' || mark == 'i' ? STYLE_YELLOW : mark == 'n' || mark == 'b' ? STYLE_DIM : STYLE_PLAIN;
}

static void waiting_print(struct recover_text *t, const struct waiting *w)
{
	char rowid[24] = "?";
	if (w->rowid_known)
		snprintf(rowid, sizeof rowid, "%lld", (long long)w->rowid);
	buf_printf(&t->out, "%10s %s%-11s%s %-7s %4.2f %7u ", rowid, style(states[w->state].style), states[w->state].word, style(STYLE_PLAIN),
		   w->state == RECOVER_LIVE ? "" : recover_fate_name((enum recover_fate)w->fate), w->confidence, w->page);
	size_t at = w->cells;
	for (int i = 0; i < t->columns; i++, at += strlen(t->cells.data + at) + 1) {
		const char *p = t->cells.data + at;
		enum cli_style s = cell_style(*p);
		if (!t->widths[i])
			continue;
		if (s != STYLE_PLAIN)
			buf_text(&t->out, style(s));
		table_cell(&t->out, p + 1, t->widths[i]);
		if (s != STYLE_PLAIN)
			buf_text(&t->out, style(STYLE_PLAIN));
		buf_char(&t->out, ' ');
	}
	while (t->out.size && t->out.data[t->out.size - 1] == ' ')
		t->out.size--;
	buf_char(&t->out, '\n');
}

/* Prints what waits: versions of a row stand together, the earlier first. */
static enum err batch_print(struct recover_text *t)
{
	enum err e = OK;
	if (!t->table || !t->count)
		return OK;
	if (t->cells.failed)
		return ERR_NOMEM;
	qsort(t->list, t->count, sizeof *t->list, waiting_order);
	if (!t->headed) {
		widths_settle(t, table_width() - 45);
		heading_print(t);
		t->headed = true;
	}
	for (uint32_t i = 0; !e && i < t->count; i++) {
		waiting_print(t, &t->list[i]);
		if (t->out.size > 65536)
			e = output_text(&t->out);
	}
	t->count = 0;
	buf_clear(&t->cells);
	return e ? e : output_text(&t->out);
}

static enum err text_row(void *context, const struct recover_row *row)
{
	struct recover_text *t = context;
	enum err e = OK;
	if (!t->rows) {
		t->counts[row->table - t->tables->list][row->state]++;
		return OK;
	}
	if (!t->list && !(t->list = malloc(BATCH_ROWS * sizeof *t->list)))
		return ERR_NOMEM;
	if (row->table != t->table || t->count == BATCH_ROWS || t->cells.size > BATCH_BYTES)
		e = batch_print(t);
	if (row->table != t->table)
		t->headed = false;
	t->table = row->table;
	t->list[t->count++] = (struct waiting){ .rowid = row->rowid, .rowid_known = row->rowid_known, .state = (uint8_t)row->state, .fate = (uint8_t)row->fate,
						.confidence = row->confidence, .page = row->page, .sequence = row->sequence, .cells = t->cells.size };
	for (int i = 0; i < COLUMNS_SHOWN && i < row->table->schema.count; i++) {
		static const struct recover_value none = { .type = RECOVER_NULL };
		cell_add(t, i < row->count ? &row->values[i] : &none);
	}
	return e;
}

static enum err text_end(void *context)
{
	struct recover_text *t = context;
	if (!t->rows)
		summary_print(t, t->counts);
	enum err e = t->rows ? batch_print(t) : output_text(&t->out);
	return e ? e : output_flush();
}

enum err recover_text_new(bool rows, struct recover_text **ret, struct recover_sink *ret_sink)
{
	struct recover_text *t = calloc(1, sizeof *t);
	if (!t)
		return ERR_NOMEM;
	t->rows = rows;
	*ret = t;
	*ret_sink = (struct recover_sink){ .context = t, .begin = text_begin, .row = text_row, .end = text_end };
	return OK;
}

void recover_text_free(struct recover_text *t)
{
	if (!t)
		return;
	free(t->counts);
	free(t->list);
	buf_free(&t->cells);
	buf_free(&t->out);
	free(t);
}
