# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the software in a zone fits another node, as far as releases and kernels tell. A migration looks closer, at every package
and patch, before it stops anything; what is refused here would be refused there."""

from __future__ import annotations

import re

from ..model.release import SUPPORTED, Release
from ..model.vserver import Brand

#: Brands whose zones have the packages of their node (native(5), solaris(5)). The others are systems of their own.
_OF_THE_NODE: tuple[Brand, ...] = ("native", "solaris")


def misfit(brand: Brand, source: Release, target: Release, *, upgrade: bool) -> str | None:
    """Why a zone that lives on a node of release ``source`` cannot be attached on ``target``, as the end of the sentence 'node … '.

    An earlier level is never taken (solaris(7), "migration"; attach on Solaris 10 refuses a downgrade), a later one with an ``upgrade``.
    Where the two levels cannot be compared nothing is said.
    """
    if brand not in _OF_THE_NODE or source.is_solaris10 != target.is_solaris10:
        return None
    if source.architecture != target.architecture:
        return f"is {target.architecture}, and its software is for {source.architecture}"
    have, there = _order(source), _order(target)
    if have is None or there is None or have == there:
        return None
    if there < have:
        return f"runs {_named(target)}, earlier than the {_named(source)} that it lives on"
    return (
        None if upgrade else f"runs {_named(target)}, later than the {_named(source)} that it lives on: attaching it there takes an upgrade"
    )


def _order(release: Release) -> tuple[int, ...] | None:
    """``11.4.66.164.1`` and ``Generic_150400-65`` (uname -v) by their numbers, the family first; None for any other form."""
    if release.family not in SUPPORTED:
        return None
    family = SUPPORTED.index(release.family)
    if release.is_solaris10:
        kernel = re.fullmatch(r"Generic_([0-9]{6})-([0-9]{2,3})", release.version)
        return None if kernel is None else (family, int(kernel[1]), int(kernel[2]))
    if re.fullmatch(r"11\.[0-9]+(\.[0-9]+)*", release.version) is None:
        return None
    return (family, *(int(number) for number in release.version.split(".")))


def _named(release: Release) -> str:
    return f"{'Solaris 10' if release.is_solaris10 else 'Solaris'} {release.version}"
