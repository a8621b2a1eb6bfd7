# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All addresses of a node on any release: ipadm where the node has it, completed by ifconfig, which knows zone, IPMP
group, MAC and flags on every release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..model.command import Command, Output
from ..model.network import Address
from . import ifconfig, ipadm


def probes() -> dict[str, Command]:
    return {**ipadm.probes(), **ifconfig.probes()}


def parse(outputs: Mapping[str, Output]) -> tuple[Address, ...]:
    """ifconfig's addresses, each with ipadm's object name, type and state where ipadm shows the same address.

    Addresses that only ipadm shows (disabled, not plumbed) follow. Without ipadm (exit code 127: Solaris 10) the
    answer is ifconfig's alone; any other failure of ipadm is a ParseError.
    """
    shown = ifconfig.parse(outputs)
    if outputs["ipadm-addr"].missing:
        return shown
    named = list(ipadm.parse(outputs))
    found = []
    for address in shown:
        same = [one for one in named if (one.interface, one.address) == (address.interface, address.address) and one.address]
        if same:
            named.remove(same[0])
            address = replace(address, name=same[0].name, kind=same[0].kind, state=same[0].state)
        found.append(address)
    return (*found, *named)
