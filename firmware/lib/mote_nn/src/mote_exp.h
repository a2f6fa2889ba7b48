/*
 * Exponential and reciprocal in 32-bit fixed point, without tables and without libm.
 *
 * Qm.n has m integer bits, a sign bit and n = 31 - m fraction bits. The results equal gemmlowp's
 * fixed-point functions bit for bit.
 */
#ifndef MOTE_EXP_H
#define MOTE_EXP_H

#include <stdint.h>

/* exp(value) in Q0.31 for value <= 0 in Q5.26. */
int32_t mote_exp_of_negative_q5(int32_t value);

/* 1 / (1 + value) in Q0.31 for value in [0, 1) in Q0.31. */
int32_t mote_one_over_one_plus_q0(int32_t value);

#endif
