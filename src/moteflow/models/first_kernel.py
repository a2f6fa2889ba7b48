"""The first convolution of an audio network, sized to the features it sees."""

from dataclasses import dataclass

from moteflow.errors import ModelError

MAP_FRAMES = 25
MAP_FEATURES = 5


@dataclass(frozen=True)
class FirstKernel:
    """Kernel and strides as (frames, features)."""

    size: tuple[int, int]
    strides: tuple[int, int]


def first_kernel(input_shape: tuple[int, int]) -> FirstKernel:
    """Choose the kernel that brings any (n_frames, n_features) to a map of about 25 x 5.

    49 x 10 gives the 10 x 4 kernel with strides 2 x 2 of MLPerf Tiny's keyword network; 49 x 40
    gives 10 x 16 with strides 2 x 8, so that the layers after it cost the same. Raises ModelError
    if the kernel is larger than the input.
    """
    n_frames, n_features = input_shape
    strides = (max(1, round(n_frames / MAP_FRAMES)), max(1, round(n_features / MAP_FEATURES)))
    size = (5 * strides[0], 2 * strides[1])
    if n_frames < size[0] or n_features < size[1]:
        raise ModelError(
            f"The input must not be smaller than the first kernel, {size[0]} x {size[1]}. "
            f"Received: {n_frames} frames x {n_features} features. "
            "Use a longer window, a shorter hop_length, or model=fully_connected."
        )
    return FirstKernel(size, strides)
