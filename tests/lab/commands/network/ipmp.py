# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IPMP groups: ipmpstat(1M) and if_mpadm(1M), and what a group makes of its members and addresses.

Failures are found by the links alone (in.mpathd(1M), link-based detection): probes and test addresses are not simulated. On Solaris 11 the
addresses are the IPMP interface's; on Solaris 10 they lie on the members, and those of a failed or offline one are seen on another.
"""

from __future__ import annotations

from ...call import Call
from ...truth import Ipmp, Machine
from ..honest import S11, simulated
from ..options import Refused, Unknown, parse
from .links import find
from .table import Table

GROUPS = Table(
    {"group": 12, "groupname": 12, "state": 10, "fdt": 10, "interfaces": 30}, ("group", "groupname", "state", "fdt", "interfaces")
)
MEMBERS = Table(
    {"interface": 12, "active": 8, "group": 12, "flags": 10, "link": 10, "probe": 10, "state": 10},
    ("interface", "active", "group", "flags", "link", "probe", "state"),
)


def group_of(machine: Machine, interface: str) -> Ipmp | None:
    """The group of which it is a member."""
    return next((group for group in machine.ipmp if interface in group.members), None)


def own_interface(machine: Machine, interface: str) -> Ipmp | None:
    """The group whose IPMP interface it is."""
    return next((group for group in machine.ipmp if interface and interface == group.interface), None)


def member_state(call: Call, group: Ipmp, name: str) -> str:
    """ok, failed or offline."""
    if name in group.offline:
        return "offline"
    link = find(call, name)
    return "ok" if link is not None and link.state in ("up", "unknown") else "failed"


def usable(call: Call, group: Ipmp) -> list[str]:
    return [name for name in group.members if member_state(call, group, name) == "ok"]


def active(call: Call, group: Ipmp) -> list[str]:
    """A standby takes over for one that is not usable; as many as are missing."""
    good = usable(call, group)
    missing = sum(name not in group.standby and name not in good for name in group.members)
    spare = [name for name in good if name in group.standby]
    return [name for name in good if name not in group.standby or name in spare[:missing]]


def group_state(call: Call, group: Ipmp) -> str:
    good = usable(call, group)
    return "ok" if len(good) == len(group.members) else "degraded" if good else "failed"


def carrier(call: Call, interface: str) -> str:
    """Where the addresses of a Solaris 10 interface are now."""
    group = group_of(call.machine, interface)
    if group is None or group.interface or member_state(call, group, interface) == "ok":
        return interface
    return next(iter(active(call, group)), interface)


def join(call: Call, name: str, group: str) -> None:
    """``ifconfig IF group NAME`` of Solaris 10; '' leaves. A group is there while it has members."""
    machine = call.machine
    former = group_of(machine, name)
    if former is not None:
        for part in (former.members, former.standby, former.offline):
            part[:] = [one for one in part if one != name]
    machine.ipmp = [known for known in machine.ipmp if known.members]
    if group:
        known = next((one for one in machine.ipmp if one.name == group), None)
        if known is None:
            known = Ipmp(group)
            machine.ipmp.append(known)
        known.members.append(name)


def listed(call: Call, group: Ipmp) -> str:
    good, working = usable(call, group), active(call, group)
    words = list(reversed(working))
    idle = [name for name in reversed(group.members) if name in good and name not in working]
    bad = [name for name in reversed(group.members) if name not in good]
    return " ".join([*words, *([f"({' '.join(idle)})"] if idle else []), *([f"[{' '.join(bad)}]"] if bad else [])])


def member_row(call: Call, group: Ipmp, name: str) -> dict[str, str]:
    state, working = member_state(call, group, name), active(call, group)
    link = find(call, name)
    standby = name in group.standby
    nominated = "mb" if working[:1] == [name] else "--"
    flags = f"{'i' if standby and state == 'ok' and name not in working else '-'}{'s' if standby else '-'}{nominated}-"
    return {
        "interface": name, "active": "yes" if name in working else "no", "group": group.interface,
        "flags": f"{flags}{'d' if state == 'offline' else '-'}-", "link": link.state if link else "unknown", "probe": "disabled",
        "state": state,
    }  # fmt: skip


@simulated("ipmpstat", on=S11)
async def ipmpstat(call: Call) -> int:
    """Groups and members. What it prints on a machine without any is not recorded: nothing here."""
    flags, rest = parse(call.args, "agipntPo:")
    options = dict(flags)
    shown = {letter for letter, _ in flags} & set("agipt")
    if rest or len(shown) != 1 or (call.machine.ipmp and not shown <= set("gi")):
        raise Unknown()
    groups = [group for group in call.machine.ipmp if call.zone is None]
    if shown == {"g"}:
        rows = [
            {"group": one.interface, "groupname": one.name, "state": group_state(call, one), "fdt": "", "interfaces": listed(call, one)}
            for one in groups
        ]
        GROUPS.show(call, rows, GROUPS.fields(call, options.get("o"), "P" in options), "P" in options)
    elif shown == {"i"}:
        rows = [member_row(call, one, name) for one in groups for name in reversed(one.members)]
        MEMBERS.show(call, rows, MEMBERS.fields(call, options.get("o"), "P" in options), "P" in options)
    return 0


@simulated("if_mpadm")
async def if_mpadm(call: Call) -> int:
    """``-d`` takes a member off line, ``-r`` brings it back. Texts: illumos, if_mpadm.c."""
    if len(call.args) != 2 or call.args[0] not in ("-d", "-r") or call.zone is not None or call.user != "root":
        raise Unknown()
    word, name = call.args
    group = group_of(call.machine, name)
    if word == "-r":
        if group is None or name not in group.offline:
            raise Unknown(f"{name}, which is not off line")
        group.offline.remove(name)
        return 0
    if group is not None and name in group.offline:
        raise Refused(f"if_mpadm: fatal: interface {name} is already offline")
    if group is None and find(call, name) is None:
        raise Unknown(f"{name}, which does not exist")
    if group is None:
        raise Refused(f"if_mpadm: fatal: cannot offline {name}: not a physical interface or not in an IPMP group")
    if not [one for one in usable(call, group) if one != name]:
        raise Refused(f"if_mpadm: fatal: cannot offline {name}: no other functioning interfaces are in its IPMP group")
    group.offline.append(name)
    return 0
