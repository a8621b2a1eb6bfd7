# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.conformance.corpus DIR [-v]``: the product's parsers over a folder of real samples.

Prints a line a group, then every wrong fact (with -v also refusals and uncovered facts), totals last. Exit code 1
when anything is wrong. A sample is *right* when every fact expected of it is; one with some facts right and others
without a counterpart counts as *not covered*.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

from .facts import Fact, compare
from .family import adapter
from .samples import Sample, read

OUTCOMES = ("right", "wrong", "refused", "not covered")


@dataclass(frozen=True)
class Judged:
    """A sample's outcome; ``why`` is the refusal's message."""

    sample: Sample
    outcome: str
    facts: tuple[Fact, ...] = field(default=())
    why: str = ""


def judge(sample: Sample) -> Judged:
    """Parse one sample and compare. An exception that is no ParseError is a defect and counts as wrong."""
    parsed = adapter(sample.group)
    if parsed is None:
        return Judged(sample, "not covered", why="no file for this group")
    try:
        found = parsed(sample.command, sample.os, sample.text)
    except ParseError as refusal:
        return Judged(sample, "refused", why=str(refusal))
    except Exception as defect:
        return Judged(sample, "wrong", why=f"{type(defect).__name__}: {defect}")
    if found is None:
        return Judged(sample, "not covered", why="no parser for this command")
    facts = tuple(compare(sample.expect, found))
    verdicts = {fact.verdict for fact in facts}
    if "wrong" in verdicts:
        return Judged(sample, "wrong", facts)
    return Judged(sample, "not covered" if "uncovered" in verdicts or not facts else "right", facts)


def report(judged: Iterable[Judged], verbose: bool = False) -> list[str]:
    """Lines for people: groups, wrong facts, totals last."""
    all_of_them = list(judged)
    groups = sorted({one.sample.group for one in all_of_them})
    width = max((len(group) for group in groups), default=5)
    lines = [f"{'group':{width}}  samples  right  wrong  refused  not covered"]
    for group in groups:
        counts = Counter(one.outcome for one in all_of_them if one.sample.group == group)
        row = "  ".join(f"{counts[name]:{len(name)}}" for name in OUTCOMES)
        lines.append(f"{group:{width}}  {sum(counts.values()):7}  {row}")
    for one in all_of_them:
        for fact in one.facts:
            if fact.verdict == "wrong" or (verbose and fact.verdict == "uncovered"):
                lines.append(f"{fact.verdict}: {one.sample.name}: {fact.path or '/'}: expected {fact.expected!r}, parsed {fact.found!r}")
        if one.why and (one.outcome == "wrong" or verbose):
            lines.append(f"{one.outcome}: {one.sample.name}: {one.why}")
    verdicts = Counter(fact.verdict for one in all_of_them for fact in one.facts)
    counts = Counter(one.outcome for one in all_of_them)
    lines.append(f"facts: {verdicts['right']} right, {verdicts['wrong']} wrong, {verdicts['uncovered']} not covered")
    totals = ", ".join(f"{counts[name]} {'refused loudly' if name == 'refused' else name}" for name in OUTCOMES)
    lines.append(f"samples: {len(all_of_them)}: {totals}")
    return lines


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, help="a folder with an index.yml and the samples it names")
    arguments.add_argument("-v", "--verbose", action="store_true", help="also list refusals and facts that are not covered")
    given = arguments.parse_args()
    if not (given.folder / "index.yml").is_file():
        print(f"{given.folder} has no index.yml", file=sys.stderr)
        return 2
    judged = [judge(sample) for sample in read(given.folder)]
    print("\n".join(report(judged, given.verbose)))
    return 1 if any(one.outcome == "wrong" for one in judged) else 0


if __name__ == "__main__":
    sys.exit(main())
