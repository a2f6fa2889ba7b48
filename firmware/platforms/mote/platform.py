"""The PlatformIO platform `mote`: the boards of boards/, built with compilers from the PATH."""

from pathlib import Path

from platformio.platform.base import PlatformBase

try:
    from moteflow.firmware.toolchain import prepare_platformio
except ImportError:
    # PlatformIO runs outside moteflow's environment: it then fetches SCons from its registry.
    prepare_platformio = None


class MotePlatform(PlatformBase):
    """Needs no packages but SCons, which moteflow's environment has already."""

    def configure_default_packages(self, options, targets):
        if prepare_platformio is not None:
            prepare_platformio(Path(self.config.get("platformio", "core_dir")))
        return super().configure_default_packages(options, targets)
