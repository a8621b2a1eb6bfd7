# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fsck -F ufs: -m, -o p, -y, -n. Exit codes of fsck(1M): 0, 32 needs checking, 33 mounted, 34 no such device, 36 and 39 errors left.

A file system with a log is in order after a crash: mounting rolls the log. One that was mounted without needs checking.
"""

from __future__ import annotations

from ...call import Call
from ..honest import S10, root_only, simulated
from ..options import Refused, Unknown, parse
from . import devices, files, kinds, space, vfstab

NEEDS, MOUNTED, NO_DEVICE = 32, 33, 34
PHASES = (
    "Phase 1 - Check Blocks and Sizes", "Phase 2 - Check Pathnames", "Phase 3a - Check Connectivity", "Phase 3b - Verify Shadows/ACLs",
    "Phase 4 - Check Reference Counts", "Phase 5 - Check Cylinder Groups",
)  # fmt: skip


@simulated("fsck", on=S10)
async def fsck(call: Call) -> int:
    options, rest = parse(call.args, "F:mnNo:VyY")
    flags = dict(options)
    if flags.get("F") in kinds.CHECKERS and flags.keys() <= {"F", "o", "y"} and call.zone is None and call.user == "root":
        return await kinds.CHECKERS[flags["F"]](call, flags.get("o", ""), rest)
    if flags.get("F", "ufs") != "ufs" or len(rest) != 1 or "V" in flags or flags.get("o", "p") not in ("p", "f") or call.zone is not None:
        raise Unknown("fsck of other kinds, of everything, with more options")
    path = rest[0]
    if not path.startswith("/dev/"):
        entry = vfstab.find(call, path)
        if entry is None or entry.kind != "ufs":
            raise Unknown("fsck of what vfstab does not know")
        path = entry.raw
    if "F" not in flags and vfstab.find(call, path) is None and not any(each.raw == path for each in vfstab.read(call)):
        raise Unknown("fsck without -F of what vfstab does not know")
    root_only(call, f"Can't open {path}: Permission denied", 39)
    await call.sleep(0.5)
    if "m" in flags:
        return sanity(call, path)
    if not flags.keys() & {"y", "Y", "n", "N"} and flags.get("o") != "p":
        raise Unknown("fsck with questions")
    return await check(call, path, flags)


def sanity(call: Call, path: str) -> int:
    """check_sanity(): what fsck -m says, on standard error."""
    device = devices.find(call, path)
    if device is None:
        raise Refused(f"ufs fsck: sanity check failed : cannot stat {path}", NO_DEVICE)
    system = devices.filesystem(call, device)
    if system is None or system.kind != "ufs" or not device.io():
        raise Unknown("fsck -m of what holds no readable UFS")
    if devices.mounted(call, device.key) is not None:
        raise Refused(f"ufs fsck: sanity check: {path} already mounted", MOUNTED)
    if system.state == "active":
        raise Refused(f"ufs fsck: sanity check: {path} needs checking", NEEDS)
    call.err(f"ufs fsck: sanity check: {path} okay\n")
    return 0


async def check(call: Call, path: str, flags: dict[str, str]) -> int:
    device = devices.find(call, path)
    if device is None:
        raise Unknown("fsck of what is no device")
    system = devices.filesystem(call, device)
    if system is None or system.kind != "ufs" or not device.io():
        raise Unknown("fsck of what holds no readable UFS")
    if devices.mounted(call, device.key) is not None:
        raise Unknown("fsck of a mounted file system")
    if flags.keys() & {"n", "N"} and system.state == "active":
        raise Unknown("fsck -n of a file system that needs checking")
    if flags.get("o") == "p":
        if system.state == "active":
            raise Unknown("fsck -o p of a file system that needs checking")
        call.out(f"{device.raw}: is {'logging' if system.state == 'logging' else 'clean'}.\n")
        return 0
    call.out(f"** {device.raw}\n** Last Mounted on {system.last_mounted}\n" + "".join(f"** {phase}\n" for phase in PHASES))
    await call.sleep(2.0)
    fragments = space.used(system) // 1024
    free = (space.total(system) - space.used(system)) // 1024
    call.out(f"{files.count(system)} files, {fragments} used, {free} free ({free % 8} frags, {free // 8} blocks, 0.0% fragmentation)\n")
    if system.state == "active":
        call.out("\n***** FILE SYSTEM WAS MODIFIED *****\n")
    system.state = "clean"
    return 0
