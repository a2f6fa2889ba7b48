import numpy as np
import pytest
import scipy.signal

from moteflow.dsp.window import Window, window

SCIPY = {
    Window.RECTANGULAR: "boxcar",
    Window.HANN: "hann",
    Window.HAMMING: "hamming",
}


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("length", [2, 3, 480, 641])
@pytest.mark.parametrize("shape", SCIPY)
def test_a_window_is_scipys(shape: Window, length: int, periodic: bool) -> None:
    expected = scipy.signal.get_window(SCIPY[shape], length, fftbins=periodic)
    np.testing.assert_allclose(window(shape, length, periodic), expected, rtol=0, atol=1e-15)


def test_poveys_window_is_kaldis() -> None:
    n = np.arange(400)
    expected = (0.5 - 0.5 * np.cos(2 * np.pi * n / 399)) ** 0.85
    np.testing.assert_allclose(window(Window.POVEY, 400, False), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("shape", Window)
@pytest.mark.parametrize("periodic", [True, False])
def test_a_window_of_one_sample_is_its_first(shape: Window, periodic: bool) -> None:
    np.testing.assert_array_equal(window(shape, 1, periodic), window(shape, 100, periodic)[:1])
