# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.regression.placement [--accept]``: what is not as its summary says; ``--accept`` writes the summaries anew."""

from __future__ import annotations

import argparse
import difflib
import sys

from . import CASES, names, summary


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.regression.placement", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--accept", action="store_true", help="write the summaries anew; look at the difference before it is committed")
    accept = parser.parse_args().accept
    different = 0
    for name in names():
        path = CASES / f"{name}.summary"
        before, now = path.read_text() if path.exists() else "", summary(name)
        if before != now:
            different += 1
            sys.stdout.writelines(difflib.unified_diff(before.splitlines(True), now.splitlines(True), name, f"{name} now"))
            if accept:
                path.write_text(now)
    print(f"{len(names())} cases, {different} {'written anew' if accept else 'different'}")
    sys.exit(bool(different) and not accept)


if __name__ == "__main__":
    main()
