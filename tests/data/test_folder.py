from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moteflow.data import SUBSETS, AudioConfig, Dataset, FolderConfig, Rejection, ingest
from moteflow.errors import DatasetError

SPEAKER = r"^([a-z])_"
SPEECH_COMMANDS_SPEAKER = r"^(?:[a-z]+_)?([0-9a-f]+)_nohash"


def _ingest(
    path: Path, audio: AudioConfig, seed: int = 1, **options: object
) -> tuple[Dataset, tuple[Rejection, ...]]:
    return ingest(FolderConfig(str(path), **options), audio, seed, Path("unused"))


def _counts(dataset: Dataset, subset: str) -> Counter[str]:
    return Counter(clip.label for clip in dataset.subsets[subset].clips)


def _assert_apart(dataset: Dataset) -> None:
    for key in ("group", "sha256"):
        seen = [{getattr(c, key) for c in dataset.subsets[s].clips} for s in SUBSETS]
        assert not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2]), key


def _reasons(rejections: tuple[Rejection, ...]) -> dict[str, str]:
    return {rejection.name: rejection.reason for rejection in rejections}


def test_speakers_stay_in_one_subset(words: Path, audio: AudioConfig) -> None:
    dataset, rejections = _ingest(words, audio, group_pattern=SPEAKER)
    assert rejections == ()
    assert dataset.labels == ("left", "no", "yes")
    assert sum(len(dataset.subsets[s].clips) for s in SUBSETS) == 36
    _assert_apart(dataset)
    for subset in SUBSETS:
        part = dataset.subsets[subset]
        assert set(_counts(dataset, subset)) == {"left", "no", "yes"}
        assert part.samples.shape == (len(part.clips), 2000) and part.samples.dtype == np.int16
        assert [dataset.labels[t] for t in part.targets] == [c.label for c in part.clips]
        assert {c.group for c in part.clips} <= set("abcdef")


def test_without_pattern_every_file_is_its_own_group(words: Path, audio: AudioConfig) -> None:
    dataset, _ = _ingest(words, audio)
    assert all(clip.group == clip.name for s in SUBSETS for clip in dataset.subsets[s].clips)


def test_order_of_the_file_system_and_cores_do_not_matter(
    words: Path, audio: AudioConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = _ingest(words, audio, group_pattern=SPEAKER)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    for path in sorted(words.rglob("*.wav"), reverse=True):
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
    second, _ = _ingest(words, audio, group_pattern=SPEAKER)
    for subset in SUBSETS:
        assert first.subsets[subset].clips == second.subsets[subset].clips
        assert np.array_equal(first.subsets[subset].samples, second.subsets[subset].samples)


def test_unknown_is_drawn_from_other_words(words: Path, audio: AudioConfig) -> None:
    dataset, _ = _ingest(words, audio, labels=["yes", "_unknown_"], group_pattern=SPEAKER)
    clips = [clip for s in SUBSETS for clip in dataset.subsets[s].clips]
    assert Counter(clip.label for clip in clips) == {"yes": 12, "_unknown_": 12}
    origins = {c.name.split("/")[0] for c in clips if c.label == "_unknown_"}
    assert origins == {"left", "no"}
    _assert_apart(dataset)
    half, _ = _ingest(words, audio, labels=["yes", "_unknown_"], unknown_fraction=0.5)
    assert sum(_counts(half, s)["_unknown_"] for s in SUBSETS) == 6


def test_silence_is_drawn_from_the_noise_of_its_subset(
    words: Path, hum: Path, audio: AudioConfig
) -> None:
    dataset, _ = _ingest(words, audio, labels=["yes", "no", "_silence_"], background=str(hum))
    for subset in SUBSETS:
        silence = [c for c in dataset.subsets[subset].clips if c.label == "_silence_"]
        assert len(silence) == round((len(dataset.subsets[subset].clips) - len(silence)) / 2)
        assert {c.group for c in silence} == {f"_silence_/{subset}"}
    assert {s: len(dataset.noise[s]) for s in SUBSETS} == {
        "train": 2 * 16800,
        "validation": 2 * 2400,
        "test": 2 * 4800,
    }
    _assert_apart(dataset)


def test_mute_noise_never_puts_one_silence_in_two_subsets(
    words: Path, tmp_path: Path, audio: AudioConfig
) -> None:
    (tmp_path / "mute").mkdir()
    soundfile.write(tmp_path / "mute" / "zeros.wav", np.zeros(24000), 8000)
    dataset, _ = _ingest(
        words,
        audio,
        labels=["yes", "no", "_silence_"],
        background=str(tmp_path / "mute"),
        silence_fraction=20.0,
    )
    _assert_apart(dataset)


def test_long_silence_is_cut_into_windows(words: Path, audio: AudioConfig) -> None:
    for number in range(3):
        signal = np.random.default_rng(100 + number).uniform(-0.1, 0.1, 9000)
        (words / "_silence_").mkdir(exist_ok=True)
        soundfile.write(words / "_silence_" / f"{number}.wav", signal, 8000)
    dataset, _ = _ingest(words, audio, labels=["yes", "_silence_"], group_pattern=SPEAKER)
    silence = [c for s in SUBSETS for c in dataset.subsets[s].clips if c.label == "_silence_"]
    assert sorted(c.name for c in silence) == [
        f"_silence_/{n}.wav#{k}" for n in range(3) for k in range(4)
    ]
    _assert_apart(dataset)


def test_background_folder_inside_the_path_is_noise(
    words: Path, hum: Path, audio: AudioConfig
) -> None:
    hum.rename(words / "_background_noise_")
    dataset, rejections = _ingest(words, audio)
    assert dataset.labels == ("left", "no", "yes") and rejections == ()
    assert len(dataset.noise["test"]) == 2 * 4800


def test_same_audio_joins_its_speakers(words: Path, audio: AudioConfig) -> None:
    soundfile.write(words / "yes" / "b_9.wav", *soundfile.read(words / "yes" / "a_0.wav"))
    (words / "no" / "c_9.wav").write_bytes((words / "no" / "b_0.wav").read_bytes())
    dataset, rejections = _ingest(words, audio, group_pattern=SPEAKER)
    assert _reasons(rejections) == {
        "yes/b_9.wav": "the same samples as yes/a_0.wav, which stays",
        "no/c_9.wav": "the same samples as no/b_0.wav, which stays",
    }
    groups = {c.name: c.group for s in SUBSETS for c in dataset.subsets[s].clips}
    assert {g for name, g in groups.items() if name.split("/")[1][0] in "abc"} == {"a"}
    _assert_apart(dataset)


def test_same_audio_under_two_labels_is_rejected_twice(words: Path, audio: AudioConfig) -> None:
    (words / "no" / "a_9.wav").write_bytes((words / "yes" / "a_0.wav").read_bytes())
    dataset, rejections = _ingest(words, audio, group_pattern=SPEAKER)
    reason = "the same samples are labelled ['no', 'yes']"
    assert _reasons(rejections) == {"no/a_9.wav": reason, "yes/a_0.wav": reason}
    names = {c.name for s in SUBSETS for c in dataset.subsets[s].clips}
    assert not names & {"no/a_9.wav", "yes/a_0.wav"}


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from("pq"), st.sampled_from("abcdefghij"), st.integers(0, 11)),
        min_size=12,
        max_size=30,
    ),
    st.integers(0, 3),
)
def test_no_group_and_no_samples_are_in_two_subsets(
    tmp_path_factory: pytest.TempPathFactory, takes: list[tuple[str, str, int]], seed: int
) -> None:
    root = tmp_path_factory.mktemp("random")
    base = [
        (label, speaker, 100 + i) for i, (label, speaker) in enumerate(["pk", "pl", "qm", "qn"])
    ]
    for number, (label, speaker, sound) in enumerate([*base, *takes]):
        (root / label).mkdir(exist_ok=True)
        signal = np.random.default_rng(sound).uniform(-0.5, 0.5, 80)
        soundfile.write(root / label / f"{speaker}_{number}.wav", signal, 8000)
    dataset, rejections = _ingest(root, AudioConfig(8000, 100), seed, group_pattern=SPEAKER)
    _assert_apart(dataset)
    n_clips = sum(len(dataset.subsets[s].clips) for s in SUBSETS)
    assert n_clips + sum("/" in r.name for r in rejections) == 4 + len(takes)


def test_bad_files_are_rejected_with_reasons_and_others_passed_over(
    words: Path, audio: AudioConfig
) -> None:
    yes = words / "yes"
    (yes / "a_empty.wav").touch()
    (yes / "a_text.wav").write_text("not audio, though it is called so")
    (yes / "a_short.wav").write_bytes((yes / "a_0.wav").read_bytes()[:-200])
    soundfile.write(yes / "a_nan.wav", np.array([0.1, np.nan]), 8000, subtype="FLOAT")
    soundfile.write(yes / "a_mute.wav", np.zeros(100), 8000)
    soundfile.write(yes / "nobody.wav", np.full(100, 0.1), 8000)
    soundfile.write(words / "stray_0.wav", np.full(100, 0.2), 8000)
    (yes / "a_song.mp3").write_bytes(b"ID3")
    (yes / "README.md").write_text("about")
    (yes / ".a_hidden.wav").write_text("about")
    (words / "loop").symlink_to(words, target_is_directory=True)
    dataset, rejections = _ingest(words, audio, group_pattern=SPEAKER)
    reasons = _reasons(rejections)
    assert sum(len(dataset.subsets[s].clips) for s in SUBSETS) == 36
    assert set(reasons) == {
        "loop", "stray_0.wav", "yes/a_empty.wav", "yes/a_mute.wav", "yes/a_nan.wav",
        "yes/a_short.wav", "yes/a_song.mp3", "yes/a_text.wav", "yes/nobody.wav",
    }  # fmt: skip
    assert "zero bytes" in reasons["yes/a_empty.wav"]
    assert "truncated" in reasons["yes/a_short.wav"]
    assert "NaN" in reasons["yes/a_nan.wav"]
    assert "silence" in reasons["yes/a_mute.wav"]
    assert "group_pattern" in reasons["yes/nobody.wav"]
    assert "convert" in reasons["yes/a_song.mp3"]


def test_file_name_that_is_not_utf8_is_rejected(words: Path, audio: AudioConfig) -> None:
    source = words / "yes" / "a_0.wav"
    try:
        target = Path(str(words / "yes" / "a_") + b"\xff.wav".decode(errors="surrogateescape"))
        target.write_bytes(source.read_bytes())
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    _, rejections = _ingest(words, audio, group_pattern=SPEAKER)
    assert [r.reason for r in rejections] == ["the file name is not UTF-8"]


def test_label_of_any_printable_text(words: Path, audio: AudioConfig) -> None:
    (words / "left").rename(words / '"; rm -rf')
    (words / "no").rename(words / "int")
    (words / "yes").rename(words / "größe")
    dataset, _ = _ingest(words, audio, labels=["int", '"; rm -rf', "größe"])
    assert dataset.labels == ("int", '"; rm -rf', "größe")


def test_label_with_control_characters_is_refused(words: Path, audio: AudioConfig) -> None:
    (words / "yes").rename(words / "ye\ns")
    with pytest.raises(DatasetError, match="control characters"):
        _ingest(words, audio)


def test_label_without_recordings_is_refused(words: Path, audio: AudioConfig) -> None:
    with pytest.raises(DatasetError, match=r"\['maybe'\].*\['left', 'no', 'yes'\]"):
        _ingest(words, audio, labels=["yes", "maybe"])


def test_path_without_recordings_is_refused(tmp_path: Path, audio: AudioConfig) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(DatasetError, match=str(path)):
            _ingest(path, audio)
    with pytest.raises(DatasetError, match="None"):
        ingest(FolderConfig(None), audio, 0, tmp_path)


def test_label_of_rejected_files_only_is_refused_with_their_reasons(
    words: Path, audio: AudioConfig
) -> None:
    for path in (words / "yes").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DatasetError, match=r"train.*\['yes'\].*12 rejected.*zero bytes"):
        _ingest(words, audio, labels=["yes", "no"])


def test_single_speaker_cannot_be_tested(words: Path, audio: AudioConfig) -> None:
    with pytest.raises(DatasetError, match=r"test subset.*more groups"):
        _ingest(words, audio, group_pattern="(wav)")


def test_pattern_that_fits_no_file_is_refused(words: Path, audio: AudioConfig) -> None:
    with pytest.raises(DatasetError, match=r"does not fit dataset\.group_pattern"):
        _ingest(words, audio, group_pattern="(speaker)")


def test_validation_without_a_label_is_reported(words: Path, audio: AudioConfig) -> None:
    for speaker in "cdef":
        for take in (0, 1):
            (words / "yes" / f"{speaker}_{take}.wav").unlink()
    _, rejections = _ingest(words, audio, group_pattern=SPEAKER)
    assert rejections == (Rejection("validation", "the subset has no clips of ['yes']"),)


def test_unknown_and_silence_need_a_source(words: Path, audio: AudioConfig) -> None:
    with pytest.raises(DatasetError, match="_unknown_ needs"):
        _ingest(words, audio, labels=["left", "no", "yes", "_unknown_"])
    with pytest.raises(DatasetError, match=r"_silence_ needs.*dataset\.background"):
        _ingest(words, audio, labels=["no", "yes", "_silence_"])


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("label_pattern", "(", "regular expression"),
        ("group_pattern", "abc", "parentheses"),
        ("validation_fraction", 0.9, "less than 1"),
        ("unknown_fraction", 0.0, "positive"),
    ],
)
def test_impossible_settings_are_refused(key: str, value: object, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        replace(FolderConfig("somewhere"), **{key: value})


def test_speech_commands_recordings(shared_data: Path) -> None:
    recordings = shared_data / "audio"
    config = FolderConfig(
        str(recordings / "speech_commands_v0.02_testset"),
        labels=["yes", "no", "_unknown_", "_silence_"],
        group_pattern=SPEECH_COMMANDS_SPEAKER,
        background=str(recordings / "background_noise"),
    )
    dataset, rejections = ingest(config, AudioConfig(16000, 16000), 0, Path("unused"))
    _assert_apart(dataset)
    total = sum((_counts(dataset, s) for s in SUBSETS), Counter())
    assert total == {"yes": 243, "no": 243, "_unknown_": 267, "_silence_": 245}
    assert len(rejections) == 18
    assert all(r.reason.startswith("the same samples as") for r in rejections)
    for label, n_clips in total.items():
        assert abs(_counts(dataset, "test")[label] / n_clips - 0.2) < 0.02
    unknown = {c.group for s in SUBSETS for c in dataset.subsets[s].clips if c.label == "_unknown_"}
    assert "0c540988" in unknown


def test_flat_folder_of_digits(shared_data: Path) -> None:
    config = FolderConfig(
        str(shared_data / "audio" / "fsdd"),
        label_pattern=r"^(?P<label>\d)_",
        group_pattern=r"_(?P<group>[a-z]+)_",
    )
    dataset, rejections = ingest(config, AudioConfig(8000, 8000), 0, Path("unused"))
    assert dataset.labels == tuple("0123456789") and rejections == ()
    speakers = {s: {c.group for c in dataset.subsets[s].clips} for s in SUBSETS}
    assert {s: len(speakers[s]) for s in SUBSETS} == {"train": 2, "validation": 1, "test": 1}
    assert set().union(*speakers.values()) == {"jackson", "nicolas", "theo", "yweweler"}


def test_float_and_32_bit_recordings_at_48_khz(shared_data: Path) -> None:
    config = FolderConfig(str(shared_data / "audio" / "format_variety"))
    dataset, rejections = ingest(config, AudioConfig(16000, 16000), 0, Path("unused"))
    assert dataset.labels == ("archie", "goodnight", "joke") and rejections == ()
    assert _counts(dataset, "train") == {"archie": 2, "goodnight": 2, "joke": 2}
    assert all((np.abs(dataset.subsets[s].samples).max(axis=1) > 500).all() for s in SUBSETS)
