"""From the scores of classified windows to events, by the code that runs on the device."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from moteflow.dsp.native import native
from moteflow.errors import FeatureError


@dataclass(frozen=True)
class EventsConfig:
    """The parameters of `mote_events_config_t`.

    n_windows            the moving average's length
    threshold            smallest mean score that counts, 0 to 255
    suppression_windows  windows after an event that bring no other
    background           for each label, whether it is never an event
    """

    n_windows: int
    threshold: int
    suppression_windows: int
    background: tuple[bool, ...]


@dataclass(frozen=True)
class Decision:
    """What one window leads to.

    label  the index of the label with the highest mean score; -1 if that is below the threshold
    score  the highest mean score, rounded down: 0 to 255
    event  whether the label was heard now
    """

    label: int
    score: int
    event: bool


@dataclass(frozen=True)
class Event:
    """A label that was heard.

    sample  the stream's samples up to the end of the window in which it was
    label   its index
    score   its mean score, rounded down: 0 to 255
    """

    sample: int
    label: int
    score: int


def decide(scores: npt.NDArray[np.uint8], config: EventsConfig) -> list[Decision]:
    """One decision per window of a stream, from scores uint8 [windows, labels].

    Raises FeatureError for another dtype or shape.
    """
    n_labels = len(config.background)
    if scores.dtype != np.uint8 or scores.ndim != 2 or scores.shape[1] != n_labels:
        raise FeatureError(
            f"Scores must be uint8 of shape [windows, {n_labels}]. "
            f"Received: {scores.dtype} {list(scores.shape)}. Add 128 to int8 outputs."
        )
    ffi, lib = native().ffi, native().lib
    background = ffi.new("uint8_t[]", list(config.background))
    settings = ffi.new(
        "mote_events_config_t *",
        {
            "n_labels": n_labels,
            "n_windows": config.n_windows,
            "threshold": config.threshold,
            "suppression_windows": config.suppression_windows,
            "background": background,
        },
    )
    state = ffi.new("mote_events_t *")
    history = ffi.new("uint8_t[]", config.n_windows * n_labels)
    lib.mote_events_init(state, settings, history)

    def push(window: npt.NDArray[np.uint8]) -> Decision:
        decision: Any = lib.mote_events_push(state, ffi.from_buffer("uint8_t[]", window))
        return Decision(decision.label, decision.score, decision.event)

    return [push(window) for window in np.ascontiguousarray(scores)]
