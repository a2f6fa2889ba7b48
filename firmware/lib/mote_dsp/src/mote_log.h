/* Natural logarithm without libm: the same bits on every machine. */
#ifndef MOTE_LOG_H
#define MOTE_LOG_H

/* log(x) for a positive, normal, finite x; anything else gives a meaningless number.
 * Within 0.9 ulp of the exact value (all of them were tried); log(1) is 0. */
float mote_log_f32(float x);

#endif
