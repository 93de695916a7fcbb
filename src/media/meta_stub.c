#include "media/meta_inside.h"
void meta_heif(struct meta *m) { (void)m; }
void meta_movie(struct meta *m) { (void)m; }
void meta_matroska(struct meta *m) { (void)m; }
