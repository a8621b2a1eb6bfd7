# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that come from users, checked before they reach a command or a path."""

from __future__ import annotations

import re

from .errors import InvalidDefinition

_ZONE = re.compile(r"[A-Za-z0-9][-_.A-Za-z0-9]{0,62}\Z")
_POOL = re.compile(r"[A-Za-z][-_.:A-Za-z0-9]{0,254}\Z")
_GUID = re.compile(r"[0-9A-F]{16}([0-9A-F]{16})?\Z")
_LINK = re.compile(r"[A-Za-z][_.A-Za-z0-9]{0,29}[0-9]\Z")
_GROUP = re.compile(r"[A-Za-z][-_A-Za-z0-9]{0,30}\Z")
_GROUP_WORDS = ("admin", "bootdg", "defaultdg", "dsk", "nodg", "rdsk", "rootdg", "shared")
_POOL_WORDS = ("mirror", "raidz", "spare", "log", "cache")
_PLAIN = re.compile(r"[A-Za-z0-9][-_.:A-Za-z0-9]{0,62}\Z")
_TIMEZONE = re.compile(r"[A-Za-z][-+_A-Za-z0-9]*(?:/[A-Za-z0-9][-+_A-Za-z0-9]*){0,3}\Z")
_LABEL = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?\Z")
# crypt(3C): $ID$..., or 13 characters of the old DES; shadow(4): *NP*, *LK*, NP. Anything else would be a password in clear text.
_HASH = re.compile(r"(?:\$[a-z0-9]{1,8}[$,][-./$*,=!A-Za-z0-9]{8,240}|[./A-Za-z0-9]{13}|\*NP\*|\*LK\*|NP)\Z")


def zone_name(name: str) -> str:
    """A zone name as zonecfg(1M) takes it: at most 63 of letters, digits, ``-_.``, not reserved."""
    if not _ZONE.match(name) or name == "global" or name.startswith(("SUNW", "SYS")):
        raise InvalidDefinition(
            f"vServer name {name!r}: a zone name starts with a letter or digit, has at most 63 letters, digits, '-', '_', '.', "
            "and is neither 'global' nor starts with SUNW or SYS. Rename it in the inventory."
        )
    return name


def zpool_name(name: str) -> str:
    """A pool name as zpool(1M) takes it."""
    reserved = name.startswith(_POOL_WORDS) or re.match(r"c[0-9]", name)
    if not _POOL.match(name) or reserved:
        raise InvalidDefinition(
            f"dataset name {name!r}: a pool name starts with a letter, has only letters, digits, '-', '_', '.', ':', and does not "
            "start with mirror, raidz, spare, log, cache or c0-c9. Rename it in the inventory."
        )
    return name


def group_name(name: str) -> str:
    """What a disk set (metaset(1M)) and a disk group (vxdg(1M), at most 31 characters) may be called; none that either reserves."""
    if not _GROUP.match(name) or name in _GROUP_WORDS:
        raise InvalidDefinition(
            f"dataset name {name!r}: the name of a disk set or disk group is a letter, then at most 30 letters, digits, '-', '_', "
            f"and none of {', '.join(_GROUP_WORDS)}. Rename it in the inventory."
        )
    return name


def metadevice_name(name: str) -> str:
    """Solaris 10 knows metadevices by a number only; md.conf(4) allows 128 of them unless told otherwise."""
    if not re.match(r"d[0-9]{2,3}\Z", name) or not 10 <= int(name[1:]) <= 127 or name[1] == "0":
        raise InvalidDefinition(
            f"name {name!r}: Solaris Volume Manager calls a volume dN. Set name to one of d10 to d127 (d0 to d9 carry the layout)."
        )
    return name


def volume_name(name: str) -> str:
    """A VxVM volume: at most 31 characters, of which its plexes and layers need four."""
    if not re.match(r"[A-Za-z][-_.A-Za-z0-9]{0,26}\Z", name):
        raise InvalidDefinition(
            f"name {name!r}: a VxVM volume's name is a letter, then at most 26 letters, digits, '-', '_', '.'. Set name to such a one."
        )
    return name


def lun_guid(guid: str) -> str:
    """A LUN's GUID (NAA), 16 or 32 hexadecimal digits, returned in capitals as Solaris prints it in device names."""
    canonical = guid.upper().removeprefix("NAA.")
    if not _GUID.match(canonical):
        raise InvalidDefinition(f"LUN {guid!r}: a GUID has 16 or 32 hexadecimal digits. Take it from 'mpathadm list lu' or the array.")
    return canonical


def link_name(name: str) -> str:
    """A data link name: at most 31 characters, starts with a letter, ends with a digit."""
    if not _LINK.match(name):
        raise InvalidDefinition(f"link {name!r}: a data link name starts with a letter, ends with a digit, and has at most 31 characters.")
    return name


def mount_point(path: str) -> str:
    """An absolute path without ``..``, blanks or control characters: what zonecfg can store and export again."""
    if not re.match(r"(/[-_.+:@A-Za-z0-9]+)+\Z", path) or {".", ".."} & set(path.split("/")) or len(path) > 1023:
        raise InvalidDefinition(
            f"mount point {path!r}: it must be an absolute path of letters, digits and '-_.+:@' without '.' and '..' as parts "
            "(zonecfg cannot re-read other names from its own export)."
        )
    return path


def filesystem_name(name: str) -> str:
    """The last part of a ZFS file system's name, as zfs(1M) takes it; not starting with a mark, so that it is no option."""
    if not re.match(r"[A-Za-z0-9][-_.:A-Za-z0-9]{0,199}\Z", name):
        raise InvalidDefinition(f"name {name!r} is no ZFS file system name; set name to letters, digits, '-', '_', '.', ':'.")
    return name


def plain_name(name: str) -> str:
    """A name of our own: a compute pool, a network, a LUN's short name."""
    if not _PLAIN.match(name):
        raise InvalidDefinition(f"name {name!r}: it starts with a letter or digit and has at most 63 letters, digits, '-', '_', '.', ':'.")
    return name


def timezone(name: str) -> str:
    """A name of the zoneinfo database, or of the POSIX kind (PST8PDT): it is written into files that a zone reads at its first boot."""
    if not _TIMEZONE.match(name):
        raise InvalidDefinition(f"time zone {name!r} is no name such as Europe/Berlin or UTC.")
    return name


def domain_name(name: str) -> str:
    """A DNS domain without a dot at its end."""
    if len(name) > 253 or not all(_LABEL.match(label) for label in name.split(".")):
        raise InvalidDefinition(f"domain {name!r} is no DNS domain: labels of letters, digits and '-' between dots.")
    return name


def password_hash(text: str) -> str:
    """A hash as crypt(3C) makes it, or *NP*, *LK*. It is a secret: the message does not repeat it."""
    if not _HASH.match(text):
        raise InvalidDefinition(
            "heliostat_root_password_hash is no password hash: $5$..., $6$..., 13 characters of the old kind, *NP* or *LK*. "
            "Take what crypt(3C) makes."
        )
    return text


def device_guid(device: str) -> str | None:
    """The GUID in an MPxIO device name such as ``c0t60060E80…d0s2``; None for a name that holds none."""
    match = re.match(r"c[0-9]+t([0-9A-F]{16}(?:[0-9A-F]{16})?)d0(?:s[0-9]+)?\Z", device)
    return match[1] if match else None
