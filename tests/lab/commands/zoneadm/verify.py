# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What zoneadm verifies before install, attach, boot and ready. Texts from the public OpenSolaris source of zoneadm."""

from __future__ import annotations

from ... import filesystem
from ...call import Call
from ...truth import Zone
from ..options import Refused
from ..ufs import zones as devices
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
        if verb in ("install", "clone"):
            return []
        return [f"zoneadm: {path}: No such file or directory"]
    loose = [f"{path} must not be {who} {what}." for who, what, bit in BITS if mode & bit]
    if zone.state == "configured" and verb in ("install", "clone", "verify") and call.machine.release == "s10":
        loose += _rootpath(call, zone, verb)
    if loose and call.machine.release != "s10" and verb == "install":
        call.err("".join(f"{text}\n" for text in loose) + "changing zonepath permissions to 0700.\n")
        files.make_folder(call.machine, path, 0o700)
        return []
    return loose


def _rootpath(call: Call, zone: Zone, verb: str) -> list[str]:
    """A zone that is only configured has no root yet, unless it was detached."""
    path = zone.zonepath
    if not filesystem.configured() or not files.exists(call.machine, f"{path}/root"):
        return []
    if files.exists(call.machine, f"{path}/SUNWdetached.xml"):
        return [f"Cannot {verb} detached zone.\nUse attach or remove {path} directory."]
    return [f"Rootpath {path}/root exists; remove or move aside prior to {verb}."]


def filesystems(call: Call, zone: Zone) -> list[str]:
    """fs resources whose special is not there, and data sets that do not exist."""
    wrong = []
    for item in resources(zone, "fs"):
        where, special, kind = item.get("dir", ""), item.get("special", ""), item.get("type", "")
        if (said := devices.wrong(call, item)) is not None:
            wrong += [said] if said else []
            continue
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
    known |= {group.interface for group in call.machine.ipmp}
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
