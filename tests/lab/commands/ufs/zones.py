# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file systems of devices that a zone's configuration names: ``add fs; set type=ufs; set special=...; set raw=...``.

zoneadmd checks each with ``fsck -m`` and mounts it below the zone's root (public source, zoneadmd/vplat.c); zoneadm verifies before that
that special and raw are there and that raw is given (zoneadm.c, verify_filesystems()).
"""

from __future__ import annotations

from ...call import Call
from ...truth import Zone
from ..options import Refused, Unknown
from ..zfs import files as folders
from ..zoneadm import rules
from ..zoneadm.config import resources
from . import devices, fsck, kinds, mount, space

STANDARD = ("dev", "lu", "root", "SUNWattached.xml", "SUNWdetached.xml")


def _of_devices(call: Call, zone: Zone) -> list[dict[str, str]]:
    if call.machine.release != "s10":
        return []
    return [item for item in resources(zone, "fs") if item.get("type") in kinds.MOUNTERS]


def wrong(call: Call, item: dict[str, str]) -> str | None:
    """What zoneadm says of an fs resource of a device; '' when it is in order, None when it is of another type."""
    if call.machine.release != "s10" or item.get("type") not in kinds.MOUNTERS:
        return None
    where, special, raw = item.get("dir", ""), item.get("special", ""), item.get("raw", "")
    if not raw:
        return f"could not verify fs {where}: must specify 'raw' device for {item['type']} file systems"
    for path in (special, raw):
        if devices.find(call, path) is None:
            return f"could not verify fs {where}: could not access {path}: No such file or directory"
    return ""


def enter(call: Call, zone: Zone) -> None:
    """Mount them for a zone that becomes ready. Raises Refused; then none is mounted."""
    for item in _of_devices(call, zone):
        point = f"{zone.zonepath}/root{item.get('dir', '')}"
        options = item.get("options") or []
        words = ",".join(options) if isinstance(options, list) else str(options)
        try:
            _one(call, zone, item, point, words)
        except (Refused, Unknown):
            leave(call, zone)
            raise


def _one(call: Call, zone: Zone, item: dict[str, str], point: str, options: str) -> None:
    end = "\n" + rules.named(zone.name, "call to zoneadmd failed")
    if item["type"] == "ufs":
        try:
            quiet = Call(call.centre, call.machine, ["fsck"], now=call.now, sleep=call.sleep)
            fsck.sanity(quiet, item["raw"])
        except Refused as err:
            said = rules.daemon(call, zone.name, err.text.rstrip())
            text = f"fsck of '{item['raw']}' failed with exit status {err.rc}; run fsck manually"
            raise Refused(f"{said}\n{rules.daemon(call, zone.name, text)}{end}") from None
    if not folders.exists(call.machine, point):
        folders.make_folder(call.machine, point, 0o755)
    try:
        kinds.mount(call, item["type"], item["special"], point, options, zone.name)
    except Refused as err:
        said = rules.daemon(call, zone.name, err.text.rstrip())
        asked = f"-o {options} " if options else ""
        text = f'"/usr/lib/fs/{item["type"]}/mount {asked}{item["special"]} {point}" failed with exit code {err.rc}'
        raise Refused(f"{said}\n{rules.daemon(call, zone.name, text)}{end}") from None


def leave(call: Call, zone: Zone) -> None:
    """The zone is halted: what zoneadmd mounted for it is unmounted."""
    for each in [each for each in reversed(call.machine.mounts) if each.zone == zone.name]:
        mount.remove(call, each)


def room(call: Call, zone: Zone, size: int) -> bool:
    """Room for a zone's files where its path is no data set."""
    return space.claim(call, zone.zonepath, size) is not False


def is_home(call: Call, zone: Zone) -> bool:
    """Whether the zone path is itself the mount point of a device's file system."""
    return devices.at(call.machine, zone.zonepath) is not None


def emptied(call: Call, zone: Zone) -> bool:
    """Uninstall where the zone path is such a mount point: only what zones have goes, since lost+found is there. False elsewhere."""
    space.release(call, zone.zonepath)
    if not is_home(call, zone):
        return False
    for name in STANDARD:
        folders.remove_tree(call.machine, f"{zone.zonepath}/{name}")
        folders.remove_file(call.machine, f"{zone.zonepath}/{name}")
    call.err(
        f"WARNING: Unable to completely remove {zone.zonepath}\nbecause it contains additional user data.  Only the standard directory\n"
        "entries have been removed.\n"
    )
    return True
