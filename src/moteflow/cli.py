"""`moteflow`: what people do outside the pipeline's DAG."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from moteflow.errors import DatasetError, MoteflowError

if TYPE_CHECKING:
    from moteflow.dsp import FeatureConfig

COLUMNS = "of .csv files: names of the axes' columns, e.g. x,y,z"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a MoteflowError, or one of the file system's, gives exit code 1."""
    options = _parse(arguments)
    try:
        return int(options.run(options))
    except MoteflowError as error:
        print(f"moteflow: {type(error).__name__}: {error}", file=sys.stderr)
    except OSError as error:
        rule = "Files must be readable and folders writable."
        print(f"moteflow: {rule} Received: {error}. Choose another path.", file=sys.stderr)
    return 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options; overrides may stand anywhere among them, which argparse alone does not allow."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and ("overrides" not in options or any(word.startswith("-") for word in rest)):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        options.overrides += rest
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="moteflow", description=__doc__)
    commands = parser.add_subparsers(required=True)
    doctor = commands.add_parser(
        "doctor", help="list the tools that are missing and the command that brings each"
    )
    doctor.set_defaults(run=_doctor)
    params = commands.add_parser("params", help="compose conf/ into params.yaml")
    params.add_argument("overrides", nargs="*", help="in Hydra's grammar, e.g. model=tiny_conv")
    params.set_defaults(run=_params)
    operators = commands.add_parser("operators", help="print docs/operators.md")
    operators.set_defaults(run=_operators)
    compile_ = commands.add_parser("compile", help="turn a model into a C library of its own")
    compile_.add_argument("model", type=Path, metavar="MODEL.tflite")
    compile_.add_argument("--output", type=Path, required=True, metavar="DIR")
    compile_.add_argument("--target", default="cortex-m4f", help="CPU (default: cortex-m4f)")
    compile_.add_argument("--name", help="begins all its names (default: after the file)")
    compile_.add_argument("--optimize", choices=("speed", "size"), default="speed")
    compile_.add_argument("--rounding", choices=("double", "single"), default="double")
    compile_.set_defaults(run=_compile)
    bench = commands.add_parser(
        "bench", help="run models on a target and compare them with the reference, byte for byte"
    )
    bench.add_argument("models", nargs="+", type=Path, metavar="MODEL.tflite")
    bench.add_argument("--target", required=True, help="a board or a CPU, e.g. cortex-m4f")
    bench.add_argument("--samples", type=positive, default=20, help="random inputs (default: 20)")
    bench.add_argument("--seed", type=not_negative, default=0, help="of the random inputs")
    bench.add_argument("--inputs", type=Path, metavar="FILE.npz", help="inputs in{j}_{k} instead")
    bench.add_argument("--optimize", choices=("speed", "size"), default="speed")
    bench.add_argument("--rounding", choices=("double", "single"), default="double")
    bench.add_argument("--json", type=Path, metavar="FILE", help="write the measurements here")
    bench.add_argument(
        "--histogram", type=Path, metavar="FILE.csv", help="write instructions by function here"
    )
    bench.set_defaults(run=_bench)
    _add_stream(commands.add_parser("stream", help="classify a long recording on host and target"))
    _add_features(commands.add_parser("features", help="ask the feature blocks"))
    return parser


def _add_stream(stream: argparse.ArgumentParser) -> None:
    stream.add_argument("model", type=Path, metavar="MODEL.tflite")
    stream.add_argument("recording", type=Path, metavar="FILE", help="sound, or .csv of a sensor")
    stream.add_argument(
        "overrides",
        nargs="*",
        help="of task, features, cmvn in Hydra's grammar, e.g. task=wake_word",
    )
    stream.add_argument("--target", required=True, help="a board or a CPU, e.g. cortex-m4f")
    stream.add_argument(
        "--labels", type=names, metavar="A,B,...", help="(default: those of data/dataset)"
    )
    stream.add_argument("--rounding", choices=("double", "single"), default="double")
    stream.add_argument("--columns", type=names, default=(), help=COLUMNS)
    stream.add_argument("--statistics", type=Path, metavar="FILE.npz", help="for cmvn=training")
    stream.add_argument("--truth", type=Path, metavar="EVENTS.csv", help="begin, end, label")
    stream.add_argument("--json", type=Path, metavar="FILE", help="write the results here")
    stream.set_defaults(run=_stream)


def _add_features(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True)
    override = "in Hydra's grammar, e.g. features=mfcc features.n_mels=40"
    recording = f"sound, or .csv of a sensor; overrides {override}"
    extract = commands.add_parser("extract", help="turn recordings into features")
    extract.add_argument("words", nargs="+", metavar="FILE or OVERRIDE", help=recording)
    extract.add_argument("--output", type=Path, required=True, metavar="OUT.npz")
    extract.add_argument("--columns", type=names, default=(), help=COLUMNS)
    extract.set_defaults(run=_features_extract)
    show = commands.add_parser("show", help="draw recordings, their spectra and features as a page")
    show.add_argument("words", nargs="+", metavar="FILE or OVERRIDE", help=recording)
    show.add_argument(
        "--output", type=Path, default=Path("features.html"), metavar="FILE.html",
        help="default: features.html",
    )  # fmt: skip
    show.add_argument("--columns", type=names, default=(), help=COLUMNS)
    show.set_defaults(run=_features_show)
    bench = commands.add_parser(
        "bench", help="run a block on a target and compare it with this machine, byte for byte"
    )
    bench.add_argument("overrides", nargs="*", metavar="OVERRIDE", help=override)
    bench.add_argument("--target", required=True, help="a board or a CPU, e.g. cortex-m4f")
    bench.add_argument(
        "--input", nargs="+", default=[], metavar="FILE", help="recordings to cut into windows "
        "(default: four windows of normal noise, a tenth of full scale or one unit of a sensor)",
    )  # fmt: skip
    bench.add_argument("--columns", type=names, default=(), help=COLUMNS)
    bench.add_argument(
        "--window", type=positive, metavar="SAMPLES",
        help="of one window (default: a second, at least a frame)",
    )  # fmt: skip
    bench.add_argument("--json", type=Path, metavar="FILE", help="write the measurements here")
    bench.set_defaults(run=_features_bench)
    document = commands.add_parser("document", help="print docs/features.md")
    document.set_defaults(run=_features_document)


def not_negative(text: str) -> int:
    """An argument's type; argparse names it in its message."""
    if int(text) < 0:
        raise ValueError
    return int(text)


def positive(text: str) -> int:
    """An argument's type; argparse names it in its message."""
    if int(text) < 1:
        raise ValueError
    return int(text)


def names(text: str) -> tuple[str, ...]:
    """An argument's type: names between commas."""
    return tuple(name.strip() for name in text.split(","))


def divide(words: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Files and overrides: a word is an override if it has a `=` and no file is called so."""
    overrides = [word for word in words if "=" in word and not Path(word).exists()]
    return [Path(word) for word in words if word not in overrides], overrides


def _doctor(_: argparse.Namespace) -> int:
    from moteflow.firmware.toolchain import missing_tools, prepare_platformio

    prepare_platformio()
    missing = missing_tools()
    if not missing:
        print("Everything that the pipeline needs is installed.")
        return 0
    table = Table("Missing", "Needed for", "Install with")
    for tool in missing:
        table.add_row(tool.name, tool.purpose, tool.install)
    Console(stderr=True).print(table)
    return 1


def _params(options: argparse.Namespace) -> int:
    from moteflow.composition import compose
    from moteflow.files import write_text

    write_text(Path("params.yaml"), compose(Path("conf").resolve(), options.overrides))
    print("params.yaml is composed; `dvc repro` runs it.")
    return 0


def _operators(_: argparse.Namespace) -> int:
    from moteflow.graph.operators import operators_document

    sys.stdout.write(operators_document())
    return 0


def _compile(options: argparse.Namespace) -> int:
    from moteflow.codegen import Optimize
    from moteflow.commands.compile import run
    from moteflow.graph import Rounding

    return run(
        options.model,
        options.output,
        options.target,
        options.name,
        Optimize(options.optimize),
        Rounding(options.rounding),
    )


def _bench(options: argparse.Namespace) -> int:
    from moteflow.codegen import Optimize
    from moteflow.commands.bench import run
    from moteflow.graph import Rounding

    return run(
        options.models,
        options.target,
        options.samples,
        options.seed,
        options.inputs,
        Optimize(options.optimize),
        Rounding(options.rounding),
        options.json,
        options.histogram,
    )


def _stream(options: argparse.Namespace) -> int:
    from moteflow.commands.stream import run
    from moteflow.composition import compose_application, find_conf
    from moteflow.data import load_labels
    from moteflow.dsp import load_statistics
    from moteflow.graph import Rounding

    labels = options.labels or load_labels(Path("data/dataset"))
    statistics = options.statistics and load_statistics(options.statistics)
    return run(
        options.model,
        options.recording,
        compose_application(find_conf(Path.cwd()), labels, options.overrides, statistics),
        options.target,
        Rounding(options.rounding),
        options.columns,
        options.truth,
        options.json,
    )


def _features_extract(options: argparse.Namespace) -> int:
    from moteflow.commands.features_extract import run

    files, config = _files_and_block(options.words)
    return run(config, files, options.columns, options.output)


def _features_show(options: argparse.Namespace) -> int:
    from moteflow.commands.features_show import run

    files, config = _files_and_block(options.words)
    return run(config, files, options.columns, options.output)


def _files_and_block(words: Sequence[str]) -> tuple[list[Path], "FeatureConfig"]:
    from moteflow.composition import compose_features, find_conf

    files, overrides = divide(words)
    if not files:
        raise DatasetError(
            f"Features are extracted from files. Received: {' '.join(words)}, overrides "
            "alone. Name a recording."
        )
    return files, compose_features(find_conf(Path.cwd()), overrides)


def _features_bench(options: argparse.Namespace) -> int:
    from moteflow.commands.features_bench import run
    from moteflow.composition import compose_features, find_conf

    files, overrides = divide([*options.overrides, *options.input])
    config = compose_features(find_conf(Path.cwd()), overrides)
    return run(config, options.target, files, options.columns, options.window, options.json)


def _features_document(_: argparse.Namespace) -> int:
    from moteflow.commands.features_document import features_document
    from moteflow.composition import compose_features, find_conf
    from moteflow.dsp import BLOCKS

    conf = find_conf(Path.cwd())
    configs = {name: compose_features(conf, [f"features={name}"]) for name in BLOCKS}
    sys.stdout.write(features_document(configs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
