"""Every error that moteflow raises on purpose.

MoteflowError
├── ParamsError            conf/ or params.yaml
├── DatasetError           recordings, archives, splits
├── FeatureError           a feature block's parameters or input
├── ModelError             a network that cannot be built or trained
├── QuantizationError      int8 conversion or its evaluation
├── GraphError             a .tflite that is malformed
│   └── UnsupportedOpError an operator or variant without a kernel
├── ArenaError             the tensor arena does not fit its budget
├── BudgetError            accuracy, flash, RAM or instructions over budget
└── FirmwareError          build, emulator or board
    ├── ToolchainError     a missing compiler, emulator or package
    └── ProtocolError      a broken or truncated exchange with the device

A message states the rule, the value received and what to do next.
"""


class MoteflowError(Exception):
    """Base of all errors below."""


class ParamsError(MoteflowError):
    """A parameter is missing, unknown, of the wrong type or stale."""


class DatasetError(MoteflowError):
    """The recordings cannot become a dataset."""


class FeatureError(MoteflowError):
    """A feature block was given parameters or samples that it cannot take."""


class ModelError(MoteflowError):
    """A network cannot be built or trained as asked."""


class QuantizationError(MoteflowError):
    """A model cannot be converted to int8 or judged."""


class GraphError(MoteflowError):
    """A .tflite file is malformed or breaks a rule of the graph."""


class UnsupportedOpError(GraphError):
    """An operator, or a variant of it, has no kernel."""


class ArenaError(MoteflowError):
    """The tensor arena does not fit the memory it was given."""


class BudgetError(MoteflowError):
    """A measured value exceeds its budget."""


class FirmwareError(MoteflowError):
    """Firmware cannot be built, run or reached."""


class ToolchainError(FirmwareError):
    """A tool that the firmware needs is missing."""


class ProtocolError(FirmwareError):
    """The device answered nothing, too little or out of order."""
