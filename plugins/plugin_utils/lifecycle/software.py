# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a zone's software fits another node: what attaching it there would find.

Solaris 10 compares a zone's packages and patches itself and can try it out beforehand (``zoneadm detach -n``, ``attach -n``).
Solaris 11 has no trial: there the packages of both global zones are compared, as solaris(7) demands, same or later on the target.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..commands import pkg
from ..model.command import Command, File, Output
from ..model.errors import CommandFailed
from ..model.release import Release
from ..model.vserver import Upgrade

#: How many differences a message shows; the rest is counted.
SHOWN = 12


def packages() -> Command:
    return Command.of("pkg", "list", "-Hv")


def read_packages(output: Output, node: str) -> dict[str, pkg.Version]:
    """Package → version. Raises CommandFailed where pkg did not tell: an unknown list is no list that fits."""
    if output.rc != 0:
        raise CommandFailed(f"node {node}: 'pkg list' failed with exit code {output.rc}: {output.stderr.strip()}. Nothing was changed.")
    return {package.name: package.version for package in pkg.parse_list(output.stdout).packages}


def lacking(source: Mapping[str, pkg.Version], target: Mapping[str, pkg.Version], upgrade: Upgrade) -> list[str]:
    """What keeps a Solaris 11 zone from being attached: packages that are older on the target, and later ones without an upgrade."""
    older = [
        f"package {name} is {target[name].text} there, older than {have.text}"
        for name, have in source.items()
        if _older(target, name, have)
    ]
    if older or upgrade:
        return _few(older)
    later = [
        f"package {name} is {target[name].text} there, {have.text} here: attaching it needs upgrade: minimal"
        for name, have in source.items()
        if name in target and _order(target[name]) > _order(have)
    ]
    return _few(later)


def _older(target: Mapping[str, pkg.Version], name: str, have: pkg.Version) -> bool:
    return name in target and _order(target[name]) < _order(have)


def _order(version: pkg.Version) -> tuple[tuple[int, ...], ...]:
    """Component, build and branch as pkg(7) orders them; the timestamp only tells two publications of the same apart."""
    parts = (version.component, version.build, version.branch)
    return tuple(tuple(int(number) for number in re.findall(r"[0-9]+", part)) for part in parts)


def manifest(zone: str) -> Command:
    """Solaris 10: what would be written into SUNWdetached.xml, without detaching."""
    return Command.of("zoneadm", "-z", zone, "detach", "-n")


def trial(zone: str, text: str) -> Command:
    """Solaris 10: whether the software of a zone with this manifest could be attached.

    Networks, file systems and devices are left out: the target has other links, and the datasets are not there yet.
    """
    alone = re.sub(r"\s*<(network|filesystem|device)\b[^>]*?(?:/>|>.*?</\1>)", "", text, flags=re.DOTALL)
    return Command.of("zoneadm", "-z", zone, "attach", "-n", File("SUNWdetached.xml", alone))


def refused(output: Output, upgrade: Upgrade) -> list[str]:
    """The lines of a trial's report; nothing when the zone fits, or is to be upgraded (which resolves all but a downgrade)."""
    if output.rc == 0 or output.missing:
        return []
    report = [line.strip() for line in (output.stderr + output.stdout).splitlines() if line.strip()]
    if upgrade:
        report = [line for line in report if "downgrade" in line or "earlier release" in line]
    return _few(report)


def _few(found: list[str]) -> list[str]:
    return found if len(found) <= SHOWN else [*found[:SHOWN], f"and {len(found) - SHOWN} more"]


def other_platform(source: Release, target: Release) -> list[str]:
    """What no upgrade can bridge."""
    if source.architecture != target.architecture:
        return [f"architecture {target.architecture}; its software is for {source.architecture}"]
    return []
