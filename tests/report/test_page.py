"""The page of a run."""

from dataclasses import replace

import numpy as np
import pytest

from moteflow.report import Explorer, Page, render
from moteflow.summary import Budget

HOSTILE = '<script>alert("$x^")</script>'


@pytest.fixture
def page() -> Page:
    return Page(
        summary={"int8_accuracy": 0.98765, "flash_bytes": 54321, "stack_bytes": None},
        budgets=[
            Budget("max_flash_bytes", 54321, 50000, lower_is_better=True, advice="Try less."),
            Budget("min_int8_accuracy", 0.98765, 0.9, lower_is_better=False, advice="Try more."),
        ],
        labels=["yes", HOSTILE],
        history=[
            {"epoch": 1, "loss": 2.0, "accuracy": 0.5, "val_loss": 1.5, "val_accuracy": 0.6},
            {"epoch": 2, "loss": 1.0, "accuracy": 0.7, "val_loss": 0.9, "val_accuracy": 0.8},
        ],
        confusions={"int8": [("yes", "yes"), ("yes", HOSTILE), (HOSTILE, HOSTILE)]},
        memory={
            "arena_size": 64,
            "lower_bound": 60,
            "layers": [{"label": "op 0 CONV_2D"}],
            "buffers": [
                {"name": "net/a;b", "offset": 0, "size": 63, "first_use": 0, "last_use": 0},
                {"name": HOSTILE, "offset": 63, "size": 1, "first_use": 0, "last_use": 0},
            ],
        },
        build={"symbols": {"main": {"flash_bytes": 100, "ram_bytes": 0}}},
        verify={"layers": {"layer_00_conv_2d": 1234}},
        explorer=Explorer(
            names=["a.wav", f"{HOSTILE}.wav", "c.wav"],
            actual=["yes", HOSTILE, "yes"],
            predicted=["yes", HOSTILE, HOSTILE],
            pca=np.array([[0.0, 0.0], [1.0, 2.0], [2.0, -2.0]]),
            variance=(0.5, 0.25),
            umap=np.array([[5.0, 5.0], [1.0, 2.0], [2.0, 2.0]]),
        ),
    )


def test_the_same_run_gives_the_same_bytes(page: Page) -> None:
    assert render(page) == render(page)


def test_values_read_like_figures_and_budgets_show_what_was_exceeded(page: Page) -> None:
    html = render(page)
    for text in ("0.9877", "54,321", "–", "exceeded: Try less.", "kept", "1,234"):
        assert text in html


def test_labels_cannot_inject_markup(page: Page) -> None:
    assert "<script" not in render(page)


def test_the_arena_names_its_buffers(page: Page) -> None:
    html = render(page)
    assert "<title>net/a;b: 63 bytes, 0 to 63</title>" in html
    assert "<!-- net/a -->" in html
    assert "1 bytes, 63 to 64</title>" in html


def test_a_run_on_the_host_has_no_sizes_or_counts(page: Page) -> None:
    html = render(replace(page, build={"symbols": {}}, verify={"layers": {}}))
    assert "Flash by symbol" not in html
    assert "Instructions by layer" not in html


def test_the_explorer_marks_what_the_model_mistakes(page: Page) -> None:
    html = render(page)
    assert html.count("<circle") == 2 * 3
    wrong = [line for line in html.splitlines() if 'class="wrong"' in line]
    assert len(wrong) == 2
    assert all("<title>c.wav: yes, predicted &lt;script&gt;" in line for line in wrong)
    assert "PCA (50% and 25% of variance)" in html
    assert "pip install" not in html


def test_the_explorer_tells_how_to_get_umap(page: Page) -> None:
    html = render(replace(page, explorer=replace(page.explorer, umap=None)))
    assert html.count("<circle") == 3
    assert "pip install -e '.[explorer]'" in html
