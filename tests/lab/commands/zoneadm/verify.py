# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What zoneadm verifies before install, attach, boot and ready. Texts from the public OpenSolaris source of zoneadm."""

from __future__ import annotations

from ...call import Call
from ...truth import Zone
from ..options import Refused
from ..zfs import dataset as tree
from ..zfs import files
from . import network
from .config import stored as resources

BITS = (("group", "readable", 0o040), ("group", "writable", 0o020), ("group", "executable", 0o010),
        ("world", "readable", 0o004), ("world", "writable", 0o002), ("world", "executable", 0o001))  # fmt: skip


def zonepath(call: Call, zone: Zone, verb: str) -> list[str]:
    """What is wrong with the zone path; install makes a missing one."""
    path = zone.zonepath
    mode = files.mode(call.machine, path)
    if mode is None:
        if verb == "verify":
            call.err(
                f"WARNING: {path} does not exist, so it could not be verified.\n"
                "When 'zoneadm install' is run, 'install' will try to create\n"
                f"{path}, and 'verify' will be tried again,\nbut the 'verify' may fail if:\nthe parent directory of {path} is group- or "
                f"other-writable\nor\n{path} overlaps with any other installed zones.\n"
            )
            return []
        if verb == "install":
            return []
        return [f"zoneadm: {path}: No such file or directory"]
    loose = [f"{path} must not be {who} {what}." for who, what, bit in BITS if mode & bit]
    if loose and call.machine.release != "s10" and verb == "install":
        call.err("".join(f"{text}\n" for text in loose) + "changing zonepath permissions to 0700.\n")
        files.make_folder(call.machine, path, 0o700)
        return []
    return loose


def filesystems(call: Call, zone: Zone) -> list[str]:
    """fs resources whose special is not there, and data sets that do not exist."""
    wrong = []
    for item in resources(zone, "fs"):
        where, special, kind = item.get("dir", ""), item.get("special", ""), item.get("type", "")
        if special.startswith("/"):
            if not files.exists(call.machine, special):
                wrong.append(f"could not verify fs {where}: could not access {special}: No such file or directory")
        elif special and (kind == "zfs" or "/" in special):
            found = tree.lookup(call.centre, call.machine, special)
            if found is None:
                wrong.append(f"cannot verify fs {where}: could not access zfs dataset '{special}'")
            elif tree.mountpoint(*found)[0] != "legacy":
                wrong.append(f"cannot verify fs {where}: zfs '{special}' mountpoint is not \"legacy\"")
    for item in resources(zone, "dataset"):
        name = item.get("name", "")
        if tree.lookup(call.centre, call.machine, name) is None:
            wrong.append(f"could not verify zfs dataset {name}: dataset does not exist")
    return wrong


def links(call: Call, zone: Zone) -> None:
    """Warnings about network interfaces that are not there."""
    known = {nic.device for nic in call.machine.nics} | {nic.vanity for nic in call.machine.nics} | set(call.machine.links)
    for item in resources(zone, "net"):
        physical = str(item.get("physical", ""))
        usable = known & network.plumbed(call.machine) if zone.ip_type == "shared" else known
        if physical.partition(":")[0] not in usable:
            call.err(f"WARNING: skipping network interface '{physical}' which may not be present/plumbed in the global zone.\n")


def details(call: Call, zone: Zone, verb: str) -> None:
    """All of it; prints what is wrong and raises Refused."""
    wrong = zonepath(call, zone, verb)
    if wrong:
        wrong.append(f"could not verify zonepath {zone.zonepath} because of the above errors.")
    links(call, zone)
    wrong += filesystems(call, zone)
    if wrong:
        raise Refused("".join(f"{text}\n" for text in wrong) + f"zoneadm: zone {zone.name} failed to verify")
