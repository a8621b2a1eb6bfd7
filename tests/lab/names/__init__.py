# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of commands: which of them Solaris has, where they live, and which real programs a simulated machine may use.

A name of ``usr_bin.txt`` or ``usr_sbin.txt`` that no family registered answers "not simulated"; any other name is not found. The folders
are those of the manual pages' synopses (man1, man1m) of Solaris 10 and 11. ``real.txt``: programs of the host that behave the same on
Solaris for what a management script does with them.
"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def _words(name: str) -> list[str]:
    return (HERE / name).read_text().split()


REAL = _words("real.txt")


def known() -> dict[str, str]:
    """Every Solaris command the lab knows by name -> its folder ('usr/bin' or 'usr/sbin')."""
    return dict.fromkeys(_words("usr_bin.txt"), "usr/bin") | dict.fromkeys(_words("usr_sbin.txt"), "usr/sbin")


def absent(release: str) -> set[str]:
    """Names of the known commands that a release does not have."""
    return set(_words("only_s11.txt" if release == "s10" else "only_s10.txt"))
