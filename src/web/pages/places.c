/* Places on a grid of our own: no map server is asked. A frame is laid round the middle 96 of 100 places, so that one wrong place does not shrink all others to a dot. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "web/pages/pages.h"

enum { DOTS_MOST = 2000, WIDTH = 960, HEIGHT = 540, EDGE = 30 };
#define KM_A_DEGREE 111.32

struct dot {
	double latitude, longitude;
	json_t *line;
};

struct listing {
	struct request *r;
	struct dot *dots;
	int count;
};

static enum err dot_add(void *context, const struct view_record *v)
{
	struct listing *l = context;
	int latitude = kind_column(v->kind, "latitude"), longitude = kind_column(v->kind, "longitude");
	if (latitude < 0 || longitude < 0 || view_null(v, latitude) || view_null(v, longitude) || l->count >= DOTS_MOST)
		return OK;
	struct dot d = { view_real(v, latitude), view_real(v, longitude), NULL };
	if (!(fabs(d.latitude) <= 90 && fabs(d.longitude) <= 180) || (d.latitude == 0 && d.longitude == 0))
		return OK; /* no place on earth; 0, 0 is what devices write when they have none */
	d.line = record_line(l->r->ids[0], v);
	l->dots[l->count++] = d;
	return d.line ? OK : ERR_NOMEM;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

struct frame {
	double south, north, west, east;
};

static void range(double *values, int n, double *ret_low, double *ret_high)
{
	qsort(values, (size_t)n, sizeof *values, compare);
	*ret_low = values[n * 2 / 100];
	*ret_high = values[n - 1 - n * 2 / 100];
}

/* The frame has the picture's shape on the ground, not in degrees. */
static struct frame framed(const struct dot *dots, int n, double *scratch)
{
	struct frame f;
	for (int i = 0; i < n; i++)
		scratch[i] = dots[i].latitude;
	range(scratch, n, &f.south, &f.north);
	for (int i = 0; i < n; i++)
		scratch[i] = dots[i].longitude;
	range(scratch, n, &f.west, &f.east);
	double middle = (f.south + f.north) / 2, across = (f.west + f.east) / 2, squeeze = fmax(cos(middle * M_PI / 180), 0.05);
	double high = fmax((f.north - f.south) * 1.1, 0.01), wide = fmax((f.east - f.west) * 1.1 * squeeze, 0.01), shape = (double)(WIDTH - 2 * EDGE) / (HEIGHT - 2 * EDGE);
	if (wide < high * shape)
		wide = high * shape;
	else
		high = wide / shape;
	return (struct frame){ middle - high / 2, middle + high / 2, across - wide / squeeze / 2, across + wide / squeeze / 2 };
}

static double x_of(const struct frame *f, double longitude) { return EDGE + (longitude - f->west) / (f->east - f->west) * (WIDTH - 2 * EDGE); }
static double y_of(const struct frame *f, double latitude) { return EDGE + (f->north - latitude) / (f->north - f->south) * (HEIGHT - 2 * EDGE); }

static double step_of(double size)
{
	double step = pow(10, floor(log10(size / 3)));
	return size / step > 15 ? step * 5 : size / step > 6 ? step * 2 : step;
}

static void line_add(json_t *lines, double x1, double y1, double x2, double y2, double degrees, double step, const char *positive, const char *negative)
{
	json_array_append_new(lines, json_pack("{s:f,s:f,s:f,s:f,s:f,s:f,s:o}", "x1", round(x1), "y1", round(y1), "x2", round(x2), "y2", round(y2), "tx", round(x1) + 4, "ty", round(y2) - 4, "label",
					       json_sprintf("%.*f° %s", step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0, fabs(degrees), degrees < 0 ? negative : positive)));
}

static void grid(const struct frame *f, json_t *lines)
{
	double step = step_of(f->north - f->south);
	int most = 40;
	for (double at = ceil(f->south / step) * step; at < f->north && most--; at += step)
		line_add(lines, EDGE, y_of(f, at), WIDTH - EDGE, y_of(f, at), at, step, "N", "S");
	step = step_of(f->east - f->west);
	for (double at = ceil(f->west / step) * step; at < f->east && most--; at += step)
		line_add(lines, x_of(f, at), EDGE, x_of(f, at), HEIGHT - 8, at, step, "E", "W");
}

static enum err drawn(struct request *r, const struct listing *l, double *scratch)
{
	json_t *dots = json_array(), *lines = json_array();
	int outliers = 0;
	enum err e = request_set(r, "dots", dots);
	if (!e)
		e = request_set(r, "lines", lines);
	if (e || !l->count)
		return e;
	struct frame f = framed(l->dots, l->count, scratch);
	grid(&f, lines);
	for (int i = 0; i < l->count; i++) {
		const struct dot *d = &l->dots[i];
		if (d->latitude < f.south || d->latitude > f.north || d->longitude < f.west || d->longitude > f.east) {
			outliers++;
			continue;
		}
		json_object_set_new(d->line, "x", json_real(round(x_of(&f, d->longitude) * 10) / 10));
		json_object_set_new(d->line, "y", json_real(round(y_of(&f, d->latitude) * 10) / 10));
		json_object_set_new(d->line, "label", json_sprintf("%.5f, %.5f", d->latitude, d->longitude));
		json_array_append(dots, d->line);
	}
	e = request_set(r, "shown", json_integer(l->count - outliers));
	if (!e)
		e = request_set(r, "outliers", json_integer(outliers));
	return e ? e : request_set(r, "width_km", json_real(round((f.east - f.west) * cos((f.south + f.north) * M_PI / 360) * KM_A_DEGREE * 10) / 10));
}

enum err places_show(struct request *r)
{
	struct opened o;
	struct listing l = { r, calloc(DOTS_MOST, sizeof(struct dot)), 0 };
	double *scratch = calloc(DOTS_MOST, sizeof *scratch);
	struct view_filter f = VIEW_FILTER_ALL;
	struct view_place place = { 0 }, picture = { 0 };
	bool more = false;
	enum err e = l.dots && scratch ? exhibit_view(r, "places", "Places", &o) : ERR_NOMEM;
	if (!e) {
		e = view_records(o.view, kind_find("location"), &f, false, &place, DOTS_MOST, dot_add, &l, &more);
		if (!e)
			e = view_records(o.view, kind_find("media"), &f, false, &picture, DOTS_MOST, dot_add, &l, &more);
		exhibit_view_close(&o);
	}
	if (!e)
		e = drawn(r, &l, scratch);
	for (int i = 0; i < l.count; i++)
		json_decref(l.dots[i].line);
	free(l.dots);
	free(scratch);
	if (!e)
		e = request_set(r, "list_href", json_sprintf("/exhibits/%lld/records/locations", (long long)r->ids[0]));
	return e ? e : request_consulted(r, "places of an exhibit read", "exhibit", r->ids[0], NULL);
}
