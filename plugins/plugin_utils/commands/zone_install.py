# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``zoneadm install`` and ``attach`` print while they work: progress for people, facts for the journal."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NOISE = re.compile(r"\A(?:-+|=+|DOWNLOAD\s.*|PHASE\s.*|\s*done\.?)\Z")
_PERCENT = re.compile(r"(?:percent complete: |\A\s*|\()(?P<percent>\d{1,3})(?:\.\d+)?%")
_COUNT = re.compile(r"(?:\A|\s)(?P<done>\d+)/(?P<all>\d+)(?:\s|\Z)")
_ERROR = re.compile(r"(?:\A|: )ERROR: (?P<text>.+)\Z")


@dataclass(frozen=True, slots=True)
class InstallLog:
    """``ok`` is None while the log shows no end. ``seconds`` and ``packages`` are as the installer counted them."""

    ok: bool | None
    seconds: float | None = None
    packages: int | None = None
    publishers: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    log: str = ""
    install_log: str = ""
    error: str = ""
    zone: str = ""
    state_after: str = ""


def install_progress(log_text: str) -> tuple[str, int | None]:
    """The last meaningful line of an install log, blanks folded, and the percentage that this line states (of its own phase), or None.

    Known forms: Solaris 10 ``Initializing package <3> of <1173>: percent complete: 0%`` (carriage returns between), pkg(5)'s
    phase and download rows ``Installing new actions 120/5638``, archive transfers ``(45%)`` and ``45% : ...``.
    """
    for line in reversed(re.split(r"[\r\n]+", log_text)):
        if not line.strip() or _NOISE.match(line.strip()):
            continue
        folded = " ".join(line.split())
        percent = _PERCENT.search(line)
        if percent and int(percent["percent"]) <= 100:
            return folded, int(percent["percent"])
        count = _COUNT.search(line)
        if count and int(count["all"]) > 0 and int(count["done"]) <= int(count["all"]):
            return folded, int(count["done"]) * 100 // int(count["all"])
        return folded, None
    return "", None


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else ""


def parse_install(log: str) -> InstallLog:
    """The facts of an install log of Solaris 10 (native), 11.x (solaris, solaris10, unified archives) and illumos.

    Success is only ``Done: Installation completed`` or Solaris 10's ``Zone <z> is initialized.``; an ``ERROR:`` line or
    ``Installation: Failed`` means failure whatever else the log says.
    """
    errors = [found["text"] for line in log.splitlines() if (found := _ERROR.search(line))]
    own = [error for error in errors if not error.startswith("installation failed")]
    failed = bool(errors) or re.search(r"^Installation: Failed", log, re.MULTILINE) is not None
    completed = re.search(r"Done: Installation completed in (?P<seconds>[\d.]+) seconds", log)
    initialized = re.search(r"^Zone <(?P<zone>[^>]+)> is initialized\.", log, re.MULTILINE)
    created = re.search(r"^The following ZFS file system\(s\) have been created:\n(?P<names>(?:[ \t]+\S+\n)+)", log, re.MULTILINE)
    packages = _first(r"^\s*Packages to install:\s+(\d+)", log) or _first(r"^Initialized <(\d+)> packages on zone", log)
    return InstallLog(
        ok=False if failed else True if completed or initialized else None,
        seconds=float(completed["seconds"]) if completed else None,
        packages=int(packages) if packages else None,
        publishers=tuple(re.findall(r"^\s*Publisher: Using (\S+) ", log, re.MULTILINE)),
        datasets=tuple(created["names"].split()) if created else (),
        log=_first(r"^Progress being logged to (\S+)", log),
        install_log=_first(r"^\s*Install Log: (\S+)", log),
        error=(own or errors or [""])[0],
        zone=_first(r"^\s*Zonename: (\S+)", log) or _first(r"zone '([^']+)': ", log) or (initialized["zone"] if initialized else ""),
        state_after=_first(r"zone switching to (\w+) state", log),
    )
