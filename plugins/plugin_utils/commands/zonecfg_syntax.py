# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The zonecfg(1M) language as its lexer takes it, and the values that are the same though written differently.

Lexer facts (zonecfg_lex.l): no escapes and no single quotes; ``"..."`` ends at the next ``"`` or newline; an unquoted value
ends at blank ``; = [ ] ( )``; a bare word that is a resource or property name is read as that name, quoted it is a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from ..model.errors import InvalidDefinition, ParseError

NAME = re.compile(r"[a-z][-a-z0-9]*\Z")
_BARE = re.compile(r"(?=.*[^-a-z])[-A-Za-z0-9_./:@%{}+,]+\Z")
_WORDS = frozenset({"true", "false", "shared", "exclusive", "native", "solaris", "lofs", "zfs", "ufs", "auto", "string", "shutdown"})
_LIST_ITEM = re.compile(r"[-A-Za-z0-9_./:@%{}+]+\Z")
_RCTL = re.compile(r"\((?:(?:priv=[a-z]+|limit=[0-9]+|action=[a-z]+)(?:,(?!\))|(?=\)))){3}\)\Z")
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}

#: Properties that hold a list: ``add PROPERTY VALUE`` once a value; ``allowed-address`` is one comma separated value instead.
COMMA_LISTS = frozenset({"allowed-address"})

#: Property that identifies a resource among those of its kind; kinds that are not here may be there once.
KEYS: dict[str, tuple[str, ...]] = {
    "net": ("physical", "address"),
    "anet": ("linkname", "id"),
    "fs": ("dir",),
    "inherit-pkg-dir": ("dir",),
    "dataset": ("name",),
    "rctl": ("name",),
    "attr": ("name",),
    "device": ("match", "storage", "id"),
    "admin": ("user",),
    "zpool": ("name",),
    "npiv": ("id",),
    "ib-vhca": ("id",),
}

#: Global properties that are really resource controls.
ALIASES = {
    "cpu-shares": "zone.cpu-shares",
    "max-lwps": "zone.max-lwps",
    "max-processes": "zone.max-processes",
    "max-shm-memory": "zone.max-shm-memory",
    "max-shm-ids": "zone.max-shm-ids",
    "max-msg-ids": "zone.max-msg-ids",
    "max-sem-ids": "zone.max-sem-ids",
}

#: capped-memory's properties that are really resource controls.
MEMORY_ALIASES = {"swap": "zone.max-swap", "locked": "zone.max-locked-memory"}
CPU_CAP = "zone.cpu-cap"


def word(value: str, where: str) -> str:
    """``value`` as one token; quoted unless it can be read in no other way. Refuses what zonecfg cannot carry."""
    if value in _WORDS or _BARE.match(value):
        return value
    if not value or '"' in value or any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise InvalidDefinition(
            f"zonecfg {where}: the value {value!r} is empty or holds a quote or control character, which zonecfg cannot carry."
        )
    return f'"{value}"'


def item(value: str, where: str) -> str:
    """``value`` as an element of a list, which zonecfg does not read quoted inside brackets."""
    if not _LIST_ITEM.match(value):
        return word(value, where)
    return value


def rctl_value(value: str, where: str) -> str:
    """``(priv=privileged,limit=10,action=deny)``: the three parts in any order, nothing else."""
    if not _RCTL.match(value) or len({part.split("=")[0] for part in value[1:-1].split(",")}) != 3:
        raise InvalidDefinition(f"zonecfg {where}: {value!r} is not (priv=...,limit=NUMBER,action=...).")
    return value


def name(text: str) -> str:
    if not NAME.match(text):
        raise InvalidDefinition(f"zonecfg: {text!r} is not the name of a resource or property.")
    return text


def rctl_parts(value: str) -> dict[str, str] | None:
    """The parts of a resource control's value, None when it is not of that form."""
    return dict(part.split("=", 1) for part in value[1:-1].split(",")) if _RCTL.match(value) else None


def simple_limit(control: str, values: Iterable[str]) -> str | None:
    """The limit of a control whose only value is the one that its alias makes: privileged, and denying (cpu-shares: no action)."""
    found = [rctl_parts(value) for value in values]
    action = "none" if control == ALIASES["cpu-shares"] else "deny"
    if len(found) == 1 and found[0] and found[0].get("priv") == "privileged" and found[0].get("action") == action:
        return str(int(found[0]["limit"]))
    return None


def number(text: str) -> str:
    """A decimal number in one form: ``1.50`` and ``1.5`` are the same; anything else stays as it is."""
    return text.rstrip("0").rstrip(".") if re.match(r"\d+\.\d+\Z", text) else text


def size(text: str) -> int:
    """Bytes of zonecfg's ``4G``, ``1.5g``, ``4294967296`` (no unit: bytes)."""
    found = re.match(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>[KMGTkmgt]?)\Z", text.strip())
    if not found:
        raise ParseError(f"zonecfg: {text!r} is not a size")
    return int(Fraction(found["number"]) * _UNITS[found["unit"].upper()])


def cpu_cap(ncpus: str) -> str:
    """The limit of zone.cpu-cap (hundredths of a CPU) for capped-cpu's ``ncpus``."""
    if not re.match(r"\d+(\.\d+)?\Z", ncpus):
        raise ParseError(f"zonecfg: ncpus {ncpus!r} is not a number of CPUs")
    return str(int(Fraction(ncpus) * 100))
