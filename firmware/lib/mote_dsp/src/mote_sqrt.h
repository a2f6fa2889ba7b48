/* Square root without libm: the same bits on every machine. */
#ifndef MOTE_SQRT_H
#define MOTE_SQRT_H

/* sqrt(x), correctly rounded, for any finite x >= 0, subnormals included; anything else gives a
 * meaningless number. */
float mote_sqrt_f32(float x);

#endif
