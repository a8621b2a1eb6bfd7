# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones made from an image of another system on Solaris 10: the brands solaris8 and solaris9 of SPARC machines, and native ones from a
flash archive.

solaris8(5), and the guides of the containers: an archive (-a) or a directory (-d), its identity removed (-u) or preserved (-p). They
are whole root and are not patched from the global zone, so nothing is compared when they are attached. The progress is told in the
words of the solaris10 brand's installer, which is made from theirs; no recording of theirs is known.
"""

from __future__ import annotations

from ...call import Call
from ...truth import Zone
from ..options import Refused, Unknown
from ..zfs import files
from . import identity, install, manifest, rules, storage

BRANDS = ("solaris8", "solaris9")
SIZE = 700 << 20


async def from_image(call: Call, zone: Zone, flags: dict[str, str]) -> int:
    if zone.brand in BRANDS and call.machine.architecture != "sparc":
        raise Refused(rules.named(zone.name, "missing or invalid brand"))
    if ("a" in flags) == ("d" in flags) or ("u" in flags) == ("p" in flags):
        zone.state = "configured"
        raise Unknown("an install from an image without exactly one of -a, -d and one of -u, -p")
    install.sources(call, flags)
    if "d" in flags and not files.exists(call.machine, flags["d"]):
        raise Refused(f"Argument {flags['d']} is not a directory")
    _, home = storage.make_dataset(call, zone)
    call.out("    Installing: This may take several minutes...\n")
    await call.sleep(60)
    if not storage.fill(call, zone, home, SIZE):
        call.not_simulated("what an install from an image prints when its disk is full")
        return 1
    call.out("Postprocessing: This may take a while...\n")
    await call.sleep(15)
    if "u" in flags:
        identity.forget(call, zone)
    call.out("\n        Result: Installation completed successfully.\n")
    return 0


async def attach(call: Call, zone: Zone, flags: dict[str, str], known: str | None) -> None:
    """Only the manifest is looked at; one cannot be made from within a zone that is not native."""
    if flags.keys() & {"u", "U"}:
        raise Unknown(f"attach -u of a {zone.brand} zone")
    await call.sleep(3)
    if "F" in flags:
        return
    if known is None:
        raise Refused(rules.named(zone.name, "Not a detached zone."))
    try:
        source = manifest.read(known)
    except manifest.Earlier:
        raise Refused(rules.named(zone.name, "Cannot attach to an earlier release of the operating system")) from None
    if source.brand != zone.brand:
        raise Refused(rules.named(zone.name, f"Trying to attach a '{source.brand}' zone to a '{zone.brand}' configuration."))
