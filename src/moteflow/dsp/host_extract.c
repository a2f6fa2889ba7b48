/* What only the host needs: whole arrays in one call, so that Python threads run side by side. */

#include "mote_features.h"
#include "mote_lane.h"

#ifdef MOTE_LANES
#define N_LANES MOTE_LANES
#else
#define N_LANES 1
#endif

/* Values of each clip that are laid side by side at once; they stay in the first-level cache. */
#define CHUNK_LENGTH 256

/* A stream of N_LANES clips, the last of them repeated where there are fewer. */
typedef struct {
    mote_features_t features;
    const void *lanes[N_LANES]; /* each the values of a clip: int16_t or float */
} group_t;

size_t host_n_lanes(void) {
    return N_LANES;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* chunk[i][lane] is value `start + i` of each lane's clip, for i < count. */
static void interleave(const group_t *group, size_t start, size_t count, mote_lane_t *chunk) {
    for (size_t lane = 0; lane < N_LANES; lane++) {
        if (group->features.config->sample_type == MOTE_SAMPLES_F32) {
            const float *from = (const float *)group->lanes[lane] + start;
            float *to = (float *)chunk + lane;
            for (size_t i = 0; i < count; i++) {
                to[i * N_LANES] = from[i];
            }
        } else {
            const int16_t *from = (const int16_t *)group->lanes[lane] + start;
            int16_t *to = (int16_t *)chunk + lane;
            for (size_t i = 0; i < count; i++) {
                to[i * N_LANES] = from[i];
            }
        }
    }
}

/* values[lane][stride] gets row[i][lane] at i < n_features, 4 bytes each, for lane < n_clips. */
static void spread(const char *row, size_t n_features, size_t n_clips, char *values,
                   size_t stride) {
    for (size_t lane = 0; lane < n_clips; lane++) {
        for (size_t i = 0; i < n_features; i++) {
            memcpy(values + 4 * (lane * stride + i), row + 4 * (i * N_LANES + lane), 4);
        }
    }
}

/* Streams the group's clips through the block; false if it refused a sample. */
static bool extract(group_t *group, size_t n_clips, size_t n_samples, size_t stride, void *row,
                    char *values) {
    mote_lane_t chunk[CHUNK_LENGTH];
    const mote_features_config_t *config = group->features.config;
    const size_t value_size = config->sample_type == MOTE_SAMPLES_F32 ? 4 : 2;
    const size_t sample_size = N_LANES * value_size * config->n_axes;
    mote_features_reset(&group->features);
    for (size_t start = 0; start < n_samples;) {
        const size_t count = smaller(CHUNK_LENGTH / config->n_axes, n_samples - start);
        interleave(group, start * config->n_axes, count * config->n_axes, chunk);
        for (size_t used = 0; used < count;) {
            size_t taken;
            bool ready;
            if (mote_features_push(&group->features, (char *)chunk + used * sample_size,
                                   count - used, &taken, row, &ready) != MOTE_FEATURES_OK) {
                return false;
            }
            used += taken;
            if (ready) {
                spread(row, config->n_features, n_clips, values, stride);
                values += 4u * config->n_features;
            }
        }
        start += count;
    }
    return true;
}

/* Streams each of samples[n_clips][n_samples][n_axes] through the block from its first sample on,
 * and writes values[n_clips][n_frames][n_features], 4 bytes each. n_axes is at most CHUNK_LENGTH;
 * config->state_size is that of all lanes. frame, state, scratch and row[n_features], all of
 * host_n_lanes() lanes and aligned to a lane, are this thread's own. Returns n_clips or, if a
 * sample was refused, the number of clips before the group of lanes in which that happened. */
size_t host_extract(const mote_features_config_t *config, const char *samples, size_t n_clips,
                    size_t n_samples, size_t n_frames, void *frame, void *state, void *scratch,
                    void *row, char *values) {
    const size_t value_size = config->sample_type == MOTE_SAMPLES_F32 ? 4 : 2;
    const size_t clip_size = n_samples * config->n_axes * value_size;
    const size_t stride = n_frames * config->n_features;
    group_t group;
    mote_features_init(&group.features, config, frame, state, scratch);
    for (size_t first = 0; first < n_clips; first += N_LANES) {
        const size_t in_group = smaller(N_LANES, n_clips - first);
        for (size_t lane = 0; lane < N_LANES; lane++) {
            group.lanes[lane] = samples + (first + smaller(lane, in_group - 1)) * clip_size;
        }
        if (!extract(&group, in_group, n_samples, stride, row, values + 4 * first * stride)) {
            return first;
        }
    }
    return n_clips;
}
