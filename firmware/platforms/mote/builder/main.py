"""Builds the firmware for the board of this environment.

The same objects are linked with each of the board's transports, so that the image that is verified
in bulk differs from the one that is flashed in nothing but where its bytes come from:
  firmware.elf, .bin, .hex      the board's UART and timer (host: stdin and stdout)
  firmware_semihosting.elf      files and clock of the emulator's host; no interrupts, so that
                                stack and instruction counts are repeatable
"""

import sys
from pathlib import Path

from SCons.Script import COMMAND_LINE_TARGETS, AlwaysBuild, Default, DefaultEnvironment

env = DefaultEnvironment()
board = env.BoardConfig()
emulated = "emulator" in board
project = Path(env.subst("$PROJECT_DIR")).resolve()
platform = Path(env.PioPlatform().get_dir()).resolve()
port = project / "lib" / "mote_port"

if "test" in env["BUILD_TYPE"]:
    # Suites know their expected values because they bring their own model.
    env.Prepend(LIBSOURCE_DIRS=[str(project / "test" / "fixtures")])
elif not (project / "lib" / "model" / "src" / "model.h").is_file():
    sys.stderr.write(
        "Error: firmware/lib/model is generated and not there yet. "
        "Run `dvc repro generate` in the repository first.\n"
    )
    env.Exit(1)

prefix = "arm-none-eabi-" if emulated else ""
env.Replace(
    CC=f"{prefix}gcc",
    CXX=f"{prefix}g++",
    LINK=f"{prefix}gcc",
    AR=f"{prefix}gcc-ar",
    RANLIB=f"{prefix}gcc-ranlib",
    OBJCOPY=f"{prefix}objcopy",
    SIZETOOL=f"{prefix}size",
    SIZEPROGREGEXP=r"^(?:\.text|\.data|\.rodata|\.ARM\.exidx)\s+(\d+).*",
    SIZEDATAREGEXP=r"^(?:\.data|\.bss)\s+(\d+).*",
    SIZECHECKCMD="$SIZETOOL -A -d $SOURCES",
    ARFLAGS=["rcs"],
    PROGNAME="firmware",
    PROGSUFFIX=".elf",
)

machine_flags = board.get("build.machine_flags")
env.Append(
    CCFLAGS=[*machine_flags, f"-ffile-prefix-map={project}=."],
    LINKFLAGS=[*machine_flags, "-Wl,--gc-sections", "-Wl,--build-id=none"],
    CPPDEFINES=[tuple(define.split("=")) for define in board.get("build.defines")],
)


def port_object(source: Path):
    """An object of the board port or of start-up: they alone know the port's inside."""
    return env.Object(
        target=f"$BUILD_DIR/port/{source.parent.name}_{source.stem}.o",
        source=str(source),
        CPPPATH=[str(port / "src"), str(port / "cortex_m")],
    )


def load_memory():
    """Give the linker the board's memory map."""
    flash, ram = board.get("memory.flash"), board.get("memory.ram")
    symbols = {
        "mote_flash_origin": flash["origin"],
        "mote_flash_size": flash["size"],
        "mote_ram_origin": ram["origin"],
        "mote_ram_size": ram["size"],
    }
    env.Append(
        LINKFLAGS=[
            "-nostartfiles",
            "--specs=nano.specs",
            "-Wl,-Map=${TARGET.base}.map",
            *(f"-Wl,--defsym={name}={value}" for name, value in symbols.items()),
        ],
        CPPDEFINES=[("MOTE_CPU_HZ", board.get("build.f_cpu").rstrip("L") + "u")],
        LDSCRIPT_PATH=str(platform / "cortex_m.ld"),
    )


board.update("upload.maximum_size", board.get("memory.flash.size", 0))
board.update("upload.maximum_ram_size", board.get("memory.ram.size", 0))

sources = [port / board.get("build.port")]
transport = []
if emulated:
    load_memory()
    sources += [port / "cortex_m" / "port.c", platform / "startup" / "cortex_m.c"]
    transport = [
        *port_object(port / "cortex_m" / "transport_uart.c"),
        *port_object(port / board.get("build.clock")),
    ]
env.Append(PIOBUILDFILES=[*(port_object(source) for source in sources), *transport])

if "nobuild" in COMMAND_LINE_TARGETS:
    program = env.File("$PROGPATH")
    images = [program]
else:
    program = env.BuildProgram()
    images = [program]
if emulated and "nobuild" not in COMMAND_LINE_TARGETS:
    shared = [node for node in env.Flatten(env["PIOBUILDFILES"]) if node not in transport]
    semihosting = port_object(port / "cortex_m" / "transport_semihosting.c")
    images += [
        env.Program("$BUILD_DIR/firmware_semihosting", [*shared, *semihosting]),
        env.Command("$BUILD_DIR/firmware.bin", program, "$OBJCOPY -O binary $SOURCE $TARGET"),
        env.Command("$BUILD_DIR/firmware.hex", program, "$OBJCOPY -O ihex $SOURCE $TARGET"),
    ]
AlwaysBuild(env.Alias("nobuild", program))
Default(images)

QEMU = ["qemu-system-arm", "-display", "none", "-serial", "mon:stdio", "-no-reboot"]
protocol = env.subst("$UPLOAD_PROTOCOL")
if protocol == "emulator":
    machine = ["-machine", board.get("emulator.machine"), *board.get("emulator.arguments")]
    command = [*QEMU, *machine, "-kernel", "$SOURCE"]
elif protocol == "pyocd":
    chip = board.get("upload.pyocd_target")
    command = ["$PYTHONEXE", "-m", "pyocd", "flash", "--no-wait", "--target", chip, "$SOURCE"]
elif protocol == "host":
    command = ["${SOURCE.abspath}"]
else:
    sys.stderr.write(
        f"Error: upload_protocol must be one of {', '.join(board.get('upload.protocols'))}. "
        f"Received: {protocol!r}.\n"
    )
    env.Exit(1)
env.AddPlatformTarget("upload", program, env.VerboseAction(" ".join(command), "$SOURCE"), "Upload")
