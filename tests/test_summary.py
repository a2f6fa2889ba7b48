"""A run's table and its budgets."""

from moteflow.params import BudgetConfig
from moteflow.summary import budgets, summarize

REPORTS = {
    "quantize": {"float": {"accuracy": 0.95}, "int8": {"accuracy": 0.94}},
    "memory": {"arena_size": 9000},
    "build": {"flash_bytes": 60_000, "ram_bytes": 15_000},
    "verify": {
        "device_accuracy": 0.94,
        "clips": 100,
        "mismatches": 0,
        "stack_bytes": 1_000,
        "instructions_per_inference": 5_000_000,
        "instructions_per_window": 3_000_000,
        "target": "stm32f405",
    },
}
LOOSE = BudgetConfig(0.94, 0.02, 60_000, 16_000, 5_000_000, 3_000_000)
TIGHT = BudgetConfig(0.941, 0.005, 59_999, 15_999, 4_999_999, 2_999_999)


def test_the_table_has_the_promised_names() -> None:
    assert list(summarize(REPORTS)) == [
        "float_accuracy",
        "int8_accuracy",
        "device_accuracy",
        "clips",
        "mismatches",
        "flash_bytes",
        "ram_bytes",
        "stack_bytes",
        "arena_bytes",
        "instructions_per_inference",
        "instructions_per_window",
        "target",
    ]


def test_a_value_at_its_limit_is_within_budget() -> None:
    assert not [b.name for b in budgets(summarize(REPORTS), LOOSE) if b.exceeded]


def test_every_budget_can_be_exceeded_and_says_what_to_try() -> None:
    exceeded = [b for b in budgets(summarize(REPORTS), TIGHT) if b.exceeded]
    assert len(exceeded) == 6
    flash = next(str(b) for b in exceeded if b.name == "max_flash_bytes")
    assert flash.startswith("budget.max_flash_bytes is at most 59999. Received: 60000. Try ")


def test_no_limit_is_never_exceeded() -> None:
    unlimited = BudgetConfig(None, None, None, None, None, None)
    assert not any(b.exceeded for b in budgets(summarize(REPORTS), unlimited))
