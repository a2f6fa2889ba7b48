"""Checks that operators with a state of their own share."""

from moteflow.graph.operators.operator import Operator


def check_state(operator: Operator, position: int, n_elements: int) -> None:
    """The input is a variable with so many elements."""
    state = operator.input(position)
    if not state.is_variable or state.n_elements != n_elements:
        raise operator.malformed(
            f"needs a variable of {n_elements} elements as input {position}",
            f"{'a variable' if state.is_variable else 'no variable'} of {state.n_elements}",
        )
