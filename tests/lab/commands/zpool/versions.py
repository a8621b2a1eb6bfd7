# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On-disk pool versions: what each release reads, and zpool upgrade.

Numbers and descriptions are those of ``zpool upgrade -v`` (recorded on 11.0-34) and Oracle's list of pool versions; version 44 for
Solaris 11.4 is that of its first release.
"""

from __future__ import annotations

from ...call import Call
from ..options import Refused, Unknown, parse
from ..zfs.dataset import imported_pools

NEWEST = {"s10": 32, "s11.3": 37, "s11.4": 44}
DESCRIPTIONS = """Initial ZFS version
Ditto blocks (replicated metadata)
Hot spares and double parity RAID-Z
zpool history
Compression using the gzip algorithm
bootfs pool property
Separate intent log devices
Delegated administration
refquota and refreservation properties
Cache devices
Improved scrub performance
Snapshot properties
snapused property
passthrough-x aclinherit
user/group space accounting
stmf property support
Triple-parity RAID-Z
Snapshot user holds
Log device removal
Compression using zle (zero-length encoding)
Deduplication
Received properties
Slim ZIL
System attributes
Improved scrub stats
Improved snapshot deletion performance
Improved snapshot creation performance
Multiple vdev replacements
RAID-Z/mirror hybrid allocator
Encryption
Improved 'zfs list' performance
One MB blocksize
Improved share support
Sharing with inheritance""".splitlines()


async def upgrade(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "avV:")
    flags = dict(options)
    newest = NEWEST[call.machine.release]
    if "v" in flags:
        if newest > len(DESCRIPTIONS):
            raise Unknown("zpool upgrade -v beyond version 34")
        call.out(f"This system is currently running ZFS pool version {newest}.\n\nThe following versions are supported:\n\n")
        call.out("VER  DESCRIPTION\n---  --------------------------------------------------------\n")
        call.out("".join(f" {number:<3} {text}\n" for number, text in enumerate(DESCRIPTIONS[:newest], 1)))
        call.out("\nFor more information on a particular version, including supported releases,\nsee the ZFS Administration Guide.\n\n")
        return 0
    pools = imported_pools(call.centre, call.machine)
    if not flags and not rest:
        call.out(f"This system is currently running ZFS pool version {newest}.\n\n")
        old = [pool for pool in pools if pool.version < newest]
        if not old:
            call.out("All pools are formatted using this version.\n")
            return 0
        call.out("The following pools are out of date, and can be upgraded.  After being\n")
        call.out("upgraded, these pools will no longer be accessible by older software versions.\n\n")
        call.out("VER  POOL\n---  ------------\n" + "".join(f"{pool.version:2}   {pool.name}\n" for pool in old))
        call.out("\nUse 'zpool upgrade -v' for a list of available versions and their associated\nfeatures.\n")
        return 0
    if call.user != "root":
        return call.not_simulated("zpool upgrade as an ordinary user")
    target = int(flags["V"]) if flags.get("V", "").isdigit() else newest
    if not 1 <= target <= newest:
        raise Refused(f"invalid version '{flags['V']}'\nusage:\n\tupgrade ...\n", 2)
    chosen = pools if "a" in flags else [pool for pool in pools if pool.name in rest]
    for missing in sorted(set(rest) - {pool.name for pool in chosen}):
        raise Refused(f"cannot open '{missing}': no such pool")
    call.out(f"This system is currently running ZFS pool version {newest}.\n\n")
    for pool in chosen:
        if pool.version < target:
            call.out(f"Successfully upgraded '{pool.name}' from version {pool.version} to version {target}\n\n")
            pool.version = target
        elif rest:
            call.out(f"Pool '{pool.name}' is already formatted using version {pool.version}.\n")
    call.save()
    return 0
