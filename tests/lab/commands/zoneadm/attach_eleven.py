# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm attach on Solaris 11: the brands solaris and solaris10.

Texts: recorded on 11.1 for an image that needs no update; the published attach script of the solaris brand and pkg(5)'s sources for
one that does. Which boot environment is taken: the 11.4 pages on ``-x deny-zbe-clone`` and its sisters. One that belongs to another
global zone, or to none, is cloned, and the clone is attached; the original stays. A failed attach leaves nothing but what was there.
"""

from __future__ import annotations

import re

from ...call import Call
from ...truth import SharedPool, ZfsDataset, Zone
from ..options import Refused, Unknown
from . import environments, install, rules, shared, storage

EXTENDED = ("deny-zbe-clone", "force-zbe-clone", "destroy-orphan-zbes", "force-zpool-import")
FAILED = "ERROR: Could not update attaching zone\n                    Result: Attach Failed.\n"
PUBLISHER = "pkg://solaris/"


def recorded_uuid(text: str | None) -> str:
    found = re.search(r'<detached[^>]* uuid="([^"]*)"', text or "")
    return found[1] if found else ""


async def available(call: Call, zone: Zone, flags: dict[str, str]) -> int:
    """attach of an unavailable zone: installed again when its storage is there (zoneadm(1M)); otherwise it stays unavailable."""
    forced = flags == {"x": "force-zpool-import"} and shared.on_pools(zone)
    if call.machine.release == "s10" or (flags and not forced):
        raise Unknown("attach of an unavailable zone with options")
    if shared.on_pools(zone):
        await shared.bring(call, zone, make=False, force=forced)
    if zone.brand == "solaris" and environments.active(call, zone) is None:
        raise Unknown("what attach says of an unavailable zone whose storage is still missing")
    with rules.lock(call.machine, zone.name):
        zone.state = "installed"
        call.save()
    return 0


async def attach(call: Call, zone: Zone, flags: dict[str, str]) -> None:
    """Raises Refused; the zone is configured then."""
    if flags.keys() & {"a", "d", "c", "p", "n", "b"}:
        raise Unknown(" ".join(call.argv))
    if flags.get("x") and flags["x"] not in EXTENDED:
        raise Unknown(f"zoneadm attach -x {flags['x']}")
    if {"u", "U"} <= flags.keys():
        raise Refused("incompatible options -u and U-")  # as the script's format prints it
    home = storage.exact(call, zone.zonepath)
    if home is None:
        raise Refused(storage.NO_DATASET)
    log = f"zoneadm.{install.stamp(call)}.{zone.name}.attach"
    if zone.brand == "solaris10":
        if "F" not in flags:
            call.out(f"Log File: /var/log/zones/{log}\nAttaching...\n")
            await call.sleep(6)
            call.out("Attach complete.\n")
        return
    pool, chosen = _chosen(call, zone, flags)
    if "F" in flags:  # no test of software at all
        environments.choose(call, chosen)
        chosen.properties["mountpoint"] = f"{zone.zonepath}/root"
        return
    call.out(f"Progress being logged to /var/log/zones/{log}\n    Installing: Using existing zone boot environment\n")
    made = chosen
    if _to_clone(call, chosen, flags):
        made = environments.clone(call, pool, chosen, f"{zone.zonepath}/root")
    try:
        await _synchronise(call, zone, flags, made, log)
    except BaseException:
        if made is not chosen:
            environments.discard(call, pool, made)
        raise
    made.properties["mountpoint"] = f"{zone.zonepath}/root"
    environments.stamp(call, made)
    if flags.keys().isdisjoint({"u", "U"}) and environments.packages_of(chosen):
        made.properties[environments.PACKAGES] = chosen.properties[environments.PACKAGES]
    environments.deselect(call, zone, made)
    if flags.get("x") == "destroy-orphan-zbes":
        _destroy_orphans(call, zone, made)


def _chosen(call: Call, zone: Zone, flags: dict[str, str]) -> tuple[SharedPool, ZfsDataset]:
    """-z names it; otherwise the active one of this global zone, otherwise the one that was mounted last."""
    if "z" in flags:
        named = [one for one in environments.every(call, zone) if one[1].name.rpartition("/")[2] == flags["z"]]
        if not named:
            raise Unknown(f"attach -z {flags['z']}: what it says of a boot environment that is not there")
        return named[0]
    found = environments.active(call, zone) or environments.latest(call, zone)
    if found is None:  # an empty data set: the script's own words
        raise Refused("ERROR: no active dataset.")
    return found


def _to_clone(call: Call, chosen: ZfsDataset, flags: dict[str, str]) -> bool:
    extended = flags.get("x")
    if extended in ("deny-zbe-clone", "force-zbe-clone"):
        return extended == "force-zbe-clone"
    here = environments.of_global_zone(call)
    return chosen.properties.get(environments.PARENT, here) != here


def _destroy_orphans(call: Call, zone: Zone, made: ZfsDataset) -> None:
    """Boot environments of no global zone's boot environment that this machine has."""
    rpool = next((pool for guid in call.machine.imported if (pool := call.centre.pools.get(guid)) and pool.name == "rpool"), None)
    ours = {environments.of_global_zone(call)}
    for name in rpool.datasets if rpool is not None else ():
        if name.startswith("rpool/ROOT/") and name.count("/") == 2:
            ours.add(environments.identity(rpool, name.rpartition("/")[2]))  # type: ignore[arg-type]
    for pool, one in environments.every(call, zone):
        if one is not made and one.properties.get(environments.PARENT) not in ours:
            used = {each.properties.get("lab:origin", "").rpartition("@")[0] for each in pool.datasets.values()}
            if one.name in used:
                raise Unknown("destroy-orphan-zbes of a boot environment that another was cloned from")
            environments.discard(call, pool, one)


async def _synchronise(call: Call, zone: Zone, flags: dict[str, str], made: ZfsDataset, log: str) -> None:
    call.out(f"      Zone BE root dataset: {made.name}\n                     Cache: Using /var/pkg/publisher.\n")
    await call.sleep(4)
    call.out("  Updating non-global zone: Linking to image /.\nProcessing linked: 1/1 done\n")
    what = "Auditing" if flags.keys().isdisjoint({"u", "U"}) else "Updating" if "U" in flags else "Syncing"
    call.out(f"  Updating non-global zone: {what} packages.\n")
    own, target = environments.packages_of(made), environments.wanted(call)
    changed = [name for name in sorted(own) if name in target and own[name] != target[name]]
    verb = "update" if "U" in flags else "sync-linked"
    for name in changed:
        if _newer(own[name], target[name]):
            call.err(
                f"\npkg {verb}: Package '{name}' must be uninstalled or upgraded if the requested operation is to be performed.\n"
                f"  Reject:  {PUBLISHER}{name}@{own[name]}\n"
                f"  Reason:  Global zone has an older version of package: {PUBLISHER}{name}@{target[name]}\n{FAILED}"
            )
            raise Refused(_end(zone, log))
    if changed and what == "Auditing":
        steps = "".join(f"{PUBLISHER}{name}@{own[name]} -> {PUBLISHER}{name}@{target[name]}\n\n" for name in changed)
        call.err(f"\npkg {verb}: Syncing this linked image would require the following package updates:\n\n{steps}{FAILED}")
        raise Refused(_end(zone, log))
    await call.sleep(4)
    if changed:
        await _update(call, len(changed))
    else:
        call.out(f"No updates necessary for this image. (zone:{zone.name})\n")
    call.out("\n  Updating non-global zone: Zone updated.\n                    Result: Attach Succeeded.\n")
    call.out(f"Log saved in non-global zone as {zone.zonepath}/root/var/log/zones/{log}\n")


def _end(zone: Zone, log: str) -> str:
    return f"Log saved in non-global zone as {zone.zonepath}/root/var/log/zones/{log}\n"


async def _update(call: Call, count: int) -> None:
    """pkg(5)'s plan and progress, as a zone's installation shows them."""
    call.out(f"           Packages to update: {count:>3}\n\n")
    call.out("DOWNLOAD                                PKGS         FILES    XFER (MB)   SPEED\n")
    await call.sleep(20)
    call.out(f"{'Completed':<35}{f'{count}/{count}':>9} {f'{count * 97}/{count * 97}':>13} {'12.4/12.4':>12}  3.4M/s\n")
    call.out("\nPHASE                                          ITEMS\n")
    rows = [("Updating modified actions", f"{count * 97}/{count * 97}"), ("Updating package state database", "Done")]
    rows += [("Updating package cache", f"{count}/{count}"), ("Updating image state", "Done"), ("Creating fast lookup database", "Done")]
    call.out("".join(f"{text:<35}{items:>17}\n" for text, items in rows))
    await call.sleep(10)


def _newer(one: str, other: str) -> bool:
    """Whether COMPONENT-BRANCH ``one`` comes after ``other``."""
    return _numbers(one) > _numbers(other)


def _numbers(version: str) -> list[list[int]]:
    return [[int(part) for part in half.split(".") if part.isdecimal()] for half in version.split("-")]
