import numpy as np

from moteflow.training.speed import change_speed

SIZE = 8000
CYCLES = 400  # of a sine in one window


def sines(n: int) -> np.ndarray:
    wave = 10000 * np.sin(2 * np.pi * CYCLES * np.arange(SIZE) / SIZE)
    return np.tile(np.rint(wave).astype(np.int16), (n, 1))


def test_without_a_change_the_clips_stay() -> None:
    clips = sines(3)

    np.testing.assert_array_equal(change_speed(clips, 0.0, np.random.default_rng(0)), clips)


def test_the_pitch_moves_within_the_range_and_around_the_middle() -> None:
    changed = change_speed(sines(50), 0.2, np.random.default_rng(0))

    middle = changed[:, SIZE // 4 : 3 * SIZE // 4] * np.hanning(SIZE // 2)
    cycles = 2 * np.abs(np.fft.rfft(middle)).argmax(axis=1)
    speeds = np.random.default_rng(0).uniform(0.8, 1.2, 50)
    assert np.abs(cycles - CYCLES * speeds).max() <= 2
    assert changed.dtype == np.int16
    np.testing.assert_array_equal(changed[speeds > 1.1][:, [0, -1]], 0)


def test_an_impulse_in_the_middle_does_not_move() -> None:
    clip = np.zeros((1, 101), np.int16)
    clip[0, 50] = 1000

    changed = change_speed(clip, 0.3, np.random.default_rng(1))

    assert changed[0].argmax() == 50
    assert changed[0, 50] == 1000
