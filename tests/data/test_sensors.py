"""CSV files of sensors: what is read, and what is refused with row and column."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moteflow.data.sensors import read_sensors
from moteflow.errors import DatasetError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "fan.csv"


def test_a_file_without_a_header(file: Path) -> None:
    file.write_bytes(b"1, -2.5,3e2\r\n4,5,6\r\n\r\n")
    samples = read_sensors(file, 3, "float32")
    assert samples.dtype == np.float32
    assert samples.tolist() == [[1, -2.5, 300], [4, 5, 6]]


def test_columns_are_picked_by_name_in_the_order_asked(file: Path) -> None:
    file.write_text("\ufefft,x,y,label\n0,1,2,walk\n1,3,4,run\n", encoding="utf-8")
    assert read_sensors(file, 2, "int16", ("y", "x")).tolist() == [[2, 1], [4, 3]]
    assert read_sensors(file, 1, "int16", ("x",)).tolist() == [[1], [3]]


@given(st.lists(st.tuples(*[st.floats(-(2**24), 2**24, width=32)] * 2), min_size=1, max_size=20))
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, float]]
) -> None:
    file = tmp_path_factory.mktemp("csv") / "axes.csv"
    file.write_text("x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows))
    assert np.array_equal(read_sensors(file, 2, "float32"), np.array(rows, np.float32))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,y\n1,2\n3,nan\n", r"'nan' in .*fan\.csv, row 3, column 2 \(y\)"),
        ("1,2\n3,inf\n", r"'inf' in .*fan\.csv, row 2, column 2\."),
        ("1,2\n16777218,4\n", r"'16777218' in .*, row 2, column 1"),
        ("1,2\n3,4\nstop,5\n", r"number\. Received: 'stop' in .*, row 3, column 1"),
        ("1,2\n,5\n", r"Received: '' in .*, row 2, column 1"),
        ("1,2\n1_000,5\n", r"Received: '1_000' in .*, row 2, column 1"),
        ("x,2\n3,4\n", r"Received: 'x' in .*, row 1, column 1"),
        ("1,2\n3\n", r"2 columns.* Received: 1 in .*, row 2, column 2 on"),
        ("1,2\n3,4,5\n", r"2 columns.* Received: 3 in .*, row 2, column 3 on"),
        ("1,2\n\n3,4\n", r"2 columns.* Received: 0 in .*, row 2, column 1 on"),
        ("1,2,3\n", r"2 axes.* Received: 3 columns in .*, row 1.*--columns"),
        ("x,y\n", r"without a row of numbers"),
        ("", r"without a row of numbers"),
        ('1,"2\n', r"CSV file"),
    ],
)
def test_a_wrong_cell_is_named(file: Path, text: str, words: str) -> None:
    file.write_text(text)
    with pytest.raises(DatasetError, match=words):
        read_sensors(file, 2, "float32")


@pytest.mark.parametrize("cell", ["1.5", "32768", "-32769"])
def test_int16_samples_are_whole_and_in_range(file: Path, cell: str) -> None:
    file.write_text(f"-32768\n32767\n{cell}\n")
    with pytest.raises(DatasetError, match=rf"whole number.* '{cell}' in .*, row 3, column 1"):
        read_sensors(file, 1, "int16")


@pytest.mark.parametrize("columns", [("x", "w"), ("x",), ("x", "y", "t"), ("t", "z")])
def test_unknown_or_ambiguous_or_too_few_columns(file: Path, columns: tuple[str, ...]) -> None:
    file.write_text("t,x,y,z,z\n1,2,3,4,5\n")
    with pytest.raises(DatasetError, match=r"--columns must name 2 columns.* has t, x, y, z, z"):
        read_sensors(file, 2, "float32", columns)


def test_columns_need_a_header(file: Path) -> None:
    file.write_text("1,2\n")
    with pytest.raises(DatasetError, match="has no header"):
        read_sensors(file, 2, "float32", ("x", "y"))


def test_binary_content_is_no_csv(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(DatasetError, match="must be a CSV file"):
        read_sensors(file, 1, "float32")


def test_real_recordings(shared_data: Path) -> None:
    fan = shared_data / "vibration/ceiling_fan/fan_0_low_1_weight/0096.csv"
    assert read_sensors(fan, 3, "float32").shape == (200, 3)
    phone = shared_data / "motion/geotec_har/s02/s02_02_sp.csv"
    gyroscope = read_sensors(phone, 3, "float32", ("x_gyro", "y_gyro", "z_gyro"))
    assert abs(gyroscope).max() < 20
    with pytest.raises(DatasetError, match="8 columns"):
        read_sensors(phone, 3, "float32")
