# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm install: progress as recorded on Solaris 10 and 11, the state incomplete meanwhile.

When zoneadm is killed on the way the zone stays incomplete, as the real one does.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable

from ... import filesystem
from ...call import Call
from ...truth import Zone
from ..options import BadOption, Refused, parse
from ..system import svr4_database
from ..zfs import files
from . import environments, identity, rules, shared, storage, verify
from .config import resources

PACKAGES, FILES, MEGABYTES, ACTIONS = 280, 53151, 374.3, 71074
S11_SIZE = 943 << 20
S10_SIZE = 580 << 20
S10_FILES, S10_PACKAGES = 9718, 1248
S10_SPARSE_SIZE, S10_SPARSE_FILES = 95 << 20, 2574  # with the directories of SUNWdefault inherited
OPTIONS = {
    "solaris": "a:c:d:m:psuUvx:z:", "solaris10": "a:c:d:pusv", "native": "x:a:d:pusv", "solaris8": "a:d:pusv", "solaris9": "a:d:pusv",
}  # fmt: skip


def stamp(call: Call) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(call.now()))


def new_uuid(call: Call, zone: Zone) -> str:
    """A zone's uuid, the same in the same run."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{call.centre.seed} {call.machine.name} {zone.name} {call.now()}"))


def brand(call: Call, zone: Zone) -> None:
    """Raises Refused for a brand that the machine does not offer."""
    if zone.brand not in (call.machine.brands or ["native" if call.machine.release == "s10" else "solaris"]):
        raise Refused(rules.named(zone.name, "missing or invalid brand"))


async def install(call: Call, zone: Zone, args: list[str]) -> int:
    brand(call, zone)
    if zone.brand not in OPTIONS:
        return call.not_simulated(f"zoneadm install of the brand {zone.brand}")
    words = [word for word in args if word]
    try:
        options, rest = parse(words, OPTIONS[zone.brand])
    except BadOption:
        raise Refused("usage:\tinstall [-x nodataset] [brand-specific args]", 2) from None
    rules.state(zone, "install")
    if rest:
        return call.not_simulated("zoneadm install with operands")
    flags = dict(options)
    verify.details(call, zone, "install")
    with rules.lock(call.machine, zone.name):
        zone.state = "incomplete"
        zone.uuid = zone.uuid or new_uuid(call, zone)
        call.save()
        try:
            done = await _method(zone, flags)(call, zone, flags)
        except Refused as err:
            zone.state = "configured"
            call.save()
            last = rules.named(zone.name, "ERROR: installation failed: zone switching to configured state")
            raise Refused(err.text + ("" if call.machine.release == "s10" else last)) from None
        if done != 0:
            return done
        zone.state = "installed"
        call.save()
    return 0


def _method(zone: Zone, flags: dict[str, str]) -> Callable[[Call, Zone, dict[str, str]], Awaitable[int]]:
    from . import legacy

    if zone.brand in legacy.BRANDS or (zone.brand == "native" and flags.keys() & {"a", "d", "u", "p"}):
        return legacy.from_image
    return {"solaris": solaris, "solaris10": solaris10, "native": native}[zone.brand]


def sources(call: Call, flags: dict[str, str]) -> None:
    """Arguments that name files are checked first. Raises Refused."""
    for letter in "acm":
        path = flags.get(letter)
        if path is None:
            continue
        if letter == "c" and not path.endswith(".xml") and files.mode(call.machine, path) is None:
            raise Refused(f"Configuration profile {path} must have an .xml suffix")
        if not files.exists(call.machine, path):
            raise Refused(f"Argument {path} is not a regular file")


async def solaris(call: Call, zone: Zone, flags: dict[str, str]) -> int:
    """The solaris brand from a publisher or a unified archive (-a)."""
    if flags.keys() & {"d", "z", "s", "x"}:
        return call.not_simulated("zoneadm install -d, -s, -x, -z")
    sources(call, flags)
    if shared.on_pools(zone):
        await shared.bring(call, zone, make=True)
    begun = call.now()
    created, home = storage.make_dataset(call, zone)
    if created:
        call.out(f"The following ZFS file system(s) have been created:\n    {created}\n")
    log = f"zoneadm.{stamp(call)}.{zone.name}.install"
    pid = 4000 + begun % 20000
    call.out(f"Progress being logged to /var/log/zones/{log}\n       Image: Preparing at {zone.zonepath}/root.\n\n")
    await call.sleep(4)
    word = f"{begun % 0xFFFFFF:06x}"
    manifest = flags.get("m", f"/tmp/manifest.{zone.name}.{word}.xml" if "a" in flags else f"/tmp/manifest.xml.{word}")
    profile = flags.get("c", "/usr/share/auto_install/sc_profiles/enable_sci.xml")
    call.out(f" Install Log: /system/volatile/install.{pid}/install_log\n AI Manifest: {manifest}\n  SC Profile: {profile}\n")
    call.out(f"    Zonename: {zone.name}\nInstallation: Starting ...\n\n")
    await call.sleep(4)
    assert home is not None
    storage.lay_out(call, zone, home)
    await (_from_archive if "a" in flags else _from_publisher)(call, zone, flags, home[1].name)
    if not storage.fill(call, zone, home, S11_SIZE):
        call.out(f"            Error occurred during execution of 'generated-transfer-{pid}-1' checkpoint.\n")
        call.out("            Failed Checkpoints:\n\n            Checkpoint execution error:\n\n")
        call.out("                [Errno 28] No space left on device\n\n")
        call.out(f"Installation: Failed.  See install log at /system/volatile/install.{pid}/install_log\nERROR: auto-install failed.\n")
        return 1
    environments.stamp(call, home[0].datasets[f"{home[1].name}/rpool/ROOT/solaris"])
    call.out("Installation: Succeeded\n\n        Note: Man pages can be obtained by installing pkg:/system/manual\n\n done.\n\n")
    call.out(f"        Done: Installation completed in {call.now() - begun}.000 seconds.\n\n\n")
    call.out("  Next Steps: Boot the zone, then log into the zone console (zlogin -C)\n\n")
    call.out("              to complete the configuration process.\n\n")
    call.out(f"Log saved in non-global zone as {zone.zonepath}/root/var/log/zones/{log}\n")
    return 0


async def _from_publisher(call: Call, zone: Zone, flags: dict[str, str], name: str) -> None:
    call.out("        Creating IPS image\nStartup linked: 1/1 done\n        Installing packages from:\n            solaris\n")
    call.out("                origin:  http://pkg.oracle.com/solaris/release/\n")
    await call.sleep(10)
    call.out("DOWNLOAD                                PKGS         FILES    XFER (MB)   SPEED\n")
    for percent in range(0, 100, 20):
        done, some, moved = PACKAGES * percent // 100, FILES * percent // 100, MEGABYTES * percent / 100
        _progress(call, "consolidation/solaris", f"{done}/{PACKAGES}", f"{some}/{FILES}", f"{moved:.1f}/{MEGABYTES}")
        await call.sleep(6)
    _progress(call, "Completed", f"{PACKAGES}/{PACKAGES}", f"{FILES}/{FILES}", f"{MEGABYTES}/{MEGABYTES}")
    call.out("\nPHASE                                          ITEMS\n")
    await call.sleep(20)
    rows = [("Installing new actions", f"{ACTIONS}/{ACTIONS}"), ("Updating package state database", "Done")]
    rows += [("Updating package cache", "0/0"), ("Updating image state", "Done"), ("Creating fast lookup database", "Done")]
    rows.append(("Updating package cache", "1/1"))
    call.out("".join(f"{what:<35}{count:>17}\n" for what, count in rows))
    await call.sleep(6)


def _progress(call: Call, what: str, packages: str, some: str, moved: str) -> None:
    call.out(f"{what:<35}{packages:>9} {some:>13} {moved:>12}  3.4M/s\n")


async def _from_archive(call: Call, zone: Zone, flags: dict[str, str], name: str) -> None:
    stream = f"{zone.uuid}-0.zfs"
    call.out(f"        Commencing transfer of stream: {stream} to {name}/rpool\n")
    await call.sleep(45)
    call.out(f"        Completed transfer of stream: '{stream}' from file://{flags['a']}\n        Archive transfer completed\n")
    await call.sleep(15)


async def native(call: Call, zone: Zone, flags: dict[str, str]) -> int:
    """Solaris 10: packages of the global zone are copied, without the directories that the zone inherits."""
    sparse = any(item.get("dir") == "/usr" for item in resources(zone, "inherit-pkg-dir"))
    home = None
    if "x" not in flags:
        created, home = storage.make_dataset(call, zone)
        if created:
            call.out("A ZFS file system has been created for this zone.\n")
    else:
        home = storage.exact(call, zone.zonepath)
    files.make_folder(call.machine, zone.zonepath, 0o700)
    call.out(f"Preparing to install zone <{zone.name}>.\n")
    await call.sleep(5)
    call.out("Creating list of files to copy from the global zone.\n")
    await call.sleep(10)
    call.out(f"Copying <{S10_SPARSE_FILES if sparse else S10_FILES}> files to the zone.\n")
    await call.sleep(20)
    if not storage.fill(call, zone, home, S10_SPARSE_SIZE if sparse else S10_SIZE):
        call.not_simulated("what a Solaris 10 zone install prints when its disk is full")
        return 1
    call.out("Initializing zone product registry.\n")
    await call.sleep(3)
    call.out("Determining zone package initialization order.\n")
    await call.sleep(2)
    call.out(f"Preparing to initialize <{S10_PACKAGES}> packages on the zone.\n")
    for percent in (25, 50, 75):
        await call.sleep(10)
        call.out(f"Initializing package <{S10_PACKAGES * percent // 100}> of <{S10_PACKAGES}>: percent complete: {percent}%\n")
    await call.sleep(10)
    call.out(f"Initialized <{S10_PACKAGES}> packages on zone.\nZone <{zone.name}> is initialized.\n")
    call.out(f"The file <{zone.zonepath}/root/var/sadm/system/logs/install_log> contains a log of the zone installation.\n")
    files.write(call.machine, f"{zone.zonepath}/root/var/sadm/system/logs/install_log", "")
    svr4_database.record_all(call.machine, f"{zone.zonepath}/root")
    identity.forget(call, zone)
    return 0


def declare(call: Call) -> None:
    """Native zones that a data-centre file declares installed or running get the root and the packages of an install."""
    for zone in call.machine.zones.values():
        declared = zone.brand == "native" and zone.state in ("installed", "running") and zone.zonepath
        if declared and filesystem.configured() and files.mode(call.machine, f"{zone.zonepath}/root") is None:
            storage.fill(call, zone, None, 0)
            svr4_database.record_all(call.machine, f"{zone.zonepath}/root")


async def solaris10(call: Call, zone: Zone, flags: dict[str, str]) -> int:
    """The solaris10 brand from a flash archive (-a) or an image (-d), unconfigured (-u) or preserved (-p)."""
    if ("a" in flags) == ("d" in flags) or ("u" in flags) == ("p" in flags):
        call.not_simulated("a solaris10 install without exactly one of -a, -d and one of -u, -p")
        zone.state = "configured"
        return 1
    sources(call, flags)
    if "d" in flags and not files.exists(call.machine, flags["d"]):
        raise Refused(f"Argument {flags['d']} is not a directory")
    _, home = storage.make_dataset(call, zone)
    log = f"zoneadm.{stamp(call)}.{zone.name}.install"
    call.out(f"Progress being logged to /var/log/zones/{log}\n    Installing: This may take several minutes...\n")
    await call.sleep(45)
    if not storage.fill(call, zone, home, S11_SIZE):
        call.not_simulated("what a solaris10 zone install prints when its disk is full")
        return 1
    call.out("Postprocessing: This may take a while...\n")
    await call.sleep(15)
    if "u" in flags:
        identity.forget(call, zone)
    call.out("   Postprocess: Updating the image to run within a zone\n\n        Result: Installation completed successfully.\n")
    call.out(f"Log saved in non-global zone as {zone.zonepath}/root/var/log/zones/{log}\n")
    return 0
