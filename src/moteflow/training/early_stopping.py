"""When an epoch is clearly worse than the best one before it."""

import math


def clearly_worse(accuracy: float, highest: float, n_clips: int) -> bool:
    """Say whether `accuracy` lies over two standard errors below `highest`, of `n_clips` clips.

    A few validation clips cannot tell closer accuracies apart, and the highest of many epochs is
    a lucky one.
    """
    standard_error = math.sqrt(highest * (1 - highest) / n_clips)
    return accuracy < highest - 2 * standard_error
