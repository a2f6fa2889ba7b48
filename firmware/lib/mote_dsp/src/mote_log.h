/* Natural logarithm without libm: the same bits on every machine. */
#ifndef MOTE_LOG_H
#define MOTE_LOG_H

/* log(x) for a positive, normal, finite x; anything else gives a meaningless number.
 * At most 1 ulp (LOG_ERROR_ULP below) from the exact value; log(1) is 0. */
float mote_log_f32(float x);

#endif
