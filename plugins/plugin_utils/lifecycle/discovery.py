# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Discovery of a node: everything the repository wants to know of it, in one look that changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..commands import addresses, brands, disks, dladm, dladm_s10, hardware, ifconfig, ipmp, release, virtinfo, zoneadm, zpool
from ..model.command import Command, Output
from ..model.errors import CommandFailed
from ..model.node import Domain, NodeFacts
from ..model.release import Release

_FAMILIES = (
    ("release", release),
    ("hardware", hardware),
    ("virtinfo", virtinfo),
    ("disks", disks),
    ("brands", brands),
    ("addresses", addresses),
    ("ipmp", ipmp),
    ("dladm", dladm),
    ("s10", dladm_s10),
)


def probes() -> dict[str, Command]:
    """All commands of all releases at once: what a release lacks answers 127, which is no failure."""
    found = {f"{family} {name}": command for family, module in _FAMILIES for name, command in module.probes().items()}
    return found | {"zones": zoneadm.list_zones(), "pools": zpool.list_pools()}


def release_probes() -> dict[str, Command]:
    """Only what tells the release."""
    return {f"release {name}": command for name, command in release.probes().items()}


def read_release(outputs: Mapping[str, Output]) -> Release:
    return release.parse(_of("release", outputs))


def read(outputs: Mapping[str, Output]) -> NodeFacts:
    """The facts of the node itself: what its zones have is theirs. Raises ParseError naming the command that printed the unknown."""
    found = read_release(outputs)
    machine = hardware.parse(_of("hardware", outputs))
    links = dladm_s10.parse_links(_of("s10", outputs)) if found.is_solaris10 else dladm.parse_links(_of("dladm", outputs))
    return NodeFacts(
        hostname=machine.hostname,
        release=found,
        model=machine.model,
        cpus=machine.cpus,
        memory=machine.memory,
        hostid=machine.hostid,
        disks=disks.parse(_of("disks", outputs)),
        links=tuple(link for link in links if link.zone is None),
        groups=ifconfig.parse_group_list(_of("addresses", outputs)) if found.is_solaris10 else ipmp.parse(_of("ipmp", outputs)),
        addresses=tuple(address for address in addresses.parse(_of("addresses", outputs)) if address.zone is None),
        brands=brands.parse(_of("brands", outputs)),
        cores=machine.cores,
        chips=machine.chips,
        zones=_zones(outputs["zones"]),
        pools=_pools(outputs["pools"]),
        domain=_domain(outputs) if found.architecture == "sparc" else None,
    )


def _domain(outputs: Mapping[str, Output]) -> Domain | None:
    """The logical domain that the node is; None on machines without any. Only SPARC has them."""
    told = virtinfo.parse(_of("virtinfo", outputs))
    if told is None or told.implementation != "LDoms":
        return None
    return Domain(told.name, told.flags.get("control", False), told.control_domain, told.uuid, told.chassis)


def _zones(output: Output) -> tuple[str, ...]:
    if output.rc != 0:
        said = output.stderr.strip() or "no message"
        raise CommandFailed(f"'zoneadm list -cp' ended with {output.rc}: {said}. Which zones exist is not known.")
    return tuple(sorted(status.name for status in zoneadm.parse_list(output.stdout) if status.name != "global"))


def _pools(output: Output) -> tuple[str, ...]:
    if output.rc != 0:
        said = output.stderr.strip() or "no message"
        raise CommandFailed(f"'zpool list' ended with {output.rc}: {said}. Which pools are imported is not known.")
    return tuple(sorted(pool.name for pool in zpool.parse_list(output.stdout)))


def shown(facts: NodeFacts) -> dict[str, Any]:
    """The facts as a module returns them: lists and plain values only."""
    found: dict[str, Any] = _plain(asdict(facts))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def _of(family: str, outputs: Mapping[str, Output]) -> dict[str, Output]:
    return {key.partition(" ")[2]: output for key, output in outputs.items() if key.partition(" ")[0] == family}
