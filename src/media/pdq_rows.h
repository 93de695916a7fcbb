/* pdq_rows: the hash of a picture of any size taken whole, row by row, as the vPDQ reference hashes the frames of a video (pdq.h samples what is larger
 * than 512). Bit for bit what filtering the whole picture gives; only some rows of it are in memory. */
#ifndef CUSTOS_MEDIA_PDQ_ROWS_H
#define CUSTOS_MEDIA_PDQ_ROWS_H

#include "base/err.h"
#include "media/pdq.h"

enum { PDQ_ROWS_SIDE_LEAST = 5, PDQ_ROWS_SIDE_MOST = 65535 }; /* the reference refuses sides below 5 */

struct pdq_rows;

/* Memory: about 100 rows + 512 bytes for each row. ERR_LIMIT, ERR_NOMEM. */
enum err pdq_rows_new(uint32_t width, uint32_t height, struct pdq_rows **ret);
void pdq_rows_free(struct pdq_rows *r);

/* The next row of the picture, top first, by one of these. A row too many is passed over. Two rows share their u and v: those of the first are used. */
struct pdq_yuv;
extern const struct pdq_yuv pdq_yuv_tv, pdq_yuv_full; /* 16–235 and 0–255; red, green and blue as libswscale's plain C makes them */
void pdq_rows_yuv(struct pdq_rows *r, const struct pdq_yuv *k, const uint8_t *y, const uint8_t *u, const uint8_t *v);
void pdq_rows_rgb(struct pdq_rows *r, const uint8_t *rgb);

/* After the last row; missing rows are black. The next picture of the same size may follow. */
void pdq_rows_hash(struct pdq_rows *r, struct pdq *ret, int *ret_quality);

#endif
