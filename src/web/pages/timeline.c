#include <stdio.h>

#include "base/time.h"
#include "web/pages/pages.h"

enum { BARS = 60, BAR_WIDTH = 16, BAR_MOST = 146 };

struct listing {
	struct request *r;
	json_t *rows;
};

static enum err row_add(void *context, const struct view_record *v)
{
	struct listing *l = context;
	return json_array_append_new(l->rows, record_line(l->r->ids[0], v)) ? ERR_NOMEM : OK;
}

/* Bars of equal time; each is a link to a closer look at its own. */
static enum err histogram(struct request *r, struct view *v, int64_t from, int64_t to)
{
	int64_t counts[BARS], most = 1, shown = 0;
	json_t *bars = json_array();
	enum err e = request_set(r, "bars", bars);
	if (!e)
		e = view_histogram(v, 0, from, to, BARS, counts);
	for (int i = 0; i < BARS && !e; i++) {
		most = counts[i] > most ? counts[i] : most;
		shown += counts[i];
	}
	for (int i = 0; i < BARS && !e; i++) {
		int64_t width = to - from, start = from + width / BARS * i, end = i + 1 < BARS ? from + width / BARS * (i + 1) : to, height = counts[i] ? 2 + counts[i] * (BAR_MOST - 2) / most : 0;
		char day[32];
		time_iso(start - start % 1000000, day, sizeof day);
		json_array_append_new(bars, json_pack("{s:i,s:I,s:I,s:o,s:o}", "x", i * BAR_WIDTH, "y", (json_int_t)(150 - height), "height", (json_int_t)height, "label", json_sprintf("%lld from %s", (long long)counts[i], day), "href",
						      json_sprintf("/exhibits/%lld/timeline?start=%lld&end=%lld", (long long)r->ids[0], (long long)start, (long long)end)));
	}
	if (!e)
		e = request_set(r, "from", json_integer(from));
	if (!e)
		e = request_set(r, "to", json_integer(to));
	return e ? e : request_set(r, "shown", json_integer(shown));
}

enum err timeline_show(struct request *r)
{
	struct opened o;
	struct view_filter f = VIEW_FILTER_ALL;
	struct view_place place;
	bool more = false;
	char at[96];
	int64_t from = TIME_NONE, to = TIME_NONE;
	json_t *rows = json_array();
	enum err e = request_set(r, "rows", rows);
	if (!e)
		e = exhibit_view(r, "timeline", "Timeline", &o);
	if (e)
		return e;
	e = view_span(o.view, &from, &to);
	int64_t start = request_query_int(r, "start", INT64_MIN / 4, INT64_MAX / 4, TIME_NONE), end = request_query_int(r, "end", INT64_MIN / 4, INT64_MAX / 4, TIME_NONE);
	bool close = start != TIME_NONE && end != TIME_NONE && end - start >= BARS;
	if (close) {
		f.from = from = start;
		f.to = to = end;
	}
	if (!e && from != TIME_NONE && to - from >= BARS)
		e = histogram(r, o.view, from, to);
	place_read(request_query(r, "after"), &place);
	if (!e)
		e = view_timeline(o.view, &f, 0, false, &place, LIST_PAGE, row_add, &(struct listing){ r, rows }, &more);
	place_write(&place, at, sizeof at);
	exhibit_view_close(&o);
	if (!e)
		e = list_pages(r, "after", more, at);
	if (!e && close)
		e = request_set(r, "out_href", json_sprintf("/exhibits/%lld/timeline", (long long)r->ids[0]));
	return e ? e : request_consulted(r, "timeline of an exhibit read", "exhibit", r->ids[0], NULL);
}
