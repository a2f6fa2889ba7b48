import numpy as np
import pytest

from moteflow.dsp import tables


@pytest.mark.parametrize("n_fft", [16, 32, 64, 128, 256, 512, 1024, 2048, 4096])
def test_the_input_order_uses_each_place_once(n_fft: int) -> None:
    order = tables.rfft(n_fft).order
    np.testing.assert_array_equal(np.sort(order), np.arange(n_fft // 2))


def test_tables_are_float32_and_uint16() -> None:
    fft = tables.rfft(256)
    assert fft.twiddles.dtype == np.float32
    assert fft.order.dtype == np.uint16
