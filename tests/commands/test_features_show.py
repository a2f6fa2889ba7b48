"""`moteflow features show`: the page, and what it draws."""

import base64
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile

from moteflow.commands.features_show import look, run, spectrogram_of
from moteflow.composition import compose_features
from moteflow.dsp import BLOCKS, FeatureConfig, extract
from moteflow.dsp.blocks.spectral import SpectralConfig

EXTERNAL = ("src", "href", "xlink:href", "data", "action")


class Outline(HTMLParser):
    """Tags, headings, the table of features and whatever would be loaded from elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.headings: list[str] = []
        self.comments: list[str] = []
        self.cells: list[str] = []
        self.loaded: list[str] = []
        self.images: list[bytes] = []
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside = tag
        if tag in ("h1", "h2"):
            self.headings.append("")
        if tag in ("td", "th"):
            self.cells.append("")
        for name, value in attrs:
            if name in EXTERNAL and value and not value.startswith(("#", "data:")):
                self.loaded.append(value)
            if name == "xlink:href" and value and value.startswith("data:image/png;base64,"):
                self.images.append(base64.b64decode(value.split(",")[1]))

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in ("h1", "h2"):
            self.headings[-1] += data
        if self._inside in ("td", "th"):
            self.cells[-1] += data

    def handle_comment(self, data: str) -> None:
        """matplotlib writes each text that it draws as a comment before its outlines."""
        self.comments.append(data.strip())


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """A second of 1 kHz at half of full scale."""
    path = tmp_path / "tone.wav"
    signal = np.rint(16384 * np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000))
    soundfile.write(path, signal.astype(np.int16), 16000, subtype="PCM_16")
    return path


@pytest.fixture
def shaking(tmp_path: Path) -> Path:
    """Five seconds at 100 Hz: x at 10 Hz with amplitude 2, y still, z at 25 Hz; and noise."""
    instants = np.arange(500) / 100
    axes = [2 * np.sin(2 * np.pi * 10 * instants), 0 * instants, np.sin(50 * np.pi * instants)]
    noise = np.random.default_rng(1).normal(scale=1e-3, size=(3, 500))
    path = tmp_path / "shaking.csv"
    np.savetxt(path, (np.stack(axes) + noise).T, delimiter=",", header="x,y,z", comments="")
    return path


def block(root: Path, *overrides: str) -> FeatureConfig:
    return compose_features(root / "conf", overrides)


def page_of(config: FeatureConfig, path: Path, output: Path, columns: tuple[str, ...] = ()) -> str:
    assert run(config, [path], columns, output) == 0
    return output.read_text(encoding="utf-8")


def test_a_page_of_sound_has_every_step_to_the_coefficients(
    root: Path, tone: Path, tmp_path: Path
) -> None:
    html = page_of(block(root, "features=mfcc"), tone, tmp_path / "page.html")
    outline = Outline(html)
    assert outline.headings == ["Features: mfcc", str(tone)]
    drawn = " ".join(outline.comments)
    order = [drawn.index(title) for title in ("samples", "spectrogram, dB", "mfe", "mfcc, each")]
    assert order == sorted(order)
    assert "filter response" not in drawn
    pictures = [image for image in outline.images if image.startswith(b"\x89PNG")]
    assert len(pictures) >= 3 and len(set(pictures)) >= 3
    assert {"mfcc 0", "mfcc 9", "mean", "min", "max", "n_mels", "40"} <= set(outline.cells)


def test_a_page_of_motion_has_axes_and_the_filter(
    root: Path, shaking: Path, tmp_path: Path
) -> None:
    html = page_of(block(root, "features=spectral"), shaking, tmp_path / "page.html")
    outline = Outline(html)
    assert {"x", "y", "z", "filter response, dB"} <= set(outline.comments)
    assert {"x rms", "z 50 Hz", "0 s", "1.25 s", "3.75 s"} <= set(outline.cells)
    x_rms = outline.cells[outline.cells.index("x rms") + 1]
    assert float(x_rms) == pytest.approx(2 / np.sqrt(2), rel=0.05)


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_every_block_has_a_page_that_loads_nothing(
    name: str, root: Path, tone: Path, shaking: Path, tmp_path: Path
) -> None:
    config = block(root, f"features={name}")
    path = tone if config.n_axes == 1 else shaking
    html = page_of(config, path, tmp_path / "page.html")
    assert html == page_of(config, path, tmp_path / "again.html")
    outline = Outline(html)
    assert not outline.loaded
    assert not {"script", "link", "iframe", "img", "object"} & set(outline.tags)
    assert not re.search(r"url\((?!#)|@import", html)
    assert set(config.feature_names) <= set(outline.cells)


def test_the_features_shown_are_the_devices(root: Path, tone: Path) -> None:
    config = block(root, "features=mfcc")
    samples = soundfile.read(tone, dtype="int16")[0]
    seen = look(tone, config, spectrogram_of(config), ())
    np.testing.assert_array_equal(seen.features, extract(samples[None], config)[0])
    [mfe] = seen.steps
    same = ("n_mels", "fmax", "frame_length", "hop_length", "log_floor")
    overrides = [f"features.{name}={getattr(config, name)}" for name in same]
    expected = extract(samples[None], block(root, "features=mfe", *overrides))[0]
    np.testing.assert_array_equal(mfe, expected)


def test_a_sine_shows_its_amplitude_and_frequency(root: Path, tone: Path, shaking: Path) -> None:
    for name, path, hertz, amplitude in (
        ("mfcc", tone, 1000, 0.5),
        ("flatten", shaking, 10, 2.0),
    ):
        config = block(root, f"features={name}")
        spectrogram = spectrogram_of(config)
        seen = look(path, config, spectrogram, ())
        per_axis = seen.spectrogram.reshape(len(seen.spectrogram), spectrogram.n_axes, -1)
        mean = per_axis[:, 0].mean(axis=0)
        width = spectrogram.sample_rate / spectrogram.n_fft
        assert mean.argmax() * width == pytest.approx(hertz, abs=width)
        # Between two bins a Hann window loses at most 1.42 dB.
        assert -1.5 <= mean.max() - 20 * np.log10(amplitude) <= 0.1


@pytest.mark.parametrize(
    "overrides",
    [
        ("features=raw", "features.frame_length=1", "features.hop_length=1"),
        ("features=raw", "features.frame_length=500", "features.hop_length=500"),
        ("features=flatten", "features.frame_length=2", "features.hop_length=499"),
    ],
)
def test_frames_may_be_short_long_or_single(
    overrides: tuple[str, ...], root: Path, shaking: Path, tmp_path: Path
) -> None:
    assert "<svg" in page_of(block(root, *overrides), shaking, tmp_path / "page.html")


def test_a_long_recording_makes_no_long_page(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    noise = np.random.default_rng(0).integers(-32768, 32768, 16000 * 120, dtype=np.int16)
    soundfile.write(path, noise, 16000, subtype="PCM_16")
    assert len(page_of(block(root, "features=mfcc"), path, tmp_path / "page.html")) < 2_000_000


def test_hostile_names_are_text(root: Path, tone: Path, tmp_path: Path) -> None:
    hostile = tone.rename(tmp_path / "<script>alert('$x^')<&.wav")
    html = page_of(block(root), hostile, tmp_path / "page.html")
    outline = Outline(html)
    assert "script" not in outline.tags
    assert outline.headings[1] == str(hostile)


def test_the_response_of_the_filters_is_butterworths(root: Path) -> None:
    frequencies = np.linspace(0, 50, 201)
    config = block(root, "features=spectral", "features.filter_order=6")
    assert isinstance(config, SpectralConfig)
    response = config.filter_response(frequencies)
    assert response is not None
    with np.errstate(divide="ignore", over="ignore"):
        warped = np.tan(np.pi * frequencies / 100) / np.tan(np.pi * 20 / 100)
        expected = 1 / np.sqrt(1 + warped**12)
    np.testing.assert_allclose(response, expected, atol=1e-9)


def test_what_decimation_attenuates_is_part_of_the_response(root: Path) -> None:
    none = block(root, "features=spectral", "features.filter_type=none")
    assert none.filter_response(np.array([1.0])) is None
    words = ("features=spectral", "features.filter_type=none", "features.decimation=4")
    response = block(root, *words).filter_response(np.array([0.0, 8.75, 25.0]))
    assert response == pytest.approx([1, np.sqrt(0.5), 0], abs=1e-3)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("absent.wav",), "absent.wav"),
        (("tone.wav", "text.wav"), "text.wav"),
        (("bad.csv", "features=flatten"), "bad.csv, row 2, column 1"),
        (("tone.wav", "features=flatten"), "read from a .csv file"),
        (("features=mfcc",), "Name a recording"),
    ],
)
def test_what_cannot_be_shown_writes_nothing(
    words: tuple[str, ...], message: str, tone: Path, tmp_path: Path
) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    (tmp_path / "bad.csv").write_text("x,y,z\ntilt,0,0\n")
    command = [sys.executable, "-m", "moteflow.cli", "features", "show", *words]
    done = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True)
    assert done.returncode == 1
    assert message in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.html"))


def test_real_words_and_movements(root: Path, shared_data: Path, tmp_path: Path) -> None:
    word = shared_data / "audio" / "tflm_micro_speech_testdata" / "yes_1000ms.wav"
    walk = next(iter(sorted((shared_data / "motion" / "geotec_har").glob("s*/*.csv"))))
    audio = page_of(block(root, "features=mfcc"), word, tmp_path / "word.html")
    assert "16,000 samples, 1 s" in audio
    motion = page_of(
        block(root, "features=spectral"), walk, tmp_path / "walk.html", ("x_acc", "y_acc", "z_acc")
    )
    assert "z skewness" in Outline(motion).cells
