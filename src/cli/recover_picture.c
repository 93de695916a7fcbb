/* Draws the page map as SVG. Each table has a colour and a letter, each other use of a page a pattern and a sign, so that it can be read without colour. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/progress.h"
#include "cli/recover_map.h"

enum { LETTERS = 26, LEFT = 32, TOP = 96, GRID = 768, LEGEND = LEFT + GRID + 40, WIDTH = LEGEND + 404, LINE = 19, NAME_MOST = 22 };

/* Light enough for a dark letter, and told apart by those who see red and green alike. */
static const char *const colours[LETTERS] = {
	"#8ec5ff", "#ffd773", "#9ddfb6", "#f7b0a8", "#cdb8f0", "#ffbf80", "#a6e3e3", "#dfe07a", "#b9cbf5", "#efc3d8", "#c2e6a1", "#e3c6a8", "#a9d3c0",
	"#f2e2a0", "#d7c0d9", "#9fd0e8", "#f5c9a9", "#b8dfc8", "#e8b7c8", "#c9d8a8", "#b7b9e8", "#f0d0c0", "#a8c8c8", "#e0d8f0", "#d0d0a0", "#c8e0f0",
};

/* How a use that belongs to no table is drawn. */
static const struct sign {
	const char *fill, *letter, *ink, *name, *about;
} signs[RECOVER_PAGE_USES + 2] = {
	[PAGE_USE_UNKNOWN] = { "#ffffff", "?", "#475467", "not known", "neither in a tree nor in the freelist, not readable" },
	[PAGE_USE_TABLE] = { "#d0d5dd", "#", "#344054", "other tables", "tables without a letter of their own" },
	[PAGE_USE_INDEX] = { "#e4e7ec", "i", "#475467", "index", "b-tree of an index" },
	[PAGE_USE_OVERFLOW] = { "url(#over)", "v", "#475467", "overflow", "the rest of a long value" },
	[PAGE_USE_TRUNK] = { "url(#trunk)", "t", "#344054", "freelist, trunk", "free, and lists free pages" },
	[PAGE_USE_FREE] = { "url(#free)", "f", "#667085", "free", "in the freelist" },
	[PAGE_USE_POINTERS] = { "#667085", "p", "#ffffff", "pointer map", "for auto_vacuum" },
	[PAGE_USE_ORPHAN] = { "url(#orphan)", "o", "#475467", "in no tree", "nor in the freelist" },
	[PAGE_USE_LOCK] = { "#101828", "x", "#ffffff", "lock page", "never used" },
	[RECOVER_PAGE_USES] = { "#344054", "S", "#ffffff", "schema", "names of tables" },
	[RECOVER_PAGE_USES + 1] = { "url(#others)", "%", "#344054", "other tables, overflow", "" },
};

struct picture {
	struct buf *out;
	struct map *m;
	int *letter; /* by table: 0 to LETTERS - 1, or -1 */
	uint32_t lettered, others;
	int columns;
	double size; /* of a square, gap included */
	double bottom;
};

/* XML: what marks up, and what XML cannot hold at all. */
static void xml_add(struct buf *out, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		switch (*p) {
		case '&':
			buf_text(out, "&amp;");
			break;
		case '<':
			buf_text(out, "&lt;");
			break;
		case '>':
			buf_text(out, "&gt;");
			break;
		case '"':
			buf_text(out, "&quot;");
			break;
		default:
			if (*p < 0x20 || *p == 0x7f || (p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe)) {
				buf_text(out, "\xef\xbf\xbd");
				p += *p == 0xef ? 2 : 0;
			} else {
				buf_char(out, (char)*p);
			}
		}
	}
}

/* At most so many characters, with an ellipsis. */
static void xml_add_short(struct buf *out, const char *text, int most)
{
	const char *p = text;
	int n = 0;
	for (; *p && n < most; n++)
		for (p++; (*p & 0xc0) == 0x80; p++)
			;
	if (!*p) {
		xml_add(out, text);
		return;
	}
	struct buf part = { 0 };
	buf_add(&part, text, (size_t)(p - text));
	xml_add(out, part.data ? part.data : "");
	buf_text(out, "…");
	buf_free(&part);
}

/* 1,234,567 */
static void number_add(struct buf *out, uint64_t n)
{
	char digits[24];
	int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
	for (int i = 0; i < count; i++) {
		if (i && (count - i) % 3 == 0)
			buf_char(out, ',');
		buf_char(out, digits[i]);
	}
}

static void counted_add(struct buf *out, uint64_t n, const char *thing)
{
	number_add(out, n);
	buf_printf(out, " %s%s", thing, n == 1 ? "" : "s");
}

static int table_order(const void *a, const void *b)
{
	const struct map_table *x = a, *y = b;
	uint64_t n = (uint64_t)x->pages + x->overflow, k = (uint64_t)y->pages + y->overflow;
	if (n != k)
		return n > k ? -1 : 1;
	if (x->recovered != y->recovered)
		return x->recovered > y->recovered ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static const struct recover_table *table_of(const struct picture *p, int32_t number) { return &p->m->tables->list[number]; }

static bool of_table(uint8_t use, int32_t owner) { return owner >= 0 && (use == PAGE_USE_TABLE || use == PAGE_USE_INDEX || use == PAGE_USE_OVERFLOW); }

/* The sign of a page that has no letter. */
static const struct sign *sign_of(uint8_t use, int32_t owner)
{
	if (owner == RECOVER_OWNER_SCHEMA && (use == PAGE_USE_TABLE || use == PAGE_USE_OVERFLOW))
		return &signs[RECOVER_PAGE_USES];
	if (of_table(use, owner))
		return use == PAGE_USE_OVERFLOW ? &signs[RECOVER_PAGE_USES + 1] : &signs[PAGE_USE_TABLE];
	return &signs[use];
}

static int letter_of(const struct picture *p, uint8_t use, int32_t owner) { return of_table(use, owner) ? p->letter[owner] : -1; }

static void fill_add(const struct picture *p, uint8_t use, int32_t owner)
{
	int letter = letter_of(p, use, owner);
	buf_printf(p->out, " fill=\"%s\"", letter >= 0 ? colours[letter] : sign_of(use, owner)->fill);
}

static void use_name_add(const struct picture *p, uint8_t use, int32_t owner)
{
	char room[40];
	if (!of_table(use, owner)) {
		buf_text(p->out, sign_of(use, owner)->name);
		return;
	}
	buf_text(p->out, use == PAGE_USE_OVERFLOW ? "overflow of " : "table ");
	xml_add_short(p->out, recover_table_label(table_of(p, owner), room, sizeof room), 60);
}

static void rows_add(const struct picture *p, const struct map_cell *c)
{
	char room[40];
	if (!c->rows_db && !c->rows_old)
		return;
	buf_text(p->out, "; ");
	counted_add(p->out, (uint64_t)c->rows_db + c->rows_old, "recovered row");
	if (c->rows_table >= 0) {
		buf_text(p->out, " of ");
		xml_add_short(p->out, recover_table_label(table_of(p, c->rows_table), room, sizeof room), 60);
	} else {
		buf_text(p->out, " of several tables");
	}
	if (c->rows_old)
		buf_printf(p->out, ", %u from WAL or journal", c->rows_old);
}

/* In the upper right corner of the square at x, y. Filled: in the database's own page; a ring: in another image of it. The more rows, the larger. */
static void mark_add(const struct picture *p, double x, double y, double side, uint32_t rows_db, uint32_t rows_old)
{
	uint32_t n = rows_db + rows_old;
	double r = side * (n < 5 ? 0.12 : n < 25 ? 0.17 : 0.22);
	r = r < 2 ? 2 : r;
	if (!n)
		return;
	buf_printf(p->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" class=\"%s\"/>", x + side - r - 0.5, y + r + 0.5, r, rows_db && rows_old ? "both" : rows_db ? "dot" : "ring");
}

static void square_add(const struct picture *p, uint32_t i)
{
	const struct map_cell *c = &p->m->cells[i];
	double x = LEFT + (i % (uint32_t)p->columns) * p->size, y = TOP + (i / (uint32_t)p->columns) * p->size, side = p->size - 1;
	uint64_t first = (uint64_t)i * p->m->per_cell + 1, last = first + p->m->per_cell - 1;
	if (last > p->m->tables->page_count)
		last = p->m->tables->page_count;
	buf_printf(p->out, "<g><title>page %llu", (unsigned long long)first);
	if (last > first)
		buf_printf(p->out, " to %llu", (unsigned long long)last);
	for (int k = 0; k < 2 && c->count[k]; k++) {
		buf_text(p->out, k ? ", " : ": ");
		if (last > first)
			buf_printf(p->out, "%u ", c->count[k]);
		use_name_add(p, c->use[k], c->owner[k]);
	}
	rows_add(p, c);
	buf_printf(p->out, "</title><rect x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\"", x, y, side, side);
	fill_add(p, c->use[0], c->owner[0]);
	buf_text(p->out, "/>");
	if (c->count[1]) { /* the second use: a part of the square as large as its share */
		double part = side * c->count[1] / (c->count[0] + c->count[1]);
		part = part < 2 ? 2 : part;
		buf_printf(p->out, "<rect x=\"%.0f\" y=\"%.1f\" width=\"%.0f\" height=\"%.1f\"", x, y + side - part, side, part);
		fill_add(p, c->use[1], c->owner[1]);
		buf_text(p->out, "/>");
	}
	int letter = letter_of(p, c->use[0], c->owner[0]);
	const struct sign *s = sign_of(c->use[0], c->owner[0]);
	buf_printf(p->out, "<text x=\"%.1f\" y=\"%.1f\"", x + side * 0.36, y + side * 0.78);
	if (letter >= 0)
		buf_printf(p->out, ">%c", c->use[0] == PAGE_USE_OVERFLOW ? 'a' + letter : 'A' + letter);
	else
		buf_printf(p->out, " fill=\"%s\">%s", s->ink, s->letter);
	buf_text(p->out, "</text>");
	mark_add(p, x, y, side, c->rows_db, c->rows_old);
	buf_text(p->out, "</g>\n");
}

static void head_add(const struct picture *p)
{
	const struct recover_tables *t = p->m->tables;
	char size[24];
	struct buf *out = p->out;
	size_text((double)t->page_size * t->page_count, size, sizeof size);
	buf_printf(out, "<text class=\"h1\" x=\"%d\" y=\"42\">", LEFT);
	xml_add_short(out, p->m->name, 70);
	buf_printf(out, "</text>\n<text class=\"sub\" x=\"%d\" y=\"66\">", LEFT);
	counted_add(out, t->page_count, "page");
	buf_text(out, " of ");
	number_add(out, t->page_size);
	buf_printf(out, " bytes, %s. ", size);
	if (p->m->per_cell == 1) {
		buf_text(out, "Each square is a page");
	} else {
		buf_text(out, "Each square is ");
		number_add(out, p->m->per_cell);
		buf_text(out, " pages");
	}
	buf_text(out, ", from left to right. ");
	counted_add(out, p->m->rows_db + p->m->rows_wal + p->m->rows_journal, "row");
	buf_text(out, " recovered: ");
	number_add(out, p->m->rows_db);
	buf_text(out, " from the database, ");
	number_add(out, p->m->rows_wal);
	buf_text(out, " from the WAL, ");
	number_add(out, p->m->rows_journal);
	buf_text(out, " from the journal.");
	if (p->m->only) {
		buf_text(out, " Only those of ");
		xml_add_short(out, p->m->only, 40);
		buf_text(out, " were asked for.");
	}
	buf_text(out, "</text>\n");
}

static double legend_line(const struct picture *p, double y, const char *fill, char letter, const char *ink)
{
	buf_printf(p->out, "<rect x=\"%d\" y=\"%.0f\" width=\"14\" height=\"14\" fill=\"%s\"/><text class=\"sign\" x=\"%d\" y=\"%.0f\" fill=\"%s\">%c</text>", LEGEND, y - 11, fill,
		   LEGEND + 7, y, ink, letter);
	return y + LINE;
}

static void legend_number(const struct picture *p, int x, double y, uint64_t n, const char *class)
{
	buf_printf(p->out, "<text class=\"%s\" x=\"%d\" y=\"%.0f\">", class, x, y);
	number_add(p->out, n);
	buf_text(p->out, "</text>");
}

static double legend_heading(const struct picture *p, double y, const char *text, const char *const *columns)
{
	buf_printf(p->out, "<text class=\"h2\" x=\"%d\" y=\"%.0f\">%s</text>", LEGEND, y, text);
	for (int i = 0; columns && i < 3; i++)
		buf_printf(p->out, "<text class=\"sub end\" x=\"%d\" y=\"%.0f\">%s</text>", LEGEND + 224 + 75 * i, y, columns[i]);
	buf_printf(p->out, "<path d=\"M%d %.0fH%d\" class=\"rule\"/>\n", LEGEND, y + 6, WIDTH - 30);
	return y + LINE + 6;
}

static double legend_tables(const struct picture *p, double y)
{
	static const char *const columns[] = { "pages", "live rows", "recovered" };
	const struct map *m = p->m;
	struct map_table rest = { 0 };
	uint64_t rest_rows = 0;
	char room[40];
	y = legend_heading(p, y, "Tables", columns);
	for (uint32_t i = 0; i < m->tables->count; i++) {
		const struct map_table *t = &m->by_table[i];
		const struct recover_table *table = table_of(p, (int32_t)t->number);
		if (i >= p->lettered) {
			rest.pages += t->pages + t->overflow;
			rest.recovered += t->recovered;
			rest_rows += table->rows;
			continue;
		}
		buf_text(p->out, "<g><title>");
		xml_add_short(p->out, recover_table_label(table, room, sizeof room), 200);
		buf_text(p->out, ": ");
		counted_add(p->out, t->pages, "page");
		buf_printf(p->out, ", %u of overflow</title>", t->overflow);
		legend_line(p, y, colours[i], (char)('A' + i), "#101828");
		buf_printf(p->out, "<text x=\"%d\" y=\"%.0f\"%s>", LEGEND + 22, y, table->live ? "" : " font-style=\"italic\"");
		xml_add_short(p->out, recover_table_label(table, room, sizeof room), NAME_MOST - (table->live ? 0 : 5));
		buf_printf(p->out, "%s</text>", table->live || !table->name ? "" : " (gone)");
		legend_number(p, LEGEND + 224, y, (uint64_t)t->pages + t->overflow, "end");
		legend_number(p, LEGEND + 299, y, table->rows, "end");
		legend_number(p, LEGEND + 374, y, t->recovered, t->recovered ? "end hit" : "end dim");
		buf_text(p->out, "</g>\n");
		y += LINE;
	}
	if (p->others) {
		const struct sign *s = &signs[PAGE_USE_TABLE];
		legend_line(p, y, s->fill, s->letter[0], s->ink);
		buf_printf(p->out, "<text x=\"%d\" y=\"%.0f\">", LEGEND + 22, y);
		counted_add(p->out, p->others, "other table");
		buf_text(p->out, "</text>");
		legend_number(p, LEGEND + 224, y, rest.pages, "end");
		legend_number(p, LEGEND + 299, y, rest_rows, "end");
		legend_number(p, LEGEND + 374, y, rest.recovered, rest.recovered ? "end hit" : "end dim");
		y += LINE;
	}
	return y;
}

static double legend_uses(const struct picture *p, double y)
{
	static const uint8_t order[] = { RECOVER_PAGE_USES, PAGE_USE_INDEX, PAGE_USE_OVERFLOW, PAGE_USE_TRUNK, PAGE_USE_FREE, PAGE_USE_ORPHAN, PAGE_USE_POINTERS, PAGE_USE_LOCK, PAGE_USE_UNKNOWN };
	const struct map *m = p->m;
	uint64_t counts[RECOVER_PAGE_USES + 1], owned = 0, overflow = 0;
	memcpy(counts, m->uses, sizeof m->uses);
	for (uint32_t i = 0; i < m->tables->count; i++) {
		owned += m->by_table[i].pages;
		overflow += m->by_table[i].overflow;
	}
	counts[RECOVER_PAGE_USES] = m->schema_pages;
	counts[PAGE_USE_OVERFLOW] -= overflow < counts[PAGE_USE_OVERFLOW] ? overflow : counts[PAGE_USE_OVERFLOW];
	/* Tables WITHOUT ROWID are index trees, and counted with the tables. */
	uint64_t trees = counts[PAGE_USE_TABLE] + counts[PAGE_USE_INDEX];
	uint64_t schema = m->schema_pages < trees ? m->schema_pages : trees;
	counts[PAGE_USE_INDEX] = trees > owned + schema ? trees - owned - schema : 0;
	y = legend_heading(p, y + 14, "Other pages", NULL);
	for (size_t i = 0; i < sizeof order; i++) {
		const struct sign *s = &signs[order[i]];
		if (!counts[order[i]])
			continue;
		legend_line(p, y, s->fill, s->letter[0], s->ink);
		buf_printf(p->out, "<text x=\"%d\" y=\"%.0f\">%s <tspan class=\"sub\">%s</tspan></text>", LEGEND + 22, y, s->name, s->about);
		legend_number(p, LEGEND + 374, y, counts[order[i]], "end");
		buf_char(p->out, '\n');
		y += LINE;
	}
	return y;
}

static double legend_marks(const struct picture *p, double y)
{
	static const struct {
		const char *class, *text;
	} marks[] = { { "dot", "rows recovered from the page itself" }, { "ring", "from an image of it in the WAL or journal" }, { "both", "from both" } };
	y = legend_heading(p, y + 14, "Marks", NULL);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++, y += LINE)
		buf_printf(p->out, "<circle cx=\"%d\" cy=\"%.0f\" r=\"4\" class=\"%s\"/><text x=\"%d\" y=\"%.0f\">%s</text>\n", LEGEND + 7, y - 4, marks[i].class, LEGEND + 22, y, marks[i].text);
	buf_printf(p->out, "<text class=\"sub\" x=\"%d\" y=\"%.0f\">The three sizes: to 4 rows, to 24, more.</text>\n", LEGEND, y);
	buf_printf(p->out, "<text class=\"sub\" x=\"%d\" y=\"%d\">A small letter: overflow, the rest of long values.</text>\n", LEGEND, (int)y + LINE);
	return y + 2 * LINE;
}

/* The WAL's frames in their order, marked where rows came from. */
static double frames_add(const struct picture *p, double y)
{
	enum { SQUARE = 12, ROW = GRID / SQUARE };
	const struct map *m = p->m;
	if (!m->frame_count)
		return y;
	buf_printf(p->out, "<text class=\"h2\" x=\"%d\" y=\"%.0f\">WAL <tspan class=\"sub\">", LEFT, y + 34);
	counted_add(p->out, m->frame_count, "frame");
	if (m->per_frame_cell > 1)
		buf_printf(p->out, ", %u a square", m->per_frame_cell);
	buf_text(p->out, " in their order, marked where recovered rows lie</tspan></text>\n");
	y += 46;
	for (uint32_t i = 0; i < m->frame_cells; i++) {
		double x = LEFT + (i % ROW) * SQUARE, at = y + (i / ROW) * SQUARE, side = SQUARE - 1;
		uint64_t first = (uint64_t)i * m->per_frame_cell + 1, last = first + m->per_frame_cell - 1;
		buf_printf(p->out, "<g><title>frame %llu", (unsigned long long)first);
		if (m->per_frame_cell > 1)
			buf_printf(p->out, " to %llu", (unsigned long long)(last < m->frame_count ? last : m->frame_count));
		if (m->frames[i]) {
			buf_text(p->out, ": ");
			counted_add(p->out, m->frames[i], "recovered row");
		}
		buf_printf(p->out, "</title><rect x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\" fill=\"#e9edf3\"/>", x, at, side, side);
		mark_add(p, x, at, side, 0, m->frames[i]);
		buf_text(p->out, "</g>\n");
	}
	return y + ((m->frame_cells - 1) / ROW + 1) * SQUARE;
}

static const char defs[] =
	"<defs>\n"
	"<pattern id=\"free\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"#fff\"/><path d=\"M-1 1L1 -1M0 6L6 0M5 7L7 5\" stroke=\"#c4cad4\"/></pattern>\n"
	"<pattern id=\"trunk\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"#fff\"/><path d=\"M0 0L6 6M0 6L6 0\" stroke=\"#98a2b3\"/></pattern>\n"
	"<pattern id=\"orphan\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\"><rect width=\"4\" height=\"4\" fill=\"#fff\"/><circle cx=\"2\" cy=\"2\" r=\"0.9\" fill=\"#98a2b3\"/></pattern>\n"
	"<pattern id=\"over\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\"><rect width=\"4\" height=\"4\" fill=\"#f2f4f7\"/><path d=\"M0 2H4\" stroke=\"#b4bcc8\"/></pattern>\n"
	"<pattern id=\"others\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\"><rect width=\"4\" height=\"4\" fill=\"#d0d5dd\"/><path d=\"M0 2H4\" stroke=\"#f2f4f7\"/></pattern>\n"
	"</defs>\n";

void map_draw(struct buf *out, struct map *m)
{
	struct picture p = { .out = out, .m = m };
	double scale = m->cell_count <= 64 ? 32 : m->cell_count <= 1024 ? 24 : 12;
	p.size = scale;
	p.columns = (int)(GRID / scale);
	p.letter = calloc((size_t)m->tables->count + 1, sizeof *p.letter);
	if (!p.letter) {
		out->failed = true;
		return;
	}
	qsort(m->by_table, m->tables->count, sizeof *m->by_table, table_order);
	for (uint32_t i = 0; i < m->tables->count; i++) {
		const struct map_table *t = &m->by_table[i];
		bool shown = i < LETTERS && (t->pages || t->overflow || t->recovered);
		p.letter[t->number] = shown ? (int)i : -1;
		p.lettered += shown;
	}
	p.others = m->tables->count - p.lettered;
	struct buf body = { 0 };
	p.out = &body;
	head_add(&p);
	buf_printf(&body, "<g stroke=\"#667085\" stroke-opacity=\"0.35\" stroke-width=\"0.6\" class=\"map\" font-size=\"%.1f\">\n", scale * 0.58);
	for (uint32_t i = 0; i < m->cell_count; i++)
		square_add(&p, i);
	double bottom = TOP + ((m->cell_count + (uint32_t)p.columns - 1) / (uint32_t)p.columns) * p.size;
	buf_text(&body, "</g>\n");
	bottom = frames_add(&p, bottom);
	buf_text(&body, "<g class=\"legend\">\n");
	double legend = legend_marks(&p, legend_uses(&p, legend_tables(&p, TOP + 12)));
	buf_text(&body, "</g>\n");
	double height = (bottom > legend ? bottom : legend) + 28;
	buf_printf(out,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" viewBox=\"0 0 %d %.0f\" role=\"img\" aria-labelledby=\"t\">\n<title id=\"t\">Page map of ", WIDTH, height,
		   WIDTH, height);
	xml_add_short(out, m->name, 200);
	buf_text(out, "</title>\n<style>svg{font-family:system-ui,'Segoe UI','DejaVu Sans',sans-serif;fill:#101828}.legend{font-size:13px}.h1{font-size:24px;font-weight:600}.h2{font-size:14px;font-weight:600}"
		      ".sub{fill:#667085;font-size:12px;font-weight:400}.end{text-anchor:end}.hit{fill:#c11574;font-weight:600}.dim{fill:#98a2b3}.rule{stroke:#d0d5dd;fill:none}"
		      ".map text{text-anchor:middle;pointer-events:none;stroke:none}.sign{text-anchor:middle;font-size:10px}"
		      ".dot{fill:#c11574;stroke:#fff;stroke-opacity:1}.ring{fill:#fff;stroke:#c11574;stroke-opacity:1;stroke-width:1.6}.both{fill:#c11574;stroke:#101828;stroke-opacity:1;stroke-width:1.6}circle{pointer-events:none}</style>\n");
	buf_text(out, defs);
	buf_printf(out, "<rect width=\"%d\" height=\"%.0f\" fill=\"#fff\"/>\n", WIDTH, height);
	buf_add(out, body.data, body.size);
	buf_text(out, "</svg>\n");
	out->failed |= body.failed;
	buf_free(&body);
	free(p.letter);
}
