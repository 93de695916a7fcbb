/* content: what a file is, by its first bytes. */
#ifndef CUSTOS_EVIDENCE_CONTENT_H
#define CUSTOS_EVIDENCE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

enum { CONTENT_HEAD = 512 }; /* how many first bytes are looked at, at most */

/* A MIME type, static, or NULL when the bytes are of no kind known here. */
const char *content_type(const void *head, size_t size);

/* Picture, video, sound or document: what hash lists speak of, so that MD5 is worth its cost. */
bool content_listed(const char *type);

#endif
