# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What PCA printed while it installed patches, held against what a patch's own files say of reboots.

Which patch its patchadd refused is taken as it was printed; whether one is skipped, what is said of a reboot, the summaries and the exit
status are worked out here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patch_archive
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Properties

from .command import Asked

#: patchadd's codes that mean that there is nothing to do: it is there, it is obsolete, no package, a later one is there.
HARMLESS: Final = frozenset({2, 6, 8, 35})
_WORDS: Final = {
    ("immediate", True): "Reconfig required",
    ("immediate", False): "Reboot required",
    ("after", True): "Reconfig recommended",
    ("after", False): "Reboot recommended",
}
_LAST: Final = (
    ("Reconfig required", "Reconfiguration reboot required (init 6)", 4),
    ("Reboot required", "Reboot required (init 6)", 4),
    ("Reconfig recommended", "Reconfiguration reboot recommended (init 6)", 5),
    ("Reboot recommended", "Reboot recommended (init 6)", 5),
)


def properties(folder: Path) -> Properties:
    """Of an unpacked patch."""
    if (folder / "patchinfo").is_file():
        return patch_archive.parse_patchinfo((folder / "patchinfo").read_text())
    readme = next(iter(sorted(folder.glob("README*"))), None)
    return patch_archive.parse_readme(readme.read_text()) if readme else Properties()


def judge(asked: Asked, folder: Path, rest: Sequence[str], status: int) -> tuple[dict[str, str], list[str]]:
    """Explained lines → which peculiarity, and what is different."""
    explained: dict[str, str] = {}
    wrong: list[str] = []
    counts = {"Successful": 0, "Skipped": 0, "Failed": 0}
    said: set[str] = set()
    blocks = list(_blocks(rest))
    for patch, lines in blocks:
        where = folder / asked.patches / patch
        known = properties(where) if where.is_dir() else None
        outcome = next(
            (line.split()[0] for line in lines if re.match(r"(?:Successful|Skipped|Failed -|Failed \()", line) and "exit code" not in line),
            "Failed",
        )
        expected = _WORDS.get((known.reboot, known.reconfigure), "") if known else ""
        counts[outcome] += 1
        if known is None and outcome != "Failed":
            wrong.append(f"{patch}: {outcome}, and there is no folder of it")
        if asked.pretend and known and outcome != "Skipped":
            wrong.append(f"{patch}: {outcome} where it was only pretended")
        skipped = bool(asked.selection.without_reboot and expected)
        if skipped != any("Skipped - noreboot" in line for line in lines):
            wrong.append(f"{patch}: --noreboot {'skips' if skipped else 'does not skip'} it by {known.source if known else 'nothing'}")
        told = next((line for line in lines if line in _WORDS.values()), "")
        if (expected if outcome != "Failed" and not skipped else "") != told:
            wrong.append(f"{patch}: {told or 'nothing'} is said of a reboot, {expected or 'nothing'} is in its files")
        said |= {told} if told else set()
        code = next((int(match[1]) for line in lines if (match := re.match(r"Failed \(exit code (\d+)\)", line))), None)
        if code in HARMLESS:
            explained[patch] = "harmless-exit-code-counts-as-failed"
    wrong += _summary(rest, len(blocks), counts)
    last = next(((text, code) for word, text, code in _LAST if word in said), ("", 0)) if asked.root in ("", "/") else ("", 0)
    told = next((line for line in rest if line.endswith("(init 6)")), "")
    if told != last[0]:
        wrong.append(f"{told or 'nothing'} is said at the end, {last[0] or 'nothing'} is expected")
    if status != last[1]:
        wrong.append(f"exit status {status}, {last[1]} is expected")
    return explained, wrong


def _blocks(rest: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    name, lines = "", list[str]()
    for line in rest:
        start = re.match(r"Installing (\S+) \(\d+/\d+\)", line)
        if start or re.match(r"-{20,}|Looking for ", line):
            if name:
                yield name, lines
            name, lines = start[1] if start else "", []
        elif name:
            lines.append(line)
    if name:
        yield name, lines


def _summary(rest: Sequence[str], total: int, counts: dict[str, int]) -> Iterator[str]:
    wanted = f"Install Summary : {total} total, {counts['Successful']} successful, {counts['Skipped']} skipped, {counts['Failed']} failed"
    if total and wanted not in rest:
        yield f"no line {wanted!r}"
