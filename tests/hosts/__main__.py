# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.hosts start|stop FOLDER NAME...``: for people and for molecule. Prints why, and nothing else, where it cannot be."""

from __future__ import annotations

import argparse
from pathlib import Path

from .base import missing
from .estate import Hosts


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.hosts", description="Linux hosts for tests")
    parser.add_argument("what", choices=["start", "stop"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="+")
    given = parser.parse_args()
    why = missing()
    if why:
        print(f"no hosts here: {why}")
    elif given.what == "start":
        Hosts(given.folder, given.names, lasting=True).start()
    else:
        Hosts(given.folder, given.names).stop()


if __name__ == "__main__":
    main()
