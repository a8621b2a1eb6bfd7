# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of the zonecfg language: resource types with their properties, zone-wide properties, resource controls behind aliases.

Read in the sources of OpenSolaris 2007-2009 and illumos 2015; the Solaris 11 words are those of zonecfg(1M) 11.3 and zonecfg(8)
11.4 and of captured ``info`` output, whose order is kept.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A resource type. ``words`` are its properties in the order info prints them; ``end`` what ``end`` asks for, in its order;
    ``key`` the property that must not occur twice; ``lookup`` the order in which select and remove compare;
    ``delete`` what must be equal for removal; ``lists`` properties that take values with ``add``; ``sizes`` bytes kept of a
    value, terminator included (longer ones are silently cut)."""

    words: tuple[str, ...]
    end: tuple[str, ...] = ()
    key: str = ""
    article: str = "A"
    lookup: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    single: bool = False
    sizes: tuple[tuple[str, int], ...] = ()
    export: tuple[str, ...] = ()  # order of export, where it is not that of info
    silent: tuple[str, ...] = ()  # info says nothing about these when unset

    def size(self, word: str, default: int = 1024) -> int:
        return dict(self.sizes).get(word, default)


_FS = Kind(
    words=("dir", "special", "raw", "type", "options"),
    end=("dir", "special", "raw", "type"),
    key="dir",
    lookup=("dir", "special", "raw", "type"),
    delete=("dir", "special", "raw", "type"),
    lists=("options",),
    sizes=(("type", 16),),
)
_ATTR = Kind(
    words=("name", "type", "value"),
    end=("name", "type", "value"),
    key="name",
    article="An",
    lookup=("name", "type", "value"),
    delete=("name", "type", "value"),
    sizes=(("name", 256), ("type", 256), ("value", 2048)),
)
_DEVICE = Kind(words=("match",), end=("match",), key="match", lookup=("match",), delete=("match",))
_RCTL = Kind(
    words=("name", "value"),
    end=("name",),
    key="name",
    lookup=("name",),
    delete=("name",),
    lists=("value",),
    sizes=(("name", 256),),
)
_DATASET = Kind(words=("name",), end=("name",), key="name", lookup=("name",), delete=("name",), sizes=(("name", 256),))
_CPU = Kind(words=("ncpus", "importance"), end=("ncpus",), single=True, silent=("importance",))
_CAP = Kind(words=("ncpus",), single=True)
_MEMORY = Kind(words=("physical", "swap", "locked"), single=True)
_ADMIN = Kind(words=("user", "auths"), end=("user", "auths"), key="user", lookup=("user",), delete=("user", "auths"), sizes=(("user", 32),))
_NET_SIZES = (("address", 46), ("allowed-address", 46), ("physical", 32), ("defrouter", 46))

KINDS_S10: dict[str, Kind] = {
    "fs": _FS,
    "inherit-pkg-dir": Kind(words=("dir",), end=("dir",), key="dir", article="An", lookup=("dir",), delete=("dir",)),
    "net": Kind(
        words=("address", "physical", "defrouter"),
        end=("physical",),
        lookup=("physical", "address"),
        delete=("address", "physical"),
        sizes=_NET_SIZES,
    ),
    "device": _DEVICE,
    "rctl": _RCTL,
    "attr": _ATTR,
    "dataset": _DATASET,
    "dedicated-cpu": _CPU,
    "capped-cpu": _CAP,
    "capped-memory": _MEMORY,
}

KINDS_ILLUMOS: dict[str, Kind] = {
    **{name: kind for name, kind in KINDS_S10.items() if name != "inherit-pkg-dir"},
    "net": Kind(
        words=("address", "allowed-address", "physical", "defrouter"),
        end=("physical",),
        lookup=("physical", "address", "allowed-address", "defrouter"),
        delete=("address", "allowed-address", "physical"),
        sizes=_NET_SIZES,
    ),
    "admin": _ADMIN,
}

_ANET_WORDS = (
    "linkname", "lower-link", "allowed-address", "configure-allowed-address", "defrouter", "allowed-dhcp-cids", "link-protection",
    "mac-address", "mac-prefix", "mac-slot", "vlan-id", "priority", "rxrings", "txrings", "mtu", "maxbw", "bwshare", "rxfanout",
    "vsi-typeid", "vsi-vers", "vsi-mgrid", "etsbw-lcl", "cos", "pkey", "linkmode", "evs", "vport",
)  # fmt: skip

KINDS_S11: dict[str, Kind] = {
    **KINDS_ILLUMOS,
    "net": Kind(
        words=("address", "allowed-address", "configure-allowed-address", "physical", "defrouter"),
        end=("physical",),
        lookup=("physical", "address", "allowed-address", "defrouter"),
        delete=("address", "allowed-address", "physical"),
        sizes=_NET_SIZES,
    ),
    "anet": Kind(
        words=(*_ANET_WORDS, "id"),
        key="linkname",
        lookup=("linkname", "lower-link", "mac-address", "id"),
        delete=("linkname", "lower-link", "id"),
        silent=("id",),
    ),
    "device": Kind(
        words=("match", "storage", "allow-partition", "allow-raw-io", "bootpri", "id"),
        key="match",
        lookup=("match", "storage", "id"),
        delete=("match", "storage", "id"),
        silent=("storage", "allow-partition", "allow-raw-io", "bootpri", "id"),
    ),
    "dataset": Kind(
        words=("name", "alias"),
        end=("name",),
        key="name",
        lookup=("name", "alias"),
        delete=("name",),
        sizes=(("name", 256), ("alias", 256)),
        silent=("alias",),
    ),
    "rootzpool": Kind(words=("storage",), end=("storage",), lists=("storage",), single=True),
    "zpool": Kind(
        words=("storage", "name"), end=("name", "storage"), key="name", lookup=("name",), delete=("name",), lists=("storage",),
    ),
    "virtual-cpu": Kind(words=("ncpus",), end=("ncpus",), single=True),
    "suspend": Kind(words=("path", "storage"), single=True, silent=("path", "storage")),
}  # fmt: skip

# Named in the manual pages of 11.3 and 11.4, without a known output or rule.
UNKNOWN_S11_PROPERTIES = frozenset(
    {
        "auto-mac-address", "cores", "cpu-arch", "cpus", "create-size", "global-time", "host-compatible", "iov", "lro", "memory-reserve",
        "over-hba", "pagesize-policy", "ring-group", "smt-mode", "sockets", "virtual-port-wwn",
    }
)  # fmt: skip
# Named in the manual page of 11.3 or 11.4, but no output or rule of theirs is known well enough.
UNKNOWN_S11_RESOURCES = frozenset(
    {"ib-vhca", "keysource", "keystore", "mac", "npiv", "port", "scsi", "security-flags", "smf-dependency", "verified-boot", "vlan"}
)

GLOBALS_S10 = ("zonename", "zonepath", "brand", "autoboot", "bootargs", "pool", "limitpriv", "scheduling-class", "ip-type")
GLOBALS_ILLUMOS = (*GLOBALS_S10, "hostid", "fs-allowed")
GLOBALS_S11 = (
    "zonename", "zonepath", "brand", "autoboot", "autoshutdown", "bootargs", "file-mac-profile", "pool", "limitpriv",
    "scheduling-class", "ip-type", "hostid", "tenant", "fs-allowed",
)  # fmt: skip

# Properties that info does not list between the others; the order here is that of info.
ALIASES_S10: dict[str, tuple[str, str, int]] = {
    "max-lwps": ("zone.max-lwps", "deny", 100),
    "max-shm-memory": ("zone.max-shm-memory", "deny", 0),
    "max-shm-ids": ("zone.max-shm-ids", "deny", 0),
    "max-msg-ids": ("zone.max-msg-ids", "deny", 0),
    "max-sem-ids": ("zone.max-sem-ids", "deny", 0),
    "cpu-shares": ("zone.cpu-shares", "none", 0),
}
ALIASES_ILLUMOS: dict[str, tuple[str, str, int]] = {
    "max-lwps": ALIASES_S10["max-lwps"],
    "max-processes": ("zone.max-processes", "deny", 100),
    **{name: alias for name, alias in ALIASES_S10.items() if name != "max-lwps"},
}
# Resource controls behind properties of capped-memory and capped-cpu.
RESOURCE_ALIASES: dict[str, tuple[str, str, int]] = {
    "swap": ("zone.max-swap", "deny", 0),
    "locked": ("zone.max-locked-memory", "deny", 0),
    "cpu-cap": ("zone.cpu-cap", "deny", 0),
}
