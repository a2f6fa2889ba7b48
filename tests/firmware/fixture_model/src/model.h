/* A hand-made model: int8 [4 frames][2 features] -> int8 [3], output[k] = saturate(input . w[k]).
 * model_invoke() overwrites its input, as a generated model may. */
#ifndef MODEL_H
#define MODEL_H

#include <stdint.h>

#define MODEL_NAME "fixture"
#define MODEL_INPUT_SIZE 8u
#define MODEL_OUTPUT_SIZE 3u
#define MODEL_ARENA_SIZE 16u
#define MODEL_INPUT_SCALE 0x1p+5f
#define MODEL_INPUT_ZERO_POINT (-3)
#define MODEL_OUTPUT_SCALE 0x1p-8f
#define MODEL_OUTPUT_ZERO_POINT (-128)
#define MODEL_SHA256 "0000000000000000000000000000000000000000000000000000000000000000"

void model_init(void);
int8_t *model_input(void);
void model_invoke(void);
const int8_t *model_output(void);

#endif
