# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The properties of data sets: which exist, who may set them, their values and defaults.

Per zfs(1M) of Solaris 10 8/11 and zfs(1M)/zfs(8) of Solaris 11. The file system version of 11.3 and 11.4 (6) is a guess.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from ...call import Call
from ...truth import SharedPool, ZfsDataset
from . import dataset as tree
from . import space

ON_OFF = ("on", "off")


@dataclass(frozen=True)
class Property:
    """``values`` empty: any text. ``kind``: index, size, text, readonly, once (only at creation)."""

    name: str
    kind: str
    default: str = "-"
    values: tuple[str, ...] = ()
    inherit: bool = True
    shown: str = ""  # how the message names the values, when not by joining them
    s11_only: bool = False


COMPRESSION = ("on", "off", "lzjb", "gzip", *(f"gzip-{level}" for level in range(1, 10)), "zle")
CHECKSUM = ("on", "off", "fletcher2", "fletcher4", "sha256", "sha256+mac")
TABLE: tuple[Property, ...] = (
    *(Property(name, "readonly") for name in ["type", "creation", "used", "available", "referenced", "compressratio", "mounted", "origin"]),
    *(Property(name, "size", "none", inherit=False) for name in ["quota", "reservation"]),
    Property("recordsize", "size", "128K"),
    Property("mountpoint", "text"),
    Property("sharenfs", "text", "off"),
    Property("checksum", "index", "on", CHECKSUM, shown="on | off | fletcher2 | fletcher4 | sha256"),
    Property("compression", "index", "off", COMPRESSION, shown="on | off | lzjb | gzip | gzip-[1-9] | zle"),
    *(Property(name, "index", "on", ON_OFF) for name in ["atime", "devices", "exec", "setuid"]),
    *(Property(name, "index", "off", ON_OFF) for name in ["readonly", "zoned"]),
    Property("snapdir", "index", "hidden", ("hidden", "visible")),
    Property("aclmode", "index", "discard", ("discard", "mask", "passthrough")),
    Property("aclinherit", "index", "restricted", ("discard", "noallow", "restricted", "passthrough", "passthrough-x")),
    Property("canmount", "index", "on", ("on", "off", "noauto"), inherit=False),
    Property("xattr", "index", "on", ON_OFF),
    Property("copies", "index", "1", ("1", "2", "3")),
    Property("version", "version"),
    Property("utf8only", "once", "off"),
    Property("normalization", "once", "none"),
    Property("casesensitivity", "once", "sensitive"),
    *(Property(name, "index", "off", ON_OFF) for name in ["vscan", "nbmand"]),
    Property("sharesmb", "text", "off"),
    *(Property(name, "size", "none", inherit=False) for name in ["refquota", "refreservation"]),
    *(Property(name, "index", "all", ("all", "none", "metadata")) for name in ["primarycache", "secondarycache"]),
    *(Property(f"usedby{who}", "readonly") for who in ["snapshots", "dataset", "children", "refreservation"]),
    Property("volsize", "size", inherit=False),
    Property("logbias", "index", "latency", ("latency", "throughput")),
    Property("sync", "index", "standard", ("standard", "always", "disabled")),
    Property("dedup", "index", "off", ("on", "off", "verify", "sha256", "sha256,verify"), s11_only=True),
    Property("encryption", "once", "off", s11_only=True),
    Property("rstchown", "index", "on", ON_OFF, s11_only=True),
    Property("shadow", "text", "none", s11_only=True),
)
ALIASES = {"avail": "available", "refer": "referenced", "compress": "compression", "ratio": "compressratio", "reserv": "reservation"}
HEADERS = {"available": "AVAIL", "referenced": "REFER", "compressratio": "RATIO", "compression": "COMPRESS", "reservation": "RESERV"}
RIGHT = frozenset(["used", "available", "referenced", "quota", "reservation", "refquota", "refreservation", "recordsize"])
RIGHT |= {"compressratio", "copies", "version"}
RIGHT |= {f"usedby{who}" for who in ("snapshots", "dataset", "children", "refreservation")}
SHORT = {"usedbysnapshots": "USEDSNAP", "usedbydataset": "USEDDS", "usedbychildren": "USEDCHILD", "usedbyrefreservation": "USEDREFRESERV"}
SHORT |= {"refquota": "REFQUOTA", "refreservation": "REFRESERV", "recordsize": "RECSIZE", "canmount": "CANMOUNT"}
NOT_VOLUME = frozenset(["mounted", "quota", "recordsize", "mountpoint", "sharenfs", "atime", "devices", "exec", "setuid", "zoned"])
NOT_VOLUME |= {"snapdir"}
NOT_VOLUME |= {"aclmode", "aclinherit", "canmount", "xattr", "version", "utf8only", "normalization", "casesensitivity", "vscan", "nbmand"}
NOT_VOLUME |= {"sharesmb", "refquota", "rstchown", "shadow"}
SNAPSHOT = frozenset(["type", "creation", "used", "referenced", "compressratio", "version", "utf8only", "normalization", "casesensitivity"])


def known(release: str, name: str) -> Property | None:
    """The property ``name`` (or its short name) of a release, or None."""
    name = ALIASES.get(name, name)
    return next((item for item in TABLE if item.name == name and (release != "s10" or not item.s11_only)), None)


def names(release: str) -> list[str]:
    """The order of ``zfs get all``: the table's on Solaris 10, alphabetical on 11."""
    found = [item.name for item in TABLE if release != "s10" or not item.s11_only]
    return found if release == "s10" else sorted(found)


def header(name: str) -> str:
    return HEADERS.get(name) or SHORT.get(name) or name.upper()


def creation(seconds: int) -> str:
    """``Thu Jul  9  7:55 2009`` (strftime of the C locale, in UTC: the lab has no other time zone)."""
    return time.strftime("%a %b %e %k:%M %Y", time.gmtime(seconds))


def value(call: Call, pool: SharedPool, dataset: ZfsDataset, name: str, exact: bool) -> tuple[str, str] | None:
    """``(value, source)`` of one property, None when it does not exist for this kind of data set."""
    if ":" in name:
        found, source = tree.setting(pool, dataset, name)
        return ("-", "-") if found is None else (found, source)
    size = _size(call, pool, dataset, name)
    if dataset.type == "snapshot" and name not in SNAPSHOT:
        return None
    if name in NOT_VOLUME and dataset.type == "volume" or name == "volsize" and dataset.type != "volume":
        return None
    if size is not None:
        return (str(size) if exact else space.nice(size)), "-"
    match name:
        case "type":
            return dataset.type, "-"
        case "creation":
            return (str(dataset.created) if exact else creation(dataset.created)), "-"
        case "compressratio":
            return "1.00x", "-"
        case "mounted":
            return ("yes" if tree.is_mounted(pool, dataset) else "no"), "-"
        case "origin":
            return None
        case "mountpoint":
            return tree.mountpoint(pool, dataset)
        case "version":
            return dataset.properties.get(name, "5" if call.machine.release == "s10" else "6"), "-"
    item = known(call.machine.release, name)
    assert item is not None, name
    found, source = tree.setting(pool, dataset, name) if item.inherit else (dataset.properties.get(name), "local")
    if found is None or (item.kind == "size" and not item.inherit and space.number(found) == 0):
        nothing = "0" if exact and item.default == "none" and item.kind == "size" else item.default
        return nothing, _unset(item) if found is None else source
    if item.kind == "size":
        amount = space.number(found) or 0
        return (str(amount) if exact else space.nice(amount)), source
    return found, "-" if item.kind == "once" else source


def _unset(item: Property) -> str:
    return "-" if item.kind in ("once", "readonly") else "default"


def _size(call: Call, pool: SharedPool, dataset: ZfsDataset, name: str) -> int | None:
    reserve = max(0, (space.number(dataset.properties.get("refreservation", "none")) or 0) - dataset.used)
    match name:
        case "used":
            return space.used(pool, dataset)
        case "available":
            return space.available_to_data(call.centre, call.machine, pool, dataset)
        case "referenced":
            return space.referenced(pool, dataset)
        case "usedbysnapshots":
            return sum(snapshot.used for snapshot in tree.snapshots(pool, dataset.name))
        case "usedbydataset":
            return dataset.used
        case "usedbychildren":
            return sum(space.charged(pool, child) for child in tree.children(pool, dataset.name))
        case "usedbyrefreservation":
            return reserve
    return None


def problem(release: str, name: str, text: str, creating: bool) -> str | None:
    """Why ``name=text`` cannot be set, in libzfs's words; None when it can."""
    if ":" in name:
        return None
    item = known(release, name)
    if item is None:
        return f"invalid property '{name}'"
    if item.kind == "readonly" or (item.kind == "once" and not creating):
        return f"'{item.name}' is readonly"
    if item.kind == "index" and text not in item.values:
        return f"'{item.name}' must be one of '{item.shown or ' | '.join(item.values)}'"
    if item.kind == "size":
        amount = space.number(text)
        if amount is None:
            return f"bad numeric value '{text}'"
        if item.name == "recordsize" and not (512 <= amount <= 1 << (17 if release == "s10" else 20) and amount & (amount - 1) == 0):
            return f"'{item.name}' must be power of 2 from 512 to {'128k' if release == 's10' else '1M'}"
    if item.name == "mountpoint" and text not in ("none", "legacy") and not re.match(r"/", text):
        return f"'{item.name}' must be an absolute path, 'none', or 'legacy'"
    return None
