# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm clone and move. Solaris 10's from the OpenSolaris sources of zoneadm; Solaris 11's clone as its guide shows it.

A zone path that is a file system of its own is cloned by a snapshot (SUNWzoneN) and moved by its mount point, anything else is copied.
"""

from __future__ import annotations

import shutil

from ... import filesystem
from ...call import Call
from ...truth import SharedPool, ZfsDataset, Zone
from ..options import Refused, Unknown, parse
from ..zfs import dataset as tree
from ..zfs import files, mounting
from . import environments, ground, identity, install, moving, rules, storage, verify
from .config import resources

COPY_SECONDS = 30


async def clone(call: Call, zone: Zone, args: list[str]) -> int:
    s10 = call.machine.release == "s10"
    options, rest = parse(args, "m:s:" if s10 else "m:s:c:x:")
    flags = dict(options)
    if len(rest) != 1 or flags.get("m", "copy") != "copy":
        raise Refused("usage:\tclone [-m method] [-s <ZFS snapshot>] [brand-specific args] zonename", 2)
    if flags.keys() & {"s", "c", "x"} or (not s10 and flags):
        raise Unknown(" ".join(call.argv))
    install.brand(call, zone)
    rules.state(zone, "clone")
    verify.details(call, zone, "clone")
    source = _source(call, zone, rest[0])
    _alike(call, zone, source)
    with rules.lock(call.machine, zone.name):
        zone.state = "incomplete"
        call.save()
        if s10:
            await _ten(call, zone, source, "m" in flags)
        else:
            await _eleven(call, zone, source)
        identity.forget(call, zone)
        zone.state, zone.uuid = "installed", install.new_uuid(call, zone)
        call.save()
    return 0


def _source(call: Call, zone: Zone, name: str) -> Zone:
    if name == "global":
        raise Refused(rules.named(zone.name, "clone operation is invalid for the global zone."))
    if name.startswith("SUNW"):
        raise Refused(rules.named(zone.name, "clone operation is invalid for zones starting with SUNW."))
    found = call.machine.zones.get(name)
    if found is None:
        raise Refused(f"zoneadm: {name}: could not get state: No such zone configured")
    if found.state in rules.ALIVE:
        raise Refused(rules.named(zone.name, f"clone operation is invalid for {found.state} zones."))
    if found.state != "installed":
        raise Refused(f"zoneadm: zone {name} is {found.state}; installed is required.")
    return found


def _alike(call: Call, zone: Zone, source: Zone) -> None:
    """The same brand and inherited directories; what both would use is warned of."""
    if zone.brand != source.brand:
        raise Refused(f"zoneadm: Zones '{source.name}' and '{zone.name}' have different brand types.")
    own, theirs = ([item.get("dir", "") for item in resources(one, "inherit-pkg-dir")] for one in (zone, source))
    for path in theirs:
        if path not in own:
            raise Refused(f"inherit-pkg-dir '{path}' is not configured in zone {zone.name}.")
    if len(own) != len(theirs):
        raise Refused(f"Zone {zone.name} is configured with inherit-pkg-dirs that are not configured in zone {source.name}.")
    addresses = {str(item.get("address", "")).partition("/")[0] for item in resources(source, "net")}
    for item in resources(zone, "net"):
        address = str(item.get("address", ""))
        if address and address.partition("/")[0] in addresses:
            call.err(f"WARNING: network address '{address}' is configured in both zones.\n")
    names = {item.get("name") for item in resources(source, "dataset")}
    for item in resources(zone, "dataset"):
        if item.get("name") in names:
            call.err(rules.named(zone.name, f"WARNING: dataset '{item['name']}' is configured in both zones.\n") + "\n")


async def _ten(call: Call, zone: Zone, source: Zone, copied: bool) -> None:
    home = storage.exact(call, source.zonepath)
    target = _place_below(call, zone)
    if home is not None and not copied and target is not None:
        if call.ground is not None:
            raise Unknown("zoneadm clone on a real ZFS")
        pool, top = home
        start = f"{top.name}@SUNWzone"
        numbers = [int(name.removeprefix(start)) for name in pool.datasets if name.startswith(start)]
        snapshot = f"{start}{max(numbers, default=0) + 1}"
        if target[0] is pool:
            pool.datasets[snapshot] = ZfsDataset(snapshot, "snapshot", {"lab:referenced": str(top.used)}, used=0, created=call.now())
            call.out(f"Cloning snapshot {snapshot}\n")
            await call.sleep(2)
            made = ground.of(call).make(pool, target[1], {"sharenfs": "off"})
            made.properties["lab:origin"] = snapshot
            _copy_files(call, source, zone)
            call.out("Instead of copying, a ZFS clone has been created for this zone.\n")
            return
    moving.nothing_mounted(call, source)
    created, _ = storage.make_dataset(call, zone)
    if created:
        call.out("A ZFS file system has been created for this zone.\n")
    call.out(f"Copying {source.zonepath}...")
    await call.sleep(COPY_SECONDS)
    _copy_files(call, source, zone)
    call.out("\n")


def _place_below(call: Call, zone: Zone) -> tuple[SharedPool, str] | None:
    """Where a file system of the zone's own would be made; None when the folder above is none."""
    if storage.exact(call, zone.zonepath) is not None:
        return None
    parent, _, last = zone.zonepath.rpartition("/")
    above = storage.exact(call, parent or "/")
    return None if above is None or not parent else (above[0], f"{above[1].name}/{last}")


async def _eleven(call: Call, zone: Zone, source: Zone) -> None:
    if zone.brand != "solaris":
        raise Unknown(f"zoneadm clone of a {zone.brand} zone")
    found = environments.active(call, source)
    if found is None:
        raise Unknown("zoneadm clone of a zone without a boot environment")
    log = f"zoneadm.{install.stamp(call)}.{zone.name}.clone"
    created, home = storage.make_dataset(call, zone)
    if created:
        call.out(f"The following ZFS file system(s) have been created:\n    {created}\n")
    call.out(f"Progress being logged to /var/log/zones/{log}\n")
    await call.sleep(5)
    assert home is not None
    storage.lay_out(call, zone, home)
    pool, top = home
    made = pool.datasets[f"{top.name}/rpool/ROOT/solaris"]
    environments.stamp(call, made)
    made.properties[environments.PACKAGES] = found[1].properties.get(environments.PACKAGES, "{}")
    _copy_files(call, source, zone)
    call.out(f"Log saved in non-global zone as {zone.zonepath}/root/var/log/zones/{log}\n")


def _copy_files(call: Call, source: Zone, zone: Zone) -> None:
    if not filesystem.configured():
        return
    here, there = (filesystem.resolve(call.machine, f"{one.zonepath}/root") for one in (source, zone))
    if here.is_dir():
        shutil.copytree(here, there, symlinks=True, dirs_exist_ok=True)
    files.make_folder(call.machine, zone.zonepath, 0o700)


async def move(call: Call, zone: Zone, args: list[str]) -> int:
    if call.machine.release != "s10":
        raise Unknown("zoneadm move on Solaris 11")
    _, rest = parse(args, "")
    if len(rest) != 1:
        raise Refused("usage:\tmove zonepath", 2)
    new = rest[0]
    rules.state(zone, "move")
    verify.details(call, zone, "move")
    if not new.startswith("/"):
        raise Refused(f"{new} is not an absolute path.")
    if not files.empty_folder(call.machine, new):
        raise Refused(f"could not move zone to {new}: directory not empty")
    moving.nothing_mounted(call, zone)
    if call.ground is not None:
        raise Unknown("zoneadm move on a real ZFS")
    with rules.lock(call.machine, zone.name):
        old, home = zone.zonepath, storage.exact(call, zone.zonepath)
        if home is not None:
            pool, top = home
            mounting.unmount(call, pool, top)
            files.remove_tree(call.machine, old)
            top.properties["mountpoint"] = new
            mounting.mount(call, pool, top)
        else:
            await _move_files(call, zone, new)
        zone.zonepath = zone.config["zonepath"] = new
        call.save()
    return 0


async def _move_files(call: Call, zone: Zone, new: str) -> None:
    """Within a file system the folder is renamed; else it is copied to a new one."""
    before, after = (tree.mounted_at(call.centre, call.machine, path) for path in (zone.zonepath, new))
    if (before and before[1].name) == (after and after[1].name):
        if filesystem.configured():
            place = filesystem.resolve(call.machine, new)
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.is_dir():
                place.rmdir()
            filesystem.resolve(call.machine, zone.zonepath).rename(place)
        return
    moved = Zone(zone.name, zonepath=new, brand=zone.brand)
    created, _ = storage.make_dataset(call, moved)
    if created:
        call.out("A ZFS file system has been created for this zone.\n")
    call.out(f"Moving across file systems; copying zonepath {zone.zonepath}...")
    await call.sleep(COPY_SECONDS)
    _copy_files(call, zone, moved)
    call.out(f"\nCleaning up zonepath {zone.zonepath}...")
    await call.sleep(3)
    files.remove_tree(call.machine, zone.zonepath)
    call.out("\n")
