# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""luupgrade(1M) -t and -T: patchadd -R /a -M and patchrm -R /a on a boot environment that it mounts at /a (recorded)."""

from __future__ import annotations

import dataclasses
import re

from ... import environments, filesystem
from ...call import Call, Handler
from ..honest import S10, simulated
from ..options import Unknown, parse
from ..patches import patchadd, patchrm
from .status import current_patch, known, ready

POINT = "/a"
PATCH = re.compile(r"\d{6}-\d{2}")


@simulated("luupgrade", on=S10)
async def luupgrade(call: Call) -> int:
    """The boot environment is complete and not mounted (luupgrade(1M)). One that is killed leaves it mounted."""
    ready(call)
    flags, ids = parse(call.args, "tTn:s:O:l:o:NX")
    options = dict(flags)
    if options.keys() & {"l", "o", "N", "X"} or len(options.keys() & {"t", "T"}) != 1 or "n" not in options:
        raise Unknown()
    current_patch(call)
    one = known(call, options["n"])
    if one.name == call.machine.environment or one.mounted or not one.complete:
        raise Unknown(f"the refusal to patch {one.name}")
    extra = options.get("O", "").split()
    if "T" in options:
        if not ids or "s" in options:
            raise Unknown()
        call.out(f"Mounting the BE <{one.name}>.\n")
        environments.mount(call.machine, one.name, POINT)
        results = [await run(call, patchrm.patchrm, ["patchrm", "-R", POINT, *extra, patch]) for patch in ids]
        rc = max(results)
    else:
        if "s" not in options:
            raise Unknown()
        rc = await add(call, one.name, options["s"], ids, extra)
    environments.unmount(call.machine, one.name)
    call.out(f"Unmounting the BE <{one.name}>.\n")
    if rc == 125:
        return rc
    if rc and "T" in options:
        raise Unknown("what luupgrade says of a patch that could not be removed")
    if rc:
        call.out(f"The patch add to the BE <{one.name}> failed (with result code <{rc}>).\n")
    return rc


async def add(call: Call, name: str, folder: str, ids: list[str], extra: list[str]) -> int:
    call.out(f"\nValidating the contents of the media <{folder}>.\n")
    offered = on_media(call, folder)
    if not offered or not set(ids) <= set(offered):
        raise Unknown("a folder without patches" if not offered else "the refusal of a patch that is not in the folder")
    call.out(f"The media contains {len(offered)} software patches that can be added.\n")
    if not ids:
        call.out(f"All {len(offered)} patches will be added because you did not specify any specific patches to add.\n")
    call.out(f"Mounting the BE <{name}>.\n")
    environments.mount(call.machine, name, POINT)
    call.out(f"Adding patches to the BE <{name}>.\n")
    return await run(call, patchadd.patchadd, ["patchadd", "-R", POINT, *extra, "-M", folder, *(ids or offered)])


def on_media(call: Call, folder: str) -> list[str]:
    if not filesystem.configured():
        return []
    place = filesystem.resolve(call.machine, folder)
    return sorted(entry.name for entry in place.iterdir() if PATCH.fullmatch(entry.name)) if place.is_dir() else []


async def run(call: Call, handler: Handler, argv: list[str]) -> int:
    """Another command in the caller's place; with several patches patchadd says 1 for whatever did not go in."""
    return await handler(dataclasses.replace(call, argv=argv))
