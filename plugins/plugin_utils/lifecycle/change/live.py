# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running zone has, as far as it can be seen, in the form of its configuration.

Solaris 11.2 and later show it themselves (``zonecfg -r``). On Solaris 10 the mounts below the zone's root and the addresses of a
shared-IP zone tell it; what cannot be seen there is taken to be as it is wanted, and ``kinds`` says what was seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...commands.mount import Mount
from ...commands.zonecfg_canonical import identity
from ...commands.zonecfg_syntax import ALIASES
from ...model.network import Address
from ...model.vserver import VServer
from ...model.zone import ZoneConfig, ZoneResource
from ..actual import NodeActual
from . import means

#: Of these resources only what we write is compared: a running zone shows more than was declared (a link's MAC address).
_WRITTEN = {
    "fs": frozenset({"dir", "special", "raw", "type", "options"}),
    "net": frozenset({"address", "physical", "defrouter"}),
    "anet": frozenset({"linkname", "lower-link", "allowed-address", "configure-allowed-address", "defrouter", "vlan-id"}),
}
#: Of the global properties only these: the rest cannot change while the zone runs.
_GLOBALS = frozenset({"pool", "scheduling-class", *ALIASES})
#: The zone takes it when it boots, wherever it stands.
_AT_BOOT = ("hostid", "inherit-pkg-dir")
#: The pool that Solaris makes for dedicated CPUs.
_TEMPORARY_POOL = "SUNWtmp_"


@dataclass(frozen=True, slots=True)
class Running:
    """``config`` and what is to be compared with it, ``want``; ``kinds`` are the resources that were seen (None: all)."""

    config: ZoneConfig
    want: ZoneConfig
    kinds: frozenset[str] | None = None

    def sees(self, path: str) -> bool:
        kind, key = means.parts(path)
        if kind in _AT_BOOT:
            return False
        return self.kinds is None or (kind in self.kinds and not (kind == "net" and key == "defrouter"))


def running(vserver: VServer, want: ZoneConfig, actual: NodeActual) -> Running | None:
    """None where it was not asked or could not be read."""
    name = vserver.name
    if name in actual.live:
        return Running(_compared(actual.live[name]), _compared(want))
    if actual.mounts is None or actual.addresses is None or vserver.brand not in ("native",):
        return None
    have = actual.configs.get(name, want)
    plain = _compared(want)
    others = [resource for resource in plain.resources if resource.kind not in ("fs", "net")]
    seen = [*others, *_filesystems(vserver, have, plain, actual)]
    if vserver.ip_type != "shared":
        seen += plain.of_kind("net")
        return Running(ZoneConfig(plain.properties, tuple(seen)), plain, frozenset({"fs"}))
    seen += _legs(name, plain, have, actual.addresses)
    return Running(ZoneConfig(plain.properties, tuple(seen)), plain, frozenset({"fs", "net"}))


def _compared(config: ZoneConfig) -> ZoneConfig:
    properties = {key: value for key, value in config.properties.items() if key in _GLOBALS and not value.startswith(_TEMPORARY_POOL)}
    resources = [
        ZoneResource(one.kind, {key: value for key, value in one.properties.items() if key in _WRITTEN.get(one.kind, {key})})
        for one in config.resources
        if one.kind not in means.PERSISTENT
    ]
    return ZoneConfig(properties, tuple(resources))


def _filesystems(vserver: VServer, have: ZoneConfig, want: ZoneConfig, actual: NodeActual) -> list[ZoneResource]:
    """The mounts below the zone's root that a configuration makes. What the zone mounts itself lies below its own root, is
    on a ZFS that it was given, or is no file system of disks."""
    root = f"{vserver.zonepath}/root"
    given = [str(one.properties.get("name")) for one in have.of_kind("dataset")]
    inherited = {str(one.properties.get("dir")) for one in have.of_kind("inherit-pkg-dir")} | {"/dev"}
    told = {str(one.properties["dir"]): one for config in (have, want) for one in config.of_kind("fs")}
    found = []
    for mount in actual.mounts or ():
        place = mount.path.removeprefix(root)
        if not mount.path.startswith(f"{root}/") or place in inherited:
            continue
        kind = _kind(mount, told.get(place), actual)
        lent = any(mount.device == name or mount.device.startswith(f"{name}/") for name in given)
        if not kind or lent or mount.device.startswith(f"{root}/"):
            continue
        found.append(_as_mounted(place, kind, mount, told.get(place)))
    return found


def _kind(mount: Mount, told: ZoneResource | None, actual: NodeActual) -> str:
    """The type, which ``mount`` does not print; '' for what is on no disk (proc, swap)."""
    if not mount.device.startswith("/"):
        return "zfs" if mount.device.partition("/")[0] in actual.pools else ""
    if not mount.device.startswith("/dev/"):
        return "lofs"
    kind = told.properties.get("type") if told and told.properties.get("special") == mount.device else None
    return kind if isinstance(kind, str) else "ufs"


def _as_mounted(place: str, kind: str, mount: Mount, told: ZoneResource | None) -> ZoneResource:
    """With those of the options told that are in force, and ``ro`` where it is; ``mount`` shows defaults beside them."""
    words = mount.options.split("/")
    shown = {*words, "ro"} if words[0] == "read only" else set(words)
    wished = told.properties.get("options", ()) if told else ()
    asked = (wished,) if isinstance(wished, str) else wished
    options = tuple(word for word in asked if word in shown or word in _UNSHOWN)
    if "ro" in shown and "ro" not in asked:
        options = (*options, "ro")
    properties: dict[str, str | tuple[str, ...]] = {"dir": place, "special": mount.device, "type": kind}
    if options:
        properties["options"] = options
    raw = told.properties.get("raw") if told and told.properties.get("special") == mount.device else None
    return ZoneResource("fs", properties | ({"raw": raw} if raw else {}))


#: Said by mount(1M) in other words (``read/write``, ``read only``) or as what they include (setuid and devices make suid).
_UNSHOWN = frozenset({"rw", "suid", "nosuid", "exec", "noexec", "devices", "nodevices", "setuid", "nosetuid"})


def _legs(name: str, want: ZoneConfig, have: ZoneConfig, addresses: tuple[Address, ...]) -> list[ZoneResource]:
    """The zone's addresses. One that fail-over has moved to another interface of its group is still where it is wanted."""
    told = {str(one.properties.get("address")): one for config in (have, want) for one in config.of_kind("net")}
    found = []
    for address in addresses:
        if address.zone != name or address.interface == "lo0" or not address.address or address.address.startswith("fe80:"):
            continue
        known = told.get(address.address)
        if known is None:
            found.append(ZoneResource("net", {"address": address.address, "physical": address.interface}))
        else:
            found.append(ZoneResource("net", {**_unseen_router(known, want), "address": address.address}))
    return found


def _unseen_router(known: ZoneResource, want: ZoneConfig) -> Mapping[str, str | tuple[str, ...]]:
    """Its default router cannot be seen: as it is wanted."""
    same = next((one for one in want.of_kind("net") if identity(one) == identity(known)), known)
    return same.properties
