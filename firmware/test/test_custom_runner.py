"""Runs a suite on this computer or in QEMU and reads the lines of mote_test.h."""

import re
import subprocess
from pathlib import Path

from platformio.test.exception import UnitTestSuiteError
from platformio.test.result import TestCase, TestCaseSource, TestStatus
from platformio.test.runners.base import TestRunnerBase

CASE = re.compile(
    r"(?P<file>[^:]+):(?P<line>\d+):(?P<name>[^\s:]+):(?P<status>PASS|FAIL)(: (?P<message>.*))?"
)
END = re.compile(r"m-tests-failed-\[\d+\]")
TIMEOUT_SECONDS = 60


class CustomTestRunner(TestRunnerBase):
    """Builds the suite as any program, without an upload, and runs it once."""

    def stage_testing(self):
        if self.options.without_testing:
            return
        try:
            finished = subprocess.run(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT_SECONDS,
                text=True,
            )
        except subprocess.TimeoutExpired as error:
            raise UnitTestSuiteError(f"The suite did not end in {TIMEOUT_SECONDS} s.") from error
        self.on_testing_data_output(finished.stdout)
        if not END.search(finished.stdout):
            raise UnitTestSuiteError(f"The suite ended early, status {finished.returncode}.")

    def on_testing_line_output(self, line):
        super().on_testing_line_output(line)
        if match := CASE.fullmatch(line.strip()):
            status = TestStatus.from_string(match["status"])
            source = TestCaseSource(match["file"], int(match["line"]))
            self.test_suite.add_case(
                TestCase(match["name"], status, match["message"], source=source)
            )

    def _command(self):
        environment = f"env:{self.test_suite.env_name}"
        if self.project_config.get(environment, "upload_protocol", None) == "pyocd":
            raise UnitTestSuiteError("Suites run in QEMU or on this computer, not on a board yet.")
        build_dir = Path(self.project_config.get("platformio", "build_dir"))
        program = str(build_dir / self.test_suite.env_name / "firmware.elf")
        board = self.platform.board_config(self.project_config.get(environment, "board"))
        if "emulator" not in board:
            return [program]
        return [
            *("qemu-system-arm", "-machine", board.get("emulator.machine")),
            *board.get("emulator.arguments"),
            *("-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"),
            *("-kernel", program),
        ]
