"""The feature explorer: training clips as points, alike ones near each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moteflow.report.standardize import standardize

MOST_POINTS = 2000
NEIGHBORS = 15
"""Clips that UMAP takes as a clip's neighbourhood."""

Points = NDArray[np.float64]
"""float64 [n, 2], rounded to what can be seen."""


@dataclass(frozen=True)
class Explorer:
    """What the page draws.

    names, actual, predicted  [n] of each clip: its name, its label and what the model calls it
    pca       the two directions in which the clips differ most
    variance  how much of their variance lies in each of these, 0 to 1
    umap      points that keep neighbours together; None without the package umap-learn
    """

    names: Sequence[str]
    actual: Sequence[str]
    predicted: Sequence[str]
    pca: Points
    variance: tuple[float, float]
    umap: Points | None


def sample(n_clips: int) -> NDArray[np.intp]:
    """Which of `n_clips` are drawn: all of a few, else MOST_POINTS at equal distances."""
    n_points = min(n_clips, MOST_POINTS)
    return np.arange(n_points) * n_clips // max(n_points, 1)


def explore(
    features: NDArray[np.float32],
    names: Sequence[str],
    actual: Sequence[str],
    predicted: Sequence[str],
) -> Explorer:
    """Draw features [n, ...] of n >= 1 clips; each value counts in units of its deviation."""
    values = standardize(features.reshape(len(features), -1))
    pca, variance = project(values)
    return Explorer(names, actual, predicted, pca, variance, embed(values, pca))


def project(values: NDArray[np.float64]) -> tuple[Points, tuple[float, float]]:
    """The two principal components of centred values [n, d], and their shares of the variance.

    The largest weight of a component is positive, so that it does not turn around between runs.
    """
    _, sizes, directions = np.linalg.svd(values, full_matrices=False)
    two = np.zeros((2, values.shape[1]))
    two[: len(sizes)] = directions[:2]
    largest = two[np.arange(2), np.abs(two).argmax(axis=1)]
    two *= np.where(largest < 0, -1, 1)[:, None]
    shares = np.append(sizes**2, [0, 0])[:2] / max(float(np.sum(sizes**2)), np.finfo(float).tiny)
    return np.round(values @ two.T, 3), (float(shares[0]), float(shares[1]))


def embed(values: NDArray[np.float64], start: Points) -> Points | None:
    """Values [n, d] by UMAP from `start` on, the same on the same machine; None without umap-learn.

    Too few clips for a neighbourhood stay at `start`. L. McInnes, J. Healy, J. Melville, "UMAP:
    Uniform Manifold Approximation and Projection" (2018).
    """
    try:
        import umap
    except ImportError:
        return None
    if len(values) <= NEIGHBORS:
        return start
    reducer = umap.UMAP(n_neighbors=NEIGHBORS, init=start, random_state=0, n_jobs=1)
    points: Points = np.round(reducer.fit_transform(values).astype(np.float64), 3)
    return points
