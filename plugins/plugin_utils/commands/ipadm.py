# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP interfaces, addresses and properties of Solaris 11 and illumos: ipadm(1M). Solaris 10 has no such command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..model.command import Command, Output
from ..model.errors import ParseError
from ..model.network import Address
from .tables import none, parsable, refuse, worded

ADDR = ("addrobj", "type", "state", "addr")
TYPES = frozenset({"static", "addrconf", "dhcp", "from-gz", "inherited", "vrrp", "vni", "ipmp"})
_TREE = {"name": "NAME", "kind": "CLASS/TYPE", "state": "STATE", "under": "UNDER", "address": "ADDR"}
STATES = frozenset({"ok", "down", "disabled", "duplicate", "tentative", "inaccessible"})


@dataclass(frozen=True, slots=True)
class Interface:
    """One row of ``show-if``. ``active`` and ``kind`` ('class') are None and '' in the releases that do not print them."""

    name: str
    kind: str = ""
    state: str = ""
    active: bool | None = None
    over: tuple[str, ...] = ()
    persistent: str = ""
    current: str = ""


def probes() -> dict[str, Command]:
    return {"ipadm-addr": Command.of("ipadm", "show-addr", "-p", "-o", ",".join(ADDR))}


def parse(outputs: Mapping[str, Output]) -> tuple[Address, ...]:
    """Addresses from the answer to ``probes()``; a node without ipadm (Solaris 10) is asked with ifconfig instead."""
    output = outputs["ipadm-addr"]
    if output.rc != 0:
        raise ParseError(f"ipadm show-addr failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}")
    return tuple(_address(row) for row in parsable("ipadm show-addr", output.stdout, ADDR))


def parse_addresses(text: str) -> tuple[Address, ...]:
    """``ipadm show-addr`` as a table for people: ADDROBJ TYPE STATE ADDR, long names push the columns."""
    rows = worded("ipadm show-addr", text, rest="ADDR", needs=("ADDROBJ", "TYPE", "STATE"))
    return tuple(_address({name.lower(): cell for name, cell in row.items()}) for row in rows)


def parse_tree(text: str) -> tuple[dict[str, str], ...]:
    """``ipadm`` alone (Solaris 11.1 and later): NAME CLASS/TYPE STATE UNDER ADDR, addresses indented below their interface.

    Rows with the keys name, kind, state, under, address and, of an address, interface; '' for ``--``.
    """
    rows = worded("ipadm", text, rest="ADDR", needs=("NAME", "CLASS/TYPE", "STATE", "UNDER"))
    found: list[dict[str, str]] = []
    for cells in rows:
        row = {key: none(cells[title].strip()) for key, title in _TREE.items()}
        interface = row["name"].rpartition("/")[0]
        known = [one["name"] for one in found if not one["interface"]]
        address = interface in known
        if (address and row["kind"] not in TYPES) or not row["state"]:
            refuse("ipadm", " ".join(cells.values()), "has no state, or is an address of no known type")
        found.append({**row, "interface": interface if address else ""})
    return tuple(found)


def _address(row: Mapping[str, str]) -> Address:
    interface, slash, _label = row["addrobj"].rpartition("/")
    if not slash or row["type"] not in TYPES or row["state"] not in STATES:
        refuse("ipadm show-addr", ":".join(row.values()), "has no interface, or a type or state that is not known")
    shown = row["addr"]
    address = "" if shown in ("?", "--", "") else shown
    return Address(interface, address, name=row["addrobj"], state=row["state"], kind=row["type"])


def parse_interfaces(text: str) -> tuple[Interface, ...]:
    """``ipadm show-if`` as a table: IFNAME [CLASS] STATE [ACTIVE] [CURRENT PERSISTENT] [OVER]."""
    header = text.strip().partition("\n")[0].split()
    rest = "OVER" if header[-1:] == ["OVER"] else None
    rows = worded("ipadm show-if", text, rest=rest, needs=("IFNAME", "STATE"))
    return tuple(_interface({name.lower(): cell for name, cell in row.items()}) for row in rows)


def parse_interfaces_parsable(text: str, columns: tuple[str, ...]) -> tuple[Interface, ...]:
    """``ipadm show-if -p -o columns`` where ifname is among the columns."""
    return tuple(_interface(row) for row in parsable("ipadm show-if", text, columns))


def _interface(row: Mapping[str, str]) -> Interface:
    active = row.get("active", "")
    if active not in ("", "yes", "no"):
        refuse("ipadm show-if", str(row), "is neither active nor not")
    return Interface(
        row["ifname"],
        kind=row.get("class", ""),
        state=row.get("state", ""),
        active=None if not active else active == "yes",
        over=tuple(none(row.get("over", "")).split()),
        persistent=row.get("persistent", ""),
        current=row.get("current", ""),
    )


def parse_properties(text: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """``show-prop``, ``show-ifprop``, ``show-addrprop`` with ``-c -o columns``: a row each, '' for nothing."""
    return parsable("ipadm properties", text, columns)
