"""A device that speaks the serial protocol over stdin and stdout, and can misbehave.

    fake_device.py WINDOW_SAMPLES N_FRAMES FAULT CLIP

Its "features" are each frame's first two samples as floats, its "model" sums them.
FAULT befalls the CLIP-th window, from 0. `none` is no fault, `feature` and `logit` change one
byte, `exit` ends it before the answer, `short` within the answer, `silent` stops answering,
`garble` spoils a line, `status` ends with an error.
"""

import sys
import time
import zlib

import numpy as np


def features_of(window: np.ndarray, n_frames: int) -> np.ndarray:
    """Return float32 [n_frames, 2] for int16 [n]."""
    return window.reshape(n_frames, -1)[:, :2].astype("<f4") / np.float32(3)


def inputs_of(features: np.ndarray) -> np.ndarray:
    """Return int8 [n_frames * 2]."""
    return np.clip(np.round(features / 128), -128, 127).astype(np.int8).ravel()


def logits_of(inputs: np.ndarray) -> np.ndarray:
    """Return int8 [3]."""
    total = int(inputs.astype(int).sum())
    return np.array([total % 256 - 128, (total * 7) % 256 - 128, (total * 31) % 256 - 128], np.int8)


class Device:
    def __init__(self, window_samples: int, n_frames: int, fault: str, clip: int) -> None:
        self.window_samples, self.n_frames = window_samples, n_frames
        self.fault, self.clip = fault, clip
        self.stream = b""
        self.n_windows = 0
        self.tracing = False

    def run(self) -> None:
        self.say("m-timestamp-mode-performance", "m-lap-us-12", "m-init-done", "m-ready")
        while command := self.read_command():
            self.answer(command)
            self.say("m-ready")

    def read_command(self) -> str:
        command = b""
        while (byte := sys.stdin.buffer.read(1)) not in (b"", b"%"):
            command += byte
        return command.decode()

    def say(self, *lines: str) -> None:
        sys.stdout.buffer.write("".join(f"{line}\r\n" for line in lines).encode())
        sys.stdout.buffer.flush()

    def answer(self, command: str) -> None:
        name, _, rest = command.partition(" ")
        if name == "name":
            self.say("m-name-dut-[fake]")
        elif name == "timestamp":
            self.say("m-lap-us-34")
        elif name == "trace":
            self.tracing = rest == "1"
        elif name == "reset":
            self.stream = b""
        elif name == "stack":
            self.say("m-stack-[0]")
        elif name == "samples":
            self.take_samples(int(rest))
        else:
            self.say("e-[unknown command]")

    def take_samples(self, count: int) -> None:
        payload = sys.stdin.buffer.read(2 * count + 4)
        if len(payload) < 2 * count + 4:
            self.say("e-[truncated]")
        elif zlib.crc32(payload[:-4]) != int.from_bytes(payload[-4:], "little"):
            self.say("e-[crc]")
        else:
            self.stream += payload[:-4]
            while len(self.stream) >= 2 * self.window_samples:
                window = np.frombuffer(self.stream[: 2 * self.window_samples], "<i2")
                self.stream = self.stream[2 * self.window_samples :]
                self.classify(window)

    def classify(self, window: np.ndarray) -> None:
        fault = self.fault if self.n_windows == self.clip else ""
        self.n_windows += 1
        features = features_of(window, self.n_frames)
        inputs = inputs_of(features)
        logits = logits_of(inputs)
        label = int(np.argmax(logits))
        if fault == "feature":
            features.view(np.uint8)[0, 0] ^= 1
        elif fault == "logit":
            logits[1] ^= 1
        lines = []
        if self.tracing:
            lines += [f"m-frame-[{frame.tobytes().hex()}]" for frame in features]
            lines += [f"m-input-[{inputs.tobytes().hex()}]"]
        lines += [f"m-logits-[{logits.tobytes().hex()}]", f"m-label-[{label}]", "m-smoothed-[-1]"]
        if fault == "garble":
            lines[-2] = "m-label-[\x07]"
        elif fault == "exit":
            sys.exit(0)
        elif fault == "status":
            print("it hurts", file=sys.stderr)
            sys.exit(3)
        elif fault == "short":
            sys.stdout.write(f"{lines[0]}\r\n{lines[1][:9]}")
            sys.exit(0)
        elif fault == "silent":
            time.sleep(60)
        self.say(*lines)


if __name__ == "__main__":
    Device(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])).run()
