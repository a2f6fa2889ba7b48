/*
 * Which form of the kernels a target gets: exactly one of MOTE_PORTABLE, MOTE_DSP, MOTE_HELIUM.
 */
#ifndef MOTE_ARCH_H
#define MOTE_ARCH_H

#if defined(__ARM_FEATURE_MVE)
#define MOTE_HELIUM 1
#elif defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_SIMD32)
#define MOTE_DSP 1
#else
#define MOTE_PORTABLE 1
#endif

#endif
