"""RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR: the generated C equals TFLM, byte for byte."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moteflow.errors import UnsupportedOpError
from moteflow.graph import import_tflite

RANDOM = settings(
    max_examples=10,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
MODES = st.sampled_from([(False, False), (True, False), (False, True)])
SIZES = st.tuples(st.integers(1, 9), st.integers(1, 9))

Resize = tuple[str, str, tuple[int, int], tuple[int, int], int, tuple[bool, bool]]


@st.composite
def resizes(draw: Any) -> Resize:
    kind = draw(st.sampled_from(["RESIZE_NEAREST_NEIGHBOR", "RESIZE_BILINEAR"]))
    dtype = draw(st.sampled_from(["int8", "int16"])) if "NEAREST" in kind else "int8"
    factor = draw(st.sampled_from([1, 2, 3]))
    size = draw(SIZES)
    resized = (size[0] * factor, size[1] * factor) if draw(st.booleans()) else draw(SIZES)
    return kind, dtype, size, resized, draw(st.integers(1, 5)), draw(MODES)


def model_of(resizes: list[Resize], builder: Any) -> bytes:
    model = builder()
    sources, outputs = [], []
    for kind, dtype, size, resized, channels, (corners, centers) in resizes:
        sources.append(model.tensor((2, *size, channels), dtype, scale=0.1))
        outputs.append(model.tensor((2, *resized, channels), dtype, scale=0.1))
        target = model.tensor((2,), "int32", data=np.array(resized))
        options = {"alignCorners": corners, "halfPixelCenters": centers}
        model.op(kind, [sources[-1], target], outputs[-1], **options)
    return model.build(sources, outputs)


@given(st.lists(resizes(), min_size=4, max_size=8))
@RANDOM
def test_resizes_equal_tflm(builder: Any, equals_reference: Any, resizes: list[Resize]) -> None:
    equals_reference(model_of(resizes, builder), n_cases=2, sanitize=True)


def test_resizes_equal_tflm_on_a_board(builder: Any, equals_reference: Any) -> None:
    resizes: list[Resize] = [
        (kind, "int8", size, resized, 3, mode)
        for kind in ("RESIZE_NEAREST_NEIGHBOR", "RESIZE_BILINEAR")
        for size, resized in (((3, 4), (6, 8)), ((7, 5), (4, 9)))
        for mode in ((False, False), (True, False), (False, True))
    ]
    equals_reference(model_of(resizes, builder), n_cases=2, target="mps2_an386")


def test_a_size_whose_arithmetic_leaves_the_image_is_refused(builder: Any) -> None:
    bad: Resize = ("RESIZE_BILINEAR", "int8", (1, 4), (96, 4), 1, (False, False))
    with pytest.raises(UnsupportedOpError, match="stay inside 1 elements"):
        import_tflite(model_of([bad], builder))
