"""Events by the C code, against the rule written out in exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from moteflow.dsp import Decision, EventsConfig, decide
from moteflow.errors import FeatureError


def expected(scores: np.ndarray, config: EventsConfig) -> list[Decision]:
    """Mean by mean, without a ring: the oracle."""
    decisions: list[Decision] = []
    for end in range(1, len(scores) + 1):
        recent = scores[max(0, end - config.n_windows) : end].astype(int)
        means = [Fraction(int(column.sum()), len(recent)) for column in recent.T]
        best = means.index(max(means))
        sure = means[best] >= config.threshold
        earlier = decisions[max(0, end - 1 - config.suppression_windows) :]
        free = not any(decision.event for decision in earlier)
        event = sure and free and not config.background[best]
        decisions.append(Decision(best if sure else -1, int(means[best]), event))
    return decisions


@settings(deadline=None)  # the first call compiles the library
@given(
    st.integers(1, 5).flatmap(
        lambda n_labels: st.tuples(
            arrays(np.uint8, st.tuples(st.integers(1, 40), st.just(n_labels))),
            st.builds(
                EventsConfig,
                n_windows=st.integers(1, 6),
                threshold=st.integers(0, 256),
                suppression_windows=st.integers(0, 9),
                background=st.tuples(*[st.booleans()] * n_labels),
            ),
        )
    )
)
def test_decisions_follow_the_rule(case: tuple[np.ndarray, EventsConfig]) -> None:
    scores, config = case
    assert decide(scores, config) == expected(scores, config)


def test_events_lie_apart_by_more_than_the_suppression() -> None:
    scores = np.full((20, 1), 255, np.uint8)
    decisions = decide(scores, EventsConfig(3, 200, 4, (False,)))
    assert [i for i, decision in enumerate(decisions) if decision.event] == [0, 5, 10, 15]


@pytest.mark.parametrize(
    "scores", [np.zeros((3, 2), np.uint8), np.zeros((3, 1), np.int8), np.zeros(3, np.uint8)]
)
def test_other_scores_are_refused(scores: np.ndarray) -> None:
    with pytest.raises(FeatureError, match="Received"):
        decide(scores, EventsConfig(1, 0, 0, (False,)))
