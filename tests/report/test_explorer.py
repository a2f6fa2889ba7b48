"""Training clips as points."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moteflow.report.explorer import MOST_POINTS, embed, explore, project, sample
from moteflow.report.standardize import standardize


@pytest.fixture
def clips() -> np.ndarray:
    """float32 [40, 5, 3]: two groups far apart, and a feature that never changes."""
    features = np.random.default_rng(0).normal(size=(40, 5, 3)).astype(np.float32)
    features[20:] += 8
    features[:, 0, 0] = 3
    return features


@given(st.integers(0, 10 * MOST_POINTS))
def test_a_sample_is_spread_over_all_clips(n_clips: int) -> None:
    drawn = sample(n_clips)
    assert len(drawn) == min(n_clips, MOST_POINTS)
    assert n_clips == 0 or (drawn[0] == 0 and drawn[-1] < n_clips)
    gaps = np.diff(drawn)
    assert (gaps >= 1).all() and (len(gaps) == 0 or gaps.max() - gaps.min() <= 1)


def test_principal_components_are_those_of_the_covariance(clips: np.ndarray) -> None:
    values = clips.reshape(40, -1).astype(np.float64)
    values -= values.mean(axis=0)
    points, shares = project(values)
    variances = np.linalg.eigvalsh(np.cov(values.T))[::-1]
    assert shares == pytest.approx(tuple(variances[:2] / variances.sum()))
    assert points.var(axis=0, ddof=1) == pytest.approx(variances[:2], rel=1e-3)
    mirrored, _ = project(-values)
    np.testing.assert_allclose(mirrored, -points)


def test_rounding_is_not_taken_for_a_difference() -> None:
    features = np.full((40, 2), np.float32(0.1))
    features[0, 0] = np.nextafter(np.float32(0.1), np.float32(1))
    features[:, 1] = np.arange(40)
    values = standardize(features)
    assert not values[:, 0].any()
    assert values[:, 1].mean() == pytest.approx(0) and values[:, 1].std() == pytest.approx(1)


def test_groups_lie_apart(clips: np.ndarray) -> None:
    names = [f"{i}.wav" for i in range(40)]
    labels = ["near"] * 20 + ["far"] * 20
    drawn = explore(clips, names, labels, labels)
    near, far = drawn.pca[:20, 0], drawn.pca[20:, 0]
    assert near.max() < far.min() or far.max() < near.min()
    assert drawn.variance[0] > 0.8


@pytest.mark.parametrize("shape", [(1, 2, 3), (2, 1, 1), (3, 4, 1)])
def test_few_clips_and_features_have_points_too(shape: tuple[int, ...]) -> None:
    features = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    names = [str(i) for i in range(len(features))]
    drawn = explore(features, names, names, names)
    assert drawn.pca.shape == (len(features), 2)
    assert np.isfinite(drawn.pca).all() and np.isfinite(drawn.variance).all()


def test_umap_is_the_same_twice_and_keeps_neighbours(clips: np.ndarray) -> None:
    pytest.importorskip("umap", reason="umap-learn, of the extra `explorer`, is not installed")
    values = clips.reshape(40, -1).astype(np.float64)
    values -= values.mean(axis=0)
    start, _ = project(values)
    first, second = embed(values, start), embed(values, start)
    assert first is not None and second is not None
    np.testing.assert_array_equal(first, second)
    distances = np.linalg.norm(first[:, None] - first[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argmin(axis=1)
    assert ((nearest < 20) == (np.arange(40) < 20)).all()


def test_without_umap_there_is_pca_alone(
    clips: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    names = ["clip"] * 40
    assert explore(clips, names, names, names).umap is None
