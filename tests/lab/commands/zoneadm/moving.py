# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm uninstall, detach, attach, mark, verify.

The Solaris 10 comparison of packages is by the kernel patch only: the truth does not keep more of a detached zone.
"""

from __future__ import annotations

import re

from ...call import Call
from ...truth import Zone
from ...zonecfg.document import document_of
from ...zonecfg.xmlfile import to_xml
from ..options import BadOption, Refused, Unknown, parse
from ..zfs import files
from . import install, rules, storage, verify

MANIFEST = "SUNWdetached.xml"


async def uninstall(call: Call, zone: Zone, args: list[str]) -> int:
    options, _ = parse(args, "F")
    rules.state(zone, "uninstall")
    if not options:
        raise Refused(rules.named(zone.name, "Input not from terminal and -F not specified:  uninstall not done."))
    with rules.lock(call.machine, zone.name):
        zone.state = "incomplete"
        call.save()
        if call.machine.release != "s10":
            call.out(f"Progress being logged to /var/log/zones/zoneadm.{install.stamp(call)}.{zone.name}.uninstall\n")
        await call.sleep(5)
        storage.clean(call, zone)
        zone.state, zone.uuid = "configured", ""
        call.save()
    return 0


def manifest(call: Call, zone: Zone) -> str:
    """The configuration, and what the lab keeps of the software; the real file lists the zone's packages and patches."""
    kept = {"sys": call.machine.name, "kernel": call.machine.kernel, "uuid": zone.uuid}
    return to_xml(document_of(zone.name, {"zonepath": zone.zonepath, **zone.config}), ("detached", kept))


async def detach(call: Call, zone: Zone, args: list[str]) -> int:
    options, _ = parse(args, "n" if call.machine.release == "s10" else "Fn")
    flags = {letter for letter, _ in options}
    if "n" in flags:
        if call.machine.release != "s10":
            return call.not_simulated("zoneadm detach -n")
        call.out(manifest(call, zone))
        return 0
    rules.state(zone, "detach")
    verify.details(call, zone, "detach")
    with rules.lock(call.machine, zone.name):
        if call.machine.release != "s10":
            call.out(f"Progress being logged to /var/log/zones/zoneadm.{install.stamp(call)}.{zone.name}.detach\n")
        await call.sleep(2)
        files.write(call.machine, f"{zone.zonepath}/{MANIFEST}", manifest(call, zone))
        zone.state = "configured"
        call.save()
    return 0


def _recorded(text: str | None, name: str) -> str:
    found = re.search(rf'<detached[^>]* {name}="([^"]*)"', text or "")
    return found[1] if found else ""


async def attach(call: Call, zone: Zone, args: list[str]) -> int:
    install.brand(call, zone)
    words = [word for word in args if word]
    s10 = call.machine.release == "s10"
    try:
        options, rest = parse(words, "Fn:uUb:" if s10 else "Fn:uUvx:z:a:d:b:c:p")
    except BadOption:
        raise Refused("usage:\tattach [-F] [-n <path>] [brand-specific args]", 2) from None
    flags = dict(options)
    if flags.keys() & {"n", "b", "a", "d", "z", "c", "p"} or rest:
        return call.not_simulated(" ".join(call.argv))
    if "x" in flags and flags["x"] not in ("deny-zbe-clone", "force-zbe-clone", "destroy-orphan-zbes"):
        return call.not_simulated(f"zoneadm attach -x {flags['x']}")
    if "F" in flags and flags.keys() & {"u", "U"}:
        raise Unknown("zoneadm attach -F with -u: refused, in words not known")
    rules.state(zone, "attach")
    verify.details(call, zone, "attach")
    if not files.exists(call.machine, f"{zone.zonepath}/root"):
        raise Refused(storage.NO_DATASET if not s10 else rules.named(zone.name, "no zone is installed at the zonepath"))
    known = files.read(call.machine, f"{zone.zonepath}/{MANIFEST}")
    with rules.lock(call.machine, zone.name):
        if zone.brand == "native":
            await _native(call, zone, flags, known)
        elif "F" not in flags:
            await _eleven(call, zone, flags)
        files.remove_file(call.machine, f"{zone.zonepath}/{MANIFEST}")
        zone.state = "installed"
        zone.uuid = zone.uuid or _recorded(known, "uuid") or install.new_uuid(call, zone)
        call.save()
    return 0


async def _native(call: Call, zone: Zone, flags: dict[str, str], known: str | None) -> None:
    await call.sleep(3)
    source, own = (re.search(r"(\d{6})-(\d\d)", text) for text in (_recorded(known, "kernel"), call.machine.kernel))
    if "F" in flags or source is None or own is None or source[0] == own[0]:
        return
    if flags.keys() & {"u", "U"}:
        if source[1] == own[1] and int(source[2]) > int(own[2]):
            raise Unknown("attach -u to an older patch level")
        await call.sleep(20)
        return
    if source[1] == own[1]:
        raise Refused(f"These patches installed on the source system are inconsistent with this system:\n\t{source[1]}: version mismatch")
    raise Refused(
        f"These patches installed on the source system are inconsistent with this system:\n\t{source[0]}: not installed\n"
        f"These patches installed on this system were not installed on the source system:\n\t{own[0]}: not installed"
    )


async def _eleven(call: Call, zone: Zone, flags: dict[str, str]) -> None:
    """As recorded on 11.1 for an image that needs no update."""
    log = f"zoneadm.{install.stamp(call)}.{zone.name}.attach"
    if zone.brand == "solaris10":
        call.out(f"Log File: /var/log/zones/{log}\nAttaching...\n")
        await call.sleep(6)
        call.out("Attach complete.\n")
        return
    home = storage.exact(call, zone.zonepath)
    if home is None:
        raise Refused(storage.NO_DATASET)
    call.out(f"Progress being logged to /var/log/zones/{log}\n    Installing: Using existing zone boot environment\n")
    call.out(f"      Zone BE root dataset: {home[1].name}/rpool/ROOT/solaris\n                     Cache: Using /var/pkg/publisher.\n")
    await call.sleep(4)
    call.out("  Updating non-global zone: Linking to image /.\nProcessing linked: 1/1 done\n")
    what = "Syncing packages." if flags.keys() & {"u", "U"} else "Auditing packages."
    call.out(f"  Updating non-global zone: {what}\nNo updates necessary for this image. (zone:{zone.name})\n\n")
    await call.sleep(4)
    call.out("  Updating non-global zone: Zone updated.\n                    Result: Attach Succeeded.\n")
    call.out(f"Log saved in non-global zone as {zone.zonepath}/root/var/log/zones/{log}\n")


async def mark(call: Call, zone: Zone, args: list[str]) -> int:
    if args != ["incomplete"]:
        if args == ["unavailable"] and call.machine.release != "s10":
            return call.not_simulated("zoneadm mark unavailable")
        raise Refused("usage:\tmark incomplete", 2)
    rules.state(zone, "mark")
    with rules.lock(call.machine, zone.name):
        zone.state = "incomplete"
        call.save()
    return 0


async def verify_zone(call: Call, zone: Zone, args: list[str]) -> int:
    parse(args, "")
    rules.state(zone, "verify")
    verify.details(call, zone, "verify")
    return 0
