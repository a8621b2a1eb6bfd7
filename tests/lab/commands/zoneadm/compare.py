# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Solaris 10's attach says of packages and patches that differ: order, tests and texts of sw_cmp.c in the OpenSolaris sources.

The zones guide prints an older form of the report (``NAME (VERSION) version mismatch``, ``ID is not installed``).
"""

from __future__ import annotations

from ...truth import Patch
from ..system.svr4_database import Installed, Inventory, base, revision

SOURCE = "These {} installed on the source system are inconsistent with this system:"
TARGET = "These {} installed on this system were not installed on the source system:"


def fields_compared(one: str, other: str) -> int:
    """Dotted numbers in turn, a longer one wins; what is no number is compared as text."""
    first, second = one.split("."), other.split(".")
    for place in range(max(len(first), len(second))):
        if place >= len(first) or place >= len(second):
            return len(first) - len(second)
        left, right = first[place], second[place]
        if not (left.isdecimal() and right.isdecimal()):
            rest = ".".join(first[place:]), ".".join(second[place:])
            return (rest[0] > rest[1]) - (rest[0] < rest[1])
        if int(left) != int(right):
            return int(left) - int(right)
    return 0


def versions_compared(one: str, other: str) -> int:
    """``11.10.0,REV=2005.01.21``: the version, then its revision; below, equal to or above 0."""
    (first, _, rev), (second, _, other_rev) = one.partition(","), other.partition(",")
    primary = fields_compared(first, second)
    if primary or not (rev and other_rev):
        return primary or bool(rev) - bool(other_rev)
    if rev.startswith("REV=") and other_rev.startswith("REV="):
        return fields_compared(rev[4:], other_rev[4:])
    return (rev > other_rev) - (rev < other_rev)


def obsolete(package: Installed | None, patch: str) -> bool:
    """Whether a patch on the package makes this one (without revision) obsolete."""
    return package is not None and any(base(other) == patch for held in package.patches.values() for other in held.obsoletes)


def _all_patches(own: Inventory, there: Inventory | None) -> dict[str, Patch]:
    """By id; those that are obsolete ``there`` do not matter."""
    found: dict[str, Patch] = {}
    for name in sorted(own):
        for number, patch in own[name].patches.items():
            if not (there is not None and obsolete(there.get(name), number)):
                found.setdefault(number, patch)
    return found


def report(source: Inventory, target: Inventory) -> str:
    """Empty when the zone may be attached as it is."""
    sections: list[tuple[str, list[str]]] = []
    wrong = []
    for name in sorted(source):
        if name not in target:
            wrong.append(f"\t{name}: not installed\n\t\t({source[name].version})")
        elif versions_compared(source[name].version, target[name].version):
            wrong.append(f"\t{name}: version mismatch\n\t\t({source[name].version})\n\t\t({target[name].version})")
    sections.append((SOURCE.format("packages"), wrong))
    sections.append((TARGET.format("packages"), [f"\t{name} ({target[name].version})" for name in sorted(target) if name not in source]))
    ours, theirs = _all_patches(target, None), _all_patches(source, target)
    wrong = []
    for number in sorted(theirs):
        old = theirs[number].id
        if number not in ours:
            wrong.append(f"\t{old}: not installed")
        elif ours[number].id != old:
            wrong.append(f"\t{number}: version mismatch\n\t\t({revision(old)}) ({revision(ours[number].id)})")
    sections.append((SOURCE.format("patches"), wrong))
    sections.append((TARGET.format("patches"), [f"\t{ours[number].id}" for number in sorted(ours) if number not in theirs]))
    return "".join("\n".join([heading, *lines]) + "\n" for heading, lines in sections if lines)


def downgrade(source: Inventory, target: Inventory) -> str:
    """Why the zone cannot be updated to this system; empty when it can."""
    start = "ERROR: attempt to downgrade package"
    for name in sorted(source):
        old, new = source[name], target.get(name)
        if new is None:
            continue
        order = versions_compared(old.version, new.version)
        if order > 0:
            return f"{start} {name} {old.version} to version {new.version}"
        if order < 0 or not old.patches:
            continue
        if not new.patches:
            return f"{start} {name}, the source had patches but this system does not\n"
        for number in sorted(old.patches):
            held, have = old.patches[number].id, new.patches.get(number)
            if have is None and not obsolete(new, number):
                return f"{start} {name}, the source had patch {held} which is not installed on this system\n"
            if have is not None and revision(held) > revision(have.id) and not obsolete(new, number):
                return f"{start} {name}, the source had patch {held} but this system only has {have.id}\n"
    return ""


def to_replace(source: Inventory, target: Inventory) -> tuple[list[str], list[str]]:
    """Names of the packages an update removes from the zone and of those it adds; a changed one is in both."""
    removed = [name for name in sorted(source) if name not in target]
    added = []
    for name in sorted(target):
        old, new = source.get(name), target[name]
        if old is not None and not versions_compared(old.version, new.version):
            newer = any(
                number not in old.patches or revision(patch.id) > revision(old.patches[number].id) for number, patch in new.patches.items()
            )
            if not newer:
                continue
        added.append(name)
        if old is not None:
            removed.append(name)
    return sorted(removed), added
