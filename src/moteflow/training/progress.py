"""Training on the terminal: one line that follows the epochs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from moteflow.training.history import EpochRecord


@contextmanager
def show_progress(epochs: int) -> Iterator[Callable[[EpochRecord], None]]:
    """Give a function that shows an epoch's record on a line of its own until the next one."""
    columns = (
        TextColumn("epoch {task.completed}/{task.total}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=epochs)

        def show(record: EpochRecord) -> None:
            description = (
                f"loss {record.loss:.3f}  "
                f"val_loss {record.val_loss:.3f}  val_accuracy {record.val_accuracy:.3f}"
            )
            progress.update(task, completed=record.epoch, description=description)

        yield show
