"""Resource variables, whose names the importer resolves (`graph.variables`)."""

from dataclasses import dataclass

from moteflow.graph.ir import Attributes
from moteflow.graph.operators.operator import SUPPORT, Support


@dataclass(frozen=True)
class Assign(Attributes):
    """The first input becomes a state's next value.

    Whatever reads the present value must run before: the results of those operators are the
    further inputs.
    """

    n_bytes: int


SUPPORT |= {
    "CALL_ONCE": Support("all", "first operator; assigns constants to variables"),
    "VAR_HANDLE": Support("all", ""),
    "READ_VARIABLE": Support("int8, int16, int32", ""),
    "ASSIGN_VARIABLE": Support("int8, int16, int32", "one shape and type for each variable"),
}
