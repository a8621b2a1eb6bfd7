# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm attach. Solaris 10's from the OpenSolaris sources of zoneadm: what it reads, compares, refuses, and its update (-u, -U)."""

from __future__ import annotations

from collections.abc import Callable

from ... import filesystem
from ...call import Call
from ...truth import Zone
from ...zonecfg.document import config_of
from ...zonecfg.xmlfile import from_xml
from ..options import BadOption, Refused, Unknown, parse
from ..system import svr4_database as database
from ..zfs import files
from . import attach_eleven, compare, install, legacy, manifest, rules, shared, verify

EARLIER = "Cannot attach to an earlier release of the operating system"
FILES_OF_A_PACKAGE = 24  # what an update moves for each
USAGE = "usage:\tattach [-F] [-n <path>] [brand-specific args]"


async def attach(call: Call, zone: Zone, args: list[str]) -> int:
    install.brand(call, zone)
    words = [word for word in args if word]
    s10 = call.machine.release == "s10"
    try:
        options, rest = parse(words, "Fn:uUb:" if s10 else "Fn:uUvx:z:a:d:b:c:p")
    except BadOption:
        raise Refused(USAGE, 2) from None
    flags = dict(options)
    if rest or "b" in flags:
        return call.not_simulated(" ".join(call.argv))
    if s10 and "n" in flags:
        if flags.keys() & {"u", "U"}:
            raise Refused(rules.named(zone.name, "-n and -u flags are mutually exclusive"))
        return dry_run(call, zone, flags["n"])
    if "F" in flags and flags.keys() & {"u", "U"}:
        raise Unknown("zoneadm attach -F with -u: refused, in words not known")
    if zone.state == "unavailable":
        return await attach_eleven.available(call, zone, flags)
    rules.state(zone, "attach")
    if shared.on_pools(zone):
        await shared.bring(call, zone, make=False, force=flags.get("x") == "force-zpool-import")
    verify.details(call, zone, "attach")
    with rules.lock(call.machine, zone.name):
        known = files.read(call.machine, f"{zone.zonepath}/{manifest.FILE}")
        if zone.brand in legacy.BRANDS:
            await legacy.attach(call, zone, flags, known)
        elif s10:
            await native(call, zone, flags, known)
        else:
            await attach_eleven.attach(call, zone, flags)
        files.remove_file(call.machine, f"{zone.zonepath}/{manifest.FILE}")
        zone.state = "installed"
        zone.uuid = zone.uuid or attach_eleven.recorded_uuid(known) or install.new_uuid(call, zone)
        call.save()
    return 0


async def native(call: Call, zone: Zone, flags: dict[str, str], known: str | None) -> None:
    """Raises Refused; the zone is configured then, or incomplete when its update was begun."""
    await call.sleep(3)
    if "F" in flags or not filesystem.configured():
        return
    fail = refusal(zone)
    root = f"{zone.zonepath}/root"
    if known is None:
        call.err(fail("The zone was not properly detached.\n\tAttempting to attach anyway.").text)
        found = database.of_root(call.machine, root, dependent=True)
        if found is None:  # what the mount of the zone that fails here says as well is not known
            raise fail("Cannot generate the information needed to attach this zone.")
        source = manifest.Manifest(zone.brand, zone.zonepath, "", found)
    else:
        try:
            source = manifest.read(known)
        except manifest.Earlier:
            raise fail(EARLIER) from None
    if not files.exists(call.machine, root):
        raise Unknown("attach of a zone whose root file system is not there")
    if source.brand != zone.brand:
        raise fail(f"Trying to attach a '{source.brand}' zone to a '{zone.brand}' configuration.")
    target = database.inventory(call.machine, dependent=True)
    if not flags.keys() & {"u", "U"}:
        different = compare.report(source.inventory, target)
        if different:
            raise Refused(different)
        return
    worse = compare.downgrade(source.inventory, target)
    if worse:
        raise fail(worse)
    await update(call, zone, source.inventory, "U" in flags)


def refusal(zone: Zone) -> Callable[[str], Refused]:
    return lambda text: Refused(rules.named(zone.name, text))


async def update(call: Call, zone: Zone, source: database.Inventory, everything: bool) -> None:
    """-u: packages the zone depends on; -U: every package of the global zone. Packages of the zone's own stay."""
    root = f"{zone.zonepath}/root"
    target = database.inventory(call.machine, dependent=not everything)
    own = database.of_root(call.machine, root, dependent=not everything) if everything else None
    removed, added = compare.to_replace(own or source, target)
    if everything:  # what is in the zone only is its administrator's, unless the zone depended on it
        removed = [name for name in removed if name in target or name in source]
    if not removed and not added:
        return
    zone.state = "incomplete"
    call.save()
    call.out("Getting the list of files to remove\n")
    await call.sleep(5)
    call.out(f"Removing {FILES_OF_A_PACKAGE * len(removed)} files\n")
    for number, name in enumerate(removed, 1):
        database.forget(call.machine, root, name)
        await call.sleep(1)
        call.out(f"Remove {number} of {len(removed)} packages\r")
    call.out(f"\nInstalling {FILES_OF_A_PACKAGE * len(added)} files\n")
    await call.sleep(5)
    for number, name in enumerate(added, 1):
        database.record(call.machine, root, name)
        await call.sleep(1)
        call.out(f"Add {number} of {len(added)} packages\r")
    call.out("\nUpdating editable files\n")
    await call.sleep(2)
    call.out("The file </var/sadm/system/logs/update_log> within the zone contains a log of the zone update.\n")
    files.write(call.machine, f"{root}/var/sadm/system/logs/update_log", "")


def dry_run(call: Call, zone: Zone, path: str) -> int:
    """attach -n: a manifest is held against this system; the zone itself need not be here."""
    try:
        text = call.stdin.decode(errors="replace") if path == "-" else call.read_file(path)
    except OSError as err:
        raise Refused(f"zoneadm: could not open manifest path: {err.strerror}") from None
    try:
        source = manifest.read(text)
    except manifest.Earlier:
        if path == "-":
            raise Refused(rules.named(zone.name, "Input is not a valid XML file")) from None
        raise Refused(rules.named(zone.name, EARLIER if text.startswith("<?xml") else f"{path} is not an XML file")) from None
    document = from_xml(text)
    described = Zone(zone.name, zonepath=source.zonepath, brand=source.brand, ip_type=document["attributes"].get("ip-type") or "shared")
    described.config = config_of(document)
    verify.links(call, described)
    wrong = verify.filesystems(call, described)
    call.err("".join(f"{line}\n" for line in wrong))
    different = compare.report(source.inventory, database.inventory(call.machine, dependent=True))
    call.err(different)
    return 1 if wrong or different else 0
