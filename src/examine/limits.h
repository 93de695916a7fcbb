/* limits: how much one worker may use and how much of its answer is taken. The numbers and their reasons: docs/sandbox.md. */
#ifndef CUSTOS_EXAMINE_LIMITS_H
#define CUSTOS_EXAMINE_LIMITS_H

#include <stdint.h>

struct worker_limits {
	uint64_t memory_bytes; /* address space */
	uint32_t cpu_seconds;
	uint64_t silence_ms;   /* waiting for its next byte */
	uint64_t wait_ms;      /* waiting for its bytes in all: one that sends a byte now and then is never silent */
	uint64_t end_ms;       /* from the end of its answer to its own end */
	uint64_t output_bytes; /* of frames */
	uint64_t notes;        /* kept; the rest is counted */
};

/* For a worker whose main file has `size` bytes and all whose files together have `total`: as they were read, not as a container states. */
struct worker_limits worker_limits_of(uint64_t size, uint64_t total);

/* What is not 0 in `lower` in the place of its like. */
void worker_limits_lower(struct worker_limits *limits, const struct worker_limits *lower);

#endif
