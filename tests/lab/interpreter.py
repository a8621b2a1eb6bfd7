# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python on the machines, for other people's modules that judge the lab or are measured against: ``python: true`` in a centre file.

It is a copy of the interpreter the lab runs on, found as /usr/bin/python3, that takes the machine for its host: ``os.uname``
answers as the machine's uname does. No inventory of the product uses it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from .truth import Machine

LEFT_OUT = ("site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3", "turtledemo", "ensurepip", "__pycache__", "config-*")

# A module of this name runs when the interpreter starts.
SITE = """\
import os

_fields = open("/.lab/uname").read().split("\\n")[:5]
_answer = os.uname_result(_fields)
os.uname = lambda: _answer
"""


def provide(base: Path, releases: set[str]) -> None:
    """Copies the interpreter to BASE/python, its libraries to where the loader looks, and gives every release the name python3.

    Raises ValueError where the interpreter is not one that can be copied."""
    home, version = base / "python", f"python{sys.version_info.major}.{sys.version_info.minor}"
    program = home / "bin" / version
    if not program.exists():
        standard = Path(sysconfig.get_path("stdlib"))
        shutil.copytree(standard, home / "lib" / version, ignore=shutil.ignore_patterns(*LEFT_OUT), dirs_exist_ok=True)
        (home / "lib" / version / "sitecustomize.py").write_text(SITE)
        program.parent.mkdir(exist_ok=True)
        shutil.copyfile(Path(sys.executable).resolve(), program)
        program.chmod(0o755)
        copy_libraries(base, [program, *(home / "lib" / version / "lib-dynload").glob("*.so")])
    for release in releases:
        name = base / release / "usr/bin/python3"
        name.unlink(missing_ok=True)
        name.symlink_to(f"/.lab/base/python/bin/{version}")


def copy_libraries(base: Path, programs: list[Path]) -> None:
    """What the programs are linked with, as ldd tells: the host's own below the same path, others into /lib."""
    done = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True, check=False)
    found = {word for line in done.stdout.splitlines() for word in line.split() if word.startswith("/") and ".so" in word}
    if not found:
        raise ValueError(f"python: ldd tells nothing about {programs[0]}: {done.stderr.strip()}")
    for path in sorted(word for word in found if not word.endswith(":")):
        own = path.startswith(("/lib", "/usr/lib"))
        target = base / path.lstrip("/") if own else base / "lib" / Path(path).name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(path).resolve(), target)
            target.chmod(0o755)


def describe(root: Path, machine: Machine) -> None:
    """What os.uname answers on the machine: the five fields of uname(2), a line each; and where Python makes its semaphores."""
    (root / "dev/shm").mkdir(exist_ok=True)
    release = "5.10" if machine.release == "s10" else "5.11"
    hardware = "sun4v" if machine.architecture == "sparc" else "i86pc"
    (root / ".lab/uname").write_text("\n".join(("SunOS", machine.name, release, machine.kernel, hardware)) + "\n")
