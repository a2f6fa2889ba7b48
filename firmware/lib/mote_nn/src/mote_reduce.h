/*
 * Reductions over some axes of a tensor: the loop nest that they all run.
 */
#ifndef MOTE_REDUCE_H
#define MOTE_REDUCE_H

#include <stdint.h>

#include "mote_requantize.h"

enum { MOTE_REDUCE_AXES = 3 };

/*
 * Kept and reduced axes, neighbours of a kind merged, outermost first; sizes are at least 1 and 1
 * where there is no axis, steps count elements of the input. The last kept axis has step 1 if it is
 * the innermost of all.
 */
typedef struct {
    int32_t kept[MOTE_REDUCE_AXES];
    int32_t kept_steps[MOTE_REDUCE_AXES];
    int32_t reduced[MOTE_REDUCE_AXES];
    int32_t reduced_steps[MOTE_REDUCE_AXES];
} mote_nest_t;

typedef struct {
    mote_nest_t nest;
    int32_t offset;     /* added to sums: the effect of the input's zero point, modulo 2^32 */
    int32_t multiplier; /* at least 0 */
    int32_t shift;      /* in [-31, 31] */
    int32_t zero_point; /* of the output */
} mote_reduce_t;

typedef enum { MOTE_REDUCE_SUM, MOTE_REDUCE_MAX } mote_reduce_kind_t;

/* The rescaled sum, or a maximum as it is; not clamped. */
MOTE_INLINE int32_t mote_reduce_value(const mote_reduce_t *p, mote_reduce_kind_t kind,
                                      int32_t value) {
    if (kind == MOTE_REDUCE_MAX) {
        return value;
    }
    const int32_t sum = (int32_t)((uint32_t)value + (uint32_t)p->offset);
    return mote_rescale_s8(sum, p->multiplier, p->shift, p->zero_point);
}

#endif
