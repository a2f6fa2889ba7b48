"""What a run comes to: one flat table, and whether it keeps its budgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moteflow.params import BudgetConfig

Reports = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Budget:
    """One limit: `value` must not lie beyond `limit`.

    A limit of None is none; a value of None was not measured (the host counts no instructions).
    """

    name: str
    value: float | None
    limit: float | None
    lower_is_better: bool
    advice: str

    @property
    def exceeded(self) -> bool:
        if self.limit is None or self.value is None:
            return False
        return self.value > self.limit if self.lower_is_better else self.value < self.limit

    def __str__(self) -> str:
        rule = "at most" if self.lower_is_better else "at least"
        return (
            f"budget.{self.name} is {rule} {self.limit:g}. Received: {self.value:g}. {self.advice}"
        )


def summarize(reports: Reports) -> dict[str, Any]:
    """The run's table, from the reports of `quantize`, `generate`, `build` and `verify`."""
    quantize, build, verify = reports["quantize"], reports["build"], reports["verify"]
    return {
        "float_accuracy": quantize["float"]["accuracy"],
        "int8_accuracy": quantize["int8"]["accuracy"],
        "device_accuracy": verify["device_accuracy"],
        "clips": verify["clips"],
        "mismatches": verify["mismatches"],
        "flash_bytes": build["flash_bytes"],
        "ram_bytes": build["ram_bytes"],
        "stack_bytes": verify["stack_bytes"],
        "arena_bytes": reports["memory"]["arena_size"],
        "instructions_per_inference": verify["instructions_per_inference"],
        "instructions_per_window": verify["instructions_per_window"],
        "target": verify["target"],
    }


def budgets(summary: Mapping[str, Any], config: BudgetConfig) -> list[Budget]:
    """Every limit of `config` beside the value it was measured against."""
    return [
        Budget(
            "min_int8_accuracy",
            summary["int8_accuracy"],
            config.min_int8_accuracy,
            lower_is_better=False,
            advice="Try more or cleaner recordings, train.epochs, or a larger model.",
        ),
        Budget(
            "max_accuracy_loss",
            summary["float_accuracy"] - summary["device_accuracy"],
            config.max_accuracy_loss,
            lower_is_better=True,
            advice="Try a larger quantize.n_calibration, or a model with fewer outlying weights.",
        ),
        Budget(
            "max_flash_bytes",
            summary["flash_bytes"],
            config.max_flash_bytes,
            lower_is_better=True,
            advice="Try model=tiny_conv, or fewer model.filters.",
        ),
        Budget(
            "max_ram_bytes",
            _total(summary["ram_bytes"], summary["stack_bytes"]),
            config.max_ram_bytes,
            lower_is_better=True,
            advice="Try fewer model.filters, or a longer features.hop_length (fewer frames).",
        ),
        Budget(
            "max_instructions_per_inference",
            summary["instructions_per_inference"],
            config.max_instructions_per_inference,
            lower_is_better=True,
            advice="Try model=tiny_conv; reports/verify.json has the instructions per layer.",
        ),
        Budget(
            "max_instructions_per_window",
            summary["instructions_per_window"],
            config.max_instructions_per_window,
            lower_is_better=True,
            advice="Try a smaller features.n_fft, or a longer features.hop_length.",
        ),
    ]


def _total(*values: int | None) -> int | None:
    return sum(value for value in values if value is not None) if None not in values else None
