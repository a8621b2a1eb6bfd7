# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one zonecfg knows that another does not: words, templates, brands, orders of printing.

``s10`` is the zonecfg of OpenSolaris 2007-2009 (closest public relative of Solaris 10), ``illumos`` that of illumos in 2015; both were
read in source. ``s11.3`` and ``s11.4`` are Oracle Solaris: manual pages and captured output only, so what those do not tell is
refused with NotSimulated. ``s11`` is the same as ``s11.3``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .tables import (
    ALIASES_ILLUMOS,
    ALIASES_S10,
    GLOBALS_ILLUMOS,
    GLOBALS_S10,
    GLOBALS_S11,
    KINDS_ILLUMOS,
    KINDS_S10,
    KINDS_S11,
    UNKNOWN_S11_PROPERTIES,
    UNKNOWN_S11_RESOURCES,
    Kind,
)


class NotSimulated(Exception):
    """The lab does not know what real zonecfg does here."""


@dataclass(frozen=True)
class Dialect:
    name: str
    family: str  # s10, illumos or s11: which rules of behaviour
    brands: frozenset[str]
    default_brand: str
    unprinted_brand: str  # export leaves this one out
    blank: str  # names of the two standard templates
    default: str
    templates: dict[str, dict[str, str]]
    template_resources: dict[str, tuple[dict[str, str], ...]]
    kinds: dict[str, Kind]
    globals: tuple[str, ...]  # zone-wide properties in the order of info
    aliases: dict[str, tuple[str, str, int]]  # property: rctl, action, lowest limit
    export_globals: tuple[str, ...]
    export_order: tuple[str, ...]
    info_order: tuple[str, ...]
    unknown_resources: frozenset[str] = frozenset()
    unknown_properties: frozenset[str] = frozenset()
    hide_defaults: dict[str, str] = field(default_factory=dict)  # 11.4: info and export are silent about these

    @property
    def resource_words(self) -> frozenset[str]:
        return frozenset(self.kinds) | self.unknown_resources

    @property
    def global_words(self) -> frozenset[str]:
        """Words that ``info`` takes beside the resource types."""
        return frozenset(self.globals) | frozenset(self.aliases)

    @property
    def property_words(self) -> frozenset[str]:
        local = {word for kind in self.kinds.values() for word in kind.words}
        return self.global_words | self.unknown_properties | local | {"priv", "limit", "action"}


_OLD_GLOBALS = ("zonepath", "brand", "autoboot", "bootargs", "pool", "limitpriv", "scheduling-class", "ip-type")

S10 = Dialect(
    name="s10",
    family="s10",
    brands=frozenset({"native"}),
    default_brand="native",
    unprinted_brand="native",
    blank="SUNWblank",
    default="SUNWdefault",
    templates={
        "SUNWblank": {"zonepath": "", "autoboot": "false"},
        "SUNWdefault": {"zonepath": "", "autoboot": "false"},
        # with the packages of the containers only; what they hold beside the brand is not known
        "SUNWsolaris8": {"zonepath": "", "autoboot": "false", "brand": "solaris8"},
        "SUNWsolaris9": {"zonepath": "", "autoboot": "false", "brand": "solaris9"},
    },
    template_resources={
        "SUNWdefault": tuple({"kind": "inherit-pkg-dir", "dir": path} for path in ("/lib", "/platform", "/sbin", "/usr")),
    },
    kinds=KINDS_S10,
    globals=GLOBALS_S10,
    aliases=ALIASES_S10,
    export_globals=_OLD_GLOBALS,
    export_order=("inherit-pkg-dir", "fs", "net", "device", "rctl", "attr", "dataset", "dedicated-cpu", "capped-memory"),
    info_order=("fs", "inherit-pkg-dir", "net", "device", "dedicated-cpu", "capped-cpu", "capped-memory", "attr", "dataset", "rctl"),
)

_IPKG = {"zonepath": "", "autoboot": "false", "brand": "ipkg"}

ILLUMOS = Dialect(
    name="illumos",
    family="illumos",
    brands=frozenset({"ipkg"}),
    default_brand="ipkg",
    unprinted_brand="native",
    blank="SUNWblank",
    default="SUNWdefault",
    templates={"SUNWblank": _IPKG, "SUNWdefault": _IPKG},
    template_resources={},
    kinds=KINDS_ILLUMOS,
    globals=GLOBALS_ILLUMOS,
    aliases=ALIASES_ILLUMOS,
    export_globals=(*_OLD_GLOBALS, "hostid", "fs-allowed"),
    export_order=("fs", "net", "device", "capped-memory", "rctl", "attr", "dataset", "dedicated-cpu", "admin"),
    info_order=(
        "fs", "net", "device", "dedicated-cpu", "capped-cpu", "capped-memory", "attr", "dataset", "admin", "rctl",
    ),
)  # fmt: skip

# Output of 11.2/11.3 and 11.4 seen in the wild: `create`, then `info` and `export`.
_S11_ZONE = {
    "zonepath": "/system/zones/%{zonename}",
    "brand": "solaris",
    "autoboot": "false",
    "autoshutdown": "shutdown",
    "ip-type": "exclusive",
}
_S11_ANET = {
    "kind": "anet",
    "linkname": "net0",
    "lower-link": "auto",
    "configure-allowed-address": "true",
    "link-protection": "mac-nospoof",
    "mac-address": "auto",
}
_S11_ORDER = (
    "fs", "net", "anet", "device", "dedicated-cpu", "capped-cpu", "virtual-cpu", "capped-memory", "attr", "dataset",
    "rootzpool", "zpool", "suspend", "admin", "rctl",
)  # fmt: skip


def _solaris11(name: str, hidden: dict[str, str]) -> Dialect:
    return Dialect(
        name=name,
        family="s11",
        brands=frozenset({"solaris", "solaris10"}),
        default_brand="solaris",
        unprinted_brand="",
        blank="SYSblank",
        default="SYSdefault",
        templates={
            "SYSblank": _S11_ZONE,
            "SYSdefault": _S11_ZONE,
            "SYSsolaris": _S11_ZONE,
            "SYSdefault-shared-ip": {**_S11_ZONE, "ip-type": "shared"},
            "SYSsolaris-shared-ip": {**_S11_ZONE, "ip-type": "shared"},
            "SYSsolaris10": {**_S11_ZONE, "brand": "solaris10"},
        },
        template_resources=dict.fromkeys(("SYSdefault", "SYSsolaris", "SYSsolaris10"), (_S11_ANET,)),
        kinds=KINDS_S11,
        globals=GLOBALS_S11,
        aliases=ALIASES_ILLUMOS,
        export_globals=("brand", "zonepath", *(word for word in GLOBALS_S11 if word not in ("zonename", "zonepath", "brand"))),
        export_order=tuple(kind for kind in _S11_ORDER if kind != "capped-cpu"),
        info_order=_S11_ORDER,
        unknown_resources=UNKNOWN_S11_RESOURCES,
        unknown_properties=UNKNOWN_S11_PROPERTIES,
        hide_defaults=hidden,
    )


S11_3 = _solaris11("s11.3", {})
S11_4 = _solaris11("s11.4", {key: value for key, value in _S11_ZONE.items() if key != "brand"})

DIALECTS: dict[str, Dialect] = {
    "s10": S10,
    "solaris10_era": S10,
    "illumos": ILLUMOS,
    "s11": S11_3,
    "s11.3": S11_3,
    "s11.4": S11_4,
}
