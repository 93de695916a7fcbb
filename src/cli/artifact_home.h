/* Where the artifact files lie. */
#ifndef CUSTOS_CLI_ARTIFACT_HOME_H
#define CUSTOS_CLI_ARTIFACT_HOME_H

#include "examine/artifact.h"

/* Loads the artifacts that came with the program ($CUSTOS_ARTIFACTS, else beside the program's source or installation), then those of `own`
 * (may be NULL), which override by name; and makes the set ready. */
enum err artifacts_load(struct artifact_set *set, const char *own);

#endif
