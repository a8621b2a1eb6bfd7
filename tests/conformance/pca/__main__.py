# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.conformance.pca DIR [-v]``: our patch analysis beside listings that PCA printed.

DIR has cases: folders with ``commands.tsv`` (file in ``out``, ``exit=STATUS``, command line), ``uname.out``, ``pkginfo.out`` and
``showrev.out``; the reference is where the command line says (``-X``). The day is 2012-06-01. A listing is *agreed* where ours, printed
in the same columns, is the same; *explained* where each line that is not belongs to a named peculiarity (docs/patch-analysis.md); else
*different*. Exit status 1 where one is different.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from .judging import Judged, judge


def judged(folder: Path) -> Iterator[Judged]:
    """Every listing of every case. ``folder`` may be a case itself."""
    cases = [folder] if (folder / "commands.tsv").is_file() else sorted(path.parent for path in folder.glob("*/commands.tsv"))
    for case in cases:
        for number, line in enumerate((case / "commands.tsv").read_text().splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            cells = line.split("\t")
            if len(cells) != 3 or not cells[1].removeprefix("exit=").isdigit():
                yield Judged(case.name, f"line {number}", line, wrong=["no line of file, exit status and command"])
                continue
            name, status, command = cells
            try:
                text = (case / "out" / name).read_text()
                yield judge(case, name, int(status.removeprefix("exit=")), command, text)
            except Exception as error:
                yield Judged(case.name, name, command, wrong=[f"{type(error).__name__}: {error}"])


def shown(one: Judged, verbose: bool = False) -> Iterator[str]:
    reasons = "; ".join(f"{why} ({', '.join(dict.fromkeys(lines))})" for why, lines in one.reasons.items())
    yield f"{one.case} {one.name} {one.outcome:9} {one.command}" + (f": {reasons}" if one.reasons else "")
    yield from (f"    {line}" for line in (one.wrong if verbose else one.wrong[:5]))
    if not verbose and len(one.wrong) > 5:
        yield f"    and {len(one.wrong) - 5} more"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.pca", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("-v", "--verbose", action="store_true", help="all that is different, not the first five of each listing")
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    for one in judged(arguments.folder):
        counts[one.outcome] += 1
        for line in shown(one, arguments.verbose):
            print(line)
    if not counts:
        print(f"{arguments.folder} has no case: no folder in it has commands.tsv.", file=sys.stderr)
        return 2
    print(f"agreed {counts['agreed']} / explained {counts['explained']} / different {counts['different']}")
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
