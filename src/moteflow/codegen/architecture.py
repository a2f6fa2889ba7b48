"""Which instructions a target's kernels may use: packed weights and scratch memory depend on it."""

from enum import Enum

from moteflow.errors import FirmwareError
from moteflow.graph import Rounding


class Architecture(Enum):
    """A form of the kernels; `mote_arch.h` picks the same one from the compiler's macros."""

    PORTABLE = "portable"
    """Plain C: Cortex-M0, M3, the host."""
    DSP = "dsp"
    """Armv7E-M's DSP extension (also Armv8-M's): Cortex-M4, M7, M33."""
    HELIUM = "helium"
    """Armv8.1-M's vector extension: Cortex-M55."""

    def rounding(self, rounding: Rounding) -> "Architecture":
        """The form whose kernels round like this: those for Helium only round twice."""
        is_vector = self is Architecture.HELIUM and rounding is Rounding.SINGLE
        return Architecture.PORTABLE if is_vector else self


ARCHITECTURES = {
    "cortex-m0": Architecture.PORTABLE,
    "cortex-m3": Architecture.PORTABLE,
    "cortex-m4f": Architecture.DSP,
    "cortex-m7": Architecture.DSP,
    "cortex-m33": Architecture.DSP,
    "cortex-m55": Architecture.HELIUM,
    "host": Architecture.PORTABLE,
}


def find_architecture(cpu: str) -> Architecture:
    """The architecture of a CPU by its name in lower case; FirmwareError lists what there is."""
    if cpu.lower() not in ARCHITECTURES:
        raise FirmwareError(
            f"A target's CPU must be one of {', '.join(ARCHITECTURES)}. Received: {cpu!r}."
        )
    return ARCHITECTURES[cpu.lower()]
