"""Check that params.yaml was composed from conf/ as it is."""

import sys

from moteflow.errors import ParamsError
from moteflow.params import load_params


def main() -> None:
    try:
        load_params()
    except ParamsError as error:
        sys.exit(f"conf: {error}")


if __name__ == "__main__":
    main()
