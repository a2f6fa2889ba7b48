"""conf/ is composed into params.yaml, which becomes dataclasses."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from moteflow.composition import compose
from moteflow.data import FolderConfig, SyntheticSpeechConfig
from moteflow.dsp.blocks.mfe import MfeConfig
from moteflow.errors import FeatureError, ParamsError
from moteflow.params import Params, load_params


@pytest.fixture(autouse=True)
def inside(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose where people do."""
    monkeypatch.chdir(root)


@pytest.fixture
def composed(root: Path, tmp_path: Path) -> Callable[..., Params]:
    """Compose with overrides, read what came out."""

    def load(*overrides: str) -> Params:
        path = tmp_path / "params.yaml"
        path.write_text(compose(root / "conf", overrides))
        return load_params(path, root / "conf")

    return load


def test_the_committed_params_are_the_composition_of_conf(root: Path) -> None:
    assert (root / "params.yaml").read_text() == compose(root / "conf", [])


def test_defaults_speak_without_a_download(composed: Callable[..., Params]) -> None:
    params = composed()
    assert isinstance(params.dataset, SyntheticSpeechConfig)
    assert params.model_name == "ds_cnn"
    assert params.verify.target == "stm32f405"
    assert params.features.sample_rate == params.task.sample_rate


@pytest.mark.parametrize(
    "group", ["dataset", "features", "cmvn", "model", "train", "target", "budget"]
)
def test_every_option_of_every_group_fills_its_dataclass(
    composed: Callable[..., Params], root: Path, group: str
) -> None:
    options = sorted(path.stem for path in (root / "conf" / group).glob("*.yaml"))
    assert options
    for option in options:
        composed(f"{group}={option}")


def test_a_relative_path_starts_at_the_repositorys_root(
    composed: Callable[..., Params], root: Path
) -> None:
    params = composed("dataset=folder", "dataset.path=../words", "dataset.labels=[yes,no]")
    assert isinstance(params.dataset, FolderConfig)
    assert params.dataset.path == str(root.parent / "words")
    assert list(params.dataset.labels or []) == ["yes", "no"]
    assert params.dataset.background is None


def test_a_target_group_sets_the_board_to_verify_on(composed: Callable[..., Params]) -> None:
    assert composed("target=microbit").verify.target == "microbit"
    assert composed("verify.target=microbit").verify.target == "microbit"


def test_integers_serve_as_floats(composed: Callable[..., Params]) -> None:
    params = composed("features=mfe", "features.fmin=50", "budget.min_int8_accuracy=1")
    assert isinstance(params.features, MfeConfig)
    assert params.features.fmin == 50.0


def test_integer_features_are_not_normalized(composed: Callable[..., Params]) -> None:
    with pytest.raises(FeatureError, match=r"cmvn=sliding needs float.*int32_t.*microfrontend"):
        composed("features=microfrontend", "cmvn=sliding")


def test_digits_are_labels(composed: Callable[..., Params]) -> None:
    params = composed("dataset=folder", "dataset.labels=[0,1]")
    assert list(params.dataset.labels or []) == ["0", "1"]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["train.epochs=many"], "train"),
        (["+train.epoch=3"], "epoch"),
        (["model.name=resnet"], r"`model.name` must be one of .*Received: 'resnet'"),
        (["dataset.labels=[true,no]"], "dataset"),
        (["seed=null"], "`seed` must be an integer"),
        (["~quantize.n_calibration"], "quantize"),
        (["model=resnet"], "cannot be composed"),
    ],
)
def test_wrong_parameters_are_named(
    composed: Callable[..., Params], overrides: list[str], message: str
) -> None:
    with pytest.raises(ParamsError, match=message):
        composed(*overrides)


def test_params_from_another_conf_are_stale(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    tree = yaml.safe_load(compose(root / "conf", [])) | {"conf_sha256": "0" * 64}
    path.write_text(yaml.safe_dump(tree))
    with pytest.raises(ParamsError, match="dvc exp run"):
        load_params(path, root / "conf")


@pytest.mark.parametrize("content", [None, "seed: [", "- a list"])
def test_an_unreadable_file_says_how_to_make_one(
    root: Path, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "params.yaml"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ParamsError):
        load_params(path, root / "conf")
