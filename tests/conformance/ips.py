# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.conformance.ips DIR [-v]``: the product's pkg parsers over recorded runs of pkg(1).

A file is ``$ command``, stdout, ``--- stderr ---`` and stderr, ``--- exit N``. There is no list of expected values, so
each family is held to what must be true of any output of its kind: nothing printed is lost, an FMRI put together again
is the one printed, an exit code of 4 is no change. Prints what is wrong, then a line a family, counts last.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import pkg, pkg_plan, pkg_publisher, pkg_tables, pkg_verify
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

_RECORD = re.compile(r"\$ (?P<command>.*)\n(?P<stdout>(?:.|\n)*?)(?:--- stderr ---\n(?P<stderr>(?:.|\n)*?))?--- exit (?P<rc>[0-9]+)\n?\Z")


@dataclass(frozen=True)
class Record:
    """One recorded command; ``words`` without ``pkg`` and ``-R IMAGE``."""

    name: str
    command: str
    words: tuple[str, ...]
    output: Output


class Broken(Exception):
    """What must be true of the output is not true of what was parsed."""


def read(path: Path) -> Record | None:
    """The record of a file; None for a file of another kind."""
    match = _RECORD.fullmatch(path.read_text(encoding="utf-8"))
    if not match:
        return None
    words = match["command"].split()
    if words[:1] == ["pkg"]:
        words = words[1:]
        if words[:1] == ["-R"]:
            words = words[2:]
    output = Output(int(match["rc"]), match["stdout"], match["stderr"] or "")
    return Record(str(path), match["command"], tuple(words), output)


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise Broken(what)


def _printed(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _list(record: Record) -> None:
    found = pkg.listed(record.output).packages
    rows = [line for line in _printed(record.output.stdout) if not line.startswith(("NAME", "FMRI"))]
    _must(len(found) == len(rows), f"{len(rows)} rows printed, {len(found)} packages parsed")
    for line, one in zip(rows, found, strict=True):
        _must(one.name in line and one.version.text in line and line.endswith(one.flags), f"{line!r} became {one}")
        _must(one.installed == (one.flags[0] == "i"), f"{line!r}: installed is {one.installed}")


def _info(record: Record) -> None:
    if record.output.rc != 0:
        _must(not _printed(record.output.stdout), "a failed info printed packages")
        return
    found = pkg.parse_info(record.output.stdout)
    _must(len(found) == record.output.stdout.count("Name: "), "a package is lost")
    for one in found:
        publisher, name, version = pkg.fmri(one["FMRI"])
        _must((publisher, name, version.branch) == (one["Publisher"], one["Name"], one["Branch"]), f"FMRI and labels differ: {one}")


def _publisher(record: Record) -> None:
    text = record.output.stdout
    rows = [line for line in _printed(text) if not line.startswith("PUBLISHER")]
    if "-F" in record.words:
        found = pkg_publisher.parse_tsv(text)
    elif all(word.startswith("-") for word in record.words[1:]):
        found = pkg_publisher.parse_table(text)
    else:
        _must(len(pkg_publisher.parse_details(text)) == text.count("Publisher: "), "a publisher is lost")
        return
    _must(len(found) == len(rows), f"{len(rows)} rows printed, {len(found)} parsed")
    for line, one in zip(rows, found, strict=True):
        _must(line.split()[0] == one.publisher and one.location in line, f"{line!r} became {one}")


def _history(record: Record) -> None:
    if "-l" in record.words:
        _history_details(record)
        return
    found = pkg_plan.parse_history(record.output.stdout)
    rows = [line for line in _printed(record.output.stdout) if not line.startswith("START")]
    for line, one in zip(rows, found, strict=True):
        _must(line.split()[:2] == [one.start, one.operation] and line.rstrip().endswith(one.outcome), f"{line!r} became {one}")


def _freeze(record: Record) -> None:
    listing = len(record.words) == 1
    found = pkg.parse_frozen(record.output.stdout) if listing else pkg.parse_freezing(record.output.stdout)
    _must(all(one.name in record.output.stdout and one.version.timestamp for one in found) and bool(found), f"{found}")


def _unfreeze(record: Record) -> None:
    _must(pkg.parse_unfreezing(record.output.stdout) == record.words[1:], "other packages than asked for")


def _plan(record: Record) -> None:
    if record.output.rc not in (0, pkg.NOTHING_TO_DO):
        try:
            plan = pkg_plan.parse_plan(record.output.stdout)
        except ParseError:
            return
        raise Broken(f"a failed operation was read as {plan}")
    text = record.output.stdout
    plan = pkg_plan.parse_parsable(text) if any(word.startswith("--parsable") for word in record.words) else pkg_plan.parse_plan(text)
    _must(plan.changed == (record.output.rc == 0), f"exit code {record.output.rc}, changed is {plan.changed}")
    if plan.changes:
        kinds = Counter("install" if not change.old else "remove" if not change.new else "update" for change in plan.changes)
        told = {name: plan.counts.get(name, 0) for name in ("install", "update", "remove")}
        _must(all(kinds[name] == number for name, number in told.items()), f"{told} announced, {dict(kinds)} listed")


def _table(record: Record) -> None:
    if record.output.rc != 0:
        _must(not _printed(record.output.stdout), "a failed listing printed rows")
        return
    rows = _printed(record.output.stdout)
    found = pkg_tables.parse_columns(record.output.stdout, record.command)
    _must(len(found) == max(len(rows) - 1, 0), f"{len(rows)} lines printed, {len(found)} rows parsed")
    for line, one in zip(rows[1:], found, strict=True):
        _must("".join("".join(one.values()).split()) == "".join(line.split()), f"{line!r} became {one}")


def _verify(record: Record) -> None:
    found = pkg_verify.parse(record.output.stdout)
    _must(bool(found.damaged) == (record.output.rc == 1), f"exit code {record.output.rc}, damaged: {found.damaged}")
    _must(record.output.stdout.count("pkg://") == len(found.packages), "a package is lost")


def _history_details(record: Record) -> None:
    found = pkg_tables.parse_history_details(record.output.stdout)
    _must(len(found) == record.output.stdout.count("Operation: "), "an operation is lost")
    _must(all(one.get("Outcome") for one in found), "an operation has no outcome")


FAMILIES: dict[str, Callable[[Record], None]] = {
    "list": _list,
    "info": _info,
    "publisher": _publisher,
    "history": _history,
    "freeze": _freeze,
    "unfreeze": _unfreeze,
    "search": _table,
    "contents": _table,
    "property": _table,
    "mediator": _table,
    "facet": _table,
    "variant": _table,
    "verify": _verify,
    "install": _plan,
    "update": _plan,
    "uninstall": _plan,
    "exact-install": _plan,
}
#: Options whose output has another form, which the product does not ask for.
_OTHER_FORMS = {"list": {"-s", "-F"}, "contents": {"-m", "-H"}, "search": {"-H", "-I"}}


def judge(record: Record) -> tuple[str, str]:
    """Outcome and, unless right, why."""
    family = record.words[0] if record.words else ""
    check = FAMILIES.get(family) if record.command.startswith("pkg ") else None
    if check is None or _OTHER_FORMS.get(family, set()) & set(record.words) or record.output.rc == 2:
        return "not covered", "no parser for this command"
    try:
        check(record)
    except ParseError as refusal:
        return "refused", str(refusal)
    except Exception as defect:
        return "wrong", f"{type(defect).__name__}: {defect}"
    return "right", ""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, help="a folder of recorded commands, searched with its subfolders")
    arguments.add_argument("-v", "--verbose", action="store_true", help="also say why something is refused")
    given = arguments.parse_args()
    records = [record for path in sorted(given.folder.rglob("*.txt")) if (record := read(path))]
    if not records:
        print(f"{given.folder} holds no recorded commands", file=sys.stderr)
        return 2
    by_family: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        outcome, why = judge(record)
        family = record.words[0] if record.command.startswith("pkg ") and record.words else record.command.split()[0]
        by_family[family][outcome] += 1
        if outcome == "wrong" or (given.verbose and outcome == "refused"):
            print(f"{outcome}: {record.name}: {why}")
    for family, counts in sorted(by_family.items()):
        print(f"{family:16} " + ", ".join(f"{counts[name]} {name}" for name in ("right", "wrong", "refused", "not covered")))
    totals = sum(by_family.values(), Counter[str]())
    told = f"{totals['right']} right, {totals['wrong']} wrong, {totals['refused']} refused loudly, {totals['not covered']} not covered"
    print(f"samples: {len(records)}: {told}")
    return 1 if totals["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
