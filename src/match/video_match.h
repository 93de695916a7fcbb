/* video_match: how much of one video is in another, by the hashes of their frames. The published rule of vPDQ.
 *
 * A frame matches when some frame of the other video is within the distance; only frames whose quality is high enough are compared, and frames with the same
 * hash count once, wherever they stand. Source: vPDQ, and the defaults of python-threatexchange (github.com/facebook/ThreatExchange).
 */
#ifndef CUSTOS_MATCH_VIDEO_MATCH_H
#define CUSTOS_MATCH_VIDEO_MATCH_H

#include "base/err.h"
#include "media/pdq.h"

struct video_frames {
	const struct pdq *hashes;
	const uint8_t *qualities; /* NULL: all good */
	uint32_t count;
};

struct video_rule {
	int quality_least;       /* of both frames */
	int distance_most;       /* at most this many bits, up to NEAR_RADIUS_MOST */
	double query_percent;    /* the videos match when at least this much of the query matches … */
	double compared_percent; /* … and at least this much of the other */
};
extern const struct video_rule video_rule_published; /* 50, 31, 80, 0 */

struct video_side {
	uint32_t frames;     /* given */
	uint32_t low;        /* of these not comparable: their quality is too low */
	uint32_t distinct;   /* different hashes among the others */
	uint32_t matched;    /* of these */
	double percent;      /* matched of distinct; 0 when there is none */
};

struct video_match {
	struct video_side query, compared;
	bool comparable;     /* both have a frame that can be compared; without it the figures say nothing */
	bool match;          /* by the rule's two percentages */
	int distance;        /* of the nearest pair within the rule's distance; -1: there is none */
	uint32_t query_frame, compared_frame; /* that pair, first in the order of the query */
};

/* ERR_USAGE (a rule out of range), ERR_NOMEM. `rule`: NULL for the published one. */
enum err video_match(const struct video_frames *query, const struct video_frames *compared, const struct video_rule *rule, struct video_match *ret);

#endif
