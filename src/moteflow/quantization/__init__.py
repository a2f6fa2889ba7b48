"""Int8 conversion, and its judgement by the reference interpreter."""

from moteflow.quantization.config import QuantizeConfig
from moteflow.quantization.convert import calibration_set, convert
from moteflow.quantization.evaluation import Evaluation, LabelScore, confusion_rows, evaluate
from moteflow.quantization.reference import (
    Quantization,
    input_quantization,
    run_reference,
    run_reference_cases,
)

__all__ = [
    "Evaluation",
    "LabelScore",
    "Quantization",
    "QuantizeConfig",
    "calibration_set",
    "confusion_rows",
    "convert",
    "evaluate",
    "input_quantization",
    "run_reference",
    "run_reference_cases",
]
