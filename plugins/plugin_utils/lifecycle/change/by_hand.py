# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Solaris 10: file systems into and out of a running zone's root, addresses of a shared-IP zone, from the global zone.

The administration guide's way (Solaris Containers, "How to Mount File Systems in Running Non-Global Zones", "Shared-IP Network
Interfaces"). What is mounted and plumbed so goes when the zone halts; zonecfg has been told before, and brings it at the next boot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...commands import ifconfig, mount
from ...commands.zonecfg_canonical import identity, same_property
from ...model.change import Impossible, impossible
from ...model.plan import Step
from ...model.vserver import VServer
from ...model.zone import ZoneConfig, ZoneResource
from ..actual import NodeActual

BUSY = ("busy", "Device busy")


def of_kind(config: ZoneConfig, kind: str) -> dict[str, ZoneResource]:
    """By what identifies them: mount point, or interface and address."""
    return {",".join(value for _key, value in identity(one)): one for one in config.of_kind(kind)}


def leaving(live: ZoneConfig, reach: ZoneConfig) -> list[ZoneResource]:
    """The file systems to unmount, deepest first: those that go, and those that come back as something else."""
    have, want = of_kind(live, "fs"), of_kind(reach, "fs")
    gone = [one for place, one in have.items() if place not in want or not _same(one, want[place])]
    return sorted(gone, key=lambda one: str(one.properties["dir"]).count("/"), reverse=True)


def coming(live: ZoneConfig, reach: ZoneConfig) -> list[ZoneResource]:
    """The file systems to mount, without those inside another one of them: their mount points are seen when that is mounted."""
    have, want = of_kind(live, "fs"), of_kind(reach, "fs")
    new = [one for place, one in want.items() if place not in have or not _same(have[place], one)]
    places = [str(one.properties["dir"]) for one in new]
    return [one for one in new if not any(str(one.properties["dir"]).startswith(f"{place}/") for place in places)]


def nested(live: ZoneConfig, reach: ZoneConfig) -> bool:
    have, want = of_kind(live, "fs"), of_kind(reach, "fs")
    new = sum(place not in have or not _same(have[place], one) for place, one in want.items())
    return new > len(coming(live, reach))


def folders(vserver: VServer, resources: Iterable[ZoneResource]) -> list[str]:
    """The folders inside the zone on the way to the mount points."""
    found = {}
    for one in resources:
        path = f"{vserver.zonepath}/root"
        for part in str(one.properties["dir"]).strip("/").split("/"):
            path = f"{path}/{part}"
            found[path] = True
    return list(found)


def check_folders(vserver: VServer, resources: Iterable[ZoneResource], actual: NodeActual) -> None:
    """Raises Impossible where a link made inside the zone would lead the mount to another place of the node."""
    mounted = {one.path for one in actual.mounts or ()}
    for one in resources:
        for path in folders(vserver, [one]):
            kind = actual.folders.get(path, "d")
            if kind != "d" and path not in mounted:
                why = f"{path} is {'a link' if kind == 'l' else 'no directory'}, so a mount from the node could land elsewhere"
                raise Impossible(
                    f"vServer {vserver.name}: file system {one.properties['dir']} cannot be mounted while it runs: {why}. Make it a "
                    "directory inside the zone, or use apply: next_boot.",
                    {f"fs[dir={one.properties['dir']}]": impossible(why)},
                )


def steps(vserver: VServer, live: ZoneConfig, reach: ZoneConfig, actual: NodeActual) -> list[Step]:
    name, root = vserver.name, f"{vserver.zonepath}/root"
    found = []
    for one in leaving(live, reach):
        place = f"{root}{one.properties['dir']}"
        what, why = f"unmount {place}", f"zone {name} runs with {one.properties['special']} there, declared is otherwise"
        found.append(Step(name, what, why, mount.detach(place), refused_by=BUSY))
    for one in coming(live, reach):
        place = f"{root}{one.properties['dir']}"
        if place not in actual.folders:
            found.append(Step(name, f"make folder {place}", "it is the mount point", mount.directory(place)))
        options = one.properties.get("options", ())
        words = (options,) if isinstance(options, str) else options
        special, kind = str(one.properties["special"]), str(one.properties["type"])
        command = mount.attach(kind, special, place, words)
        found.append(Step(name, f"mount {special} on {place}", f"zone {name} runs without it", command, refused_by=BUSY))
    have, want = of_kind(live, "net"), of_kind(reach, "net")
    shown = {address.address: address.interface for address in actual.addresses or () if address.zone == name}
    for leg in (one for key, one in have.items() if key not in want):
        address = str(leg.properties["address"])
        gone = ifconfig.remove_logical(shown[address], address.partition("/")[0])
        found.append(Step(name, f"remove address {address} from zone {name}", "it runs with it, and it is not declared", gone))
    for leg in (one for key, one in want.items() if key not in have):
        address, interface = str(leg.properties["address"]), str(leg.properties["physical"])
        command = ifconfig.add_logical(interface, address, name)
        found.append(Step(name, f"add address {address} to zone {name} on {interface}", "it runs without it", command))
    return found


def _same(have: ZoneResource, want: ZoneResource) -> bool:
    keys: Mapping[str, object] = {**have.properties, **want.properties}
    return all(same_property("fs", key, have.properties.get(key), want.properties.get(key)) for key in keys)
