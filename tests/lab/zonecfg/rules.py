# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What zonecfg accepts as a value. Every rule is one of the real programs' own, oddities of C's number parsing included."""

from __future__ import annotations

import re
import socket
import string
import struct

_ALNUM = frozenset(string.ascii_letters + string.digits)
_FLOAT = re.compile(r"[ \t\n\v\f\r]*([+-]?)(0x[0-9a-f]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan)", re.IGNORECASE)
_UNITS = {"k": 10, "m": 20, "g": 30, "t": 40}
NETADDR_HELP = (
    "\n<net-addr> :=\t<IPv4-address>[/<IPv4-prefix-length>] |\n\t\t<IPv6-address>/<IPv6-prefix-length> |\n"
    "\t\t<hostname>[/<IPv4-prefix-length>]\nSee inet(3SOCKET) for IPv4 and IPv6 address syntax.\n"
    "<IPv4-prefix-length> := [0-32]\n<IPv6-prefix-length> := [0-128]\n<hostname> := [A-Za-z0-9][A-Za-z0-9-.]*\n"
)


def cut(value: str, size: int) -> str:
    """What fits into ``size`` bytes with a terminator."""
    return value.encode("utf-8", "surrogateescape")[: size - 1].decode("utf-8", "ignore")


def _is_alnum(char: str) -> bool:
    return char in _ALNUM


def unsigned(text: str) -> int | None:
    """strtoull in base 10 with nothing left over; an empty text is 0, a minus sign anywhere is refused."""
    if "-" in text:
        return None
    body = text.lstrip(" \t\n\v\f\r").removeprefix("+")
    if text and not (body and all(char in string.digits for char in body)):
        return None
    number = int(body or "0")
    return number if number < 1 << 64 else None


def signed(text: str) -> int | None:
    body = text.lstrip(" \t\n\v\f\r")
    digits = body[1:] if body[:1] in ("+", "-") else body
    if not text:
        return 0
    if not (digits and all(char in string.digits for char in digits)):
        return None
    number = int(body)
    return number if -(1 << 63) <= number < 1 << 63 else None


def _number(text: str) -> tuple[float, str]:
    """The number a text begins with, and the rest; 0 and the whole text when it begins with none."""
    match = _FLOAT.match(text)
    if match is None:
        return 0.0, text
    digits = match[2]
    value = float(int(digits, 16)) if digits[:2].lower() == "0x" else float(digits)
    return (-value if match[1] == "-" else value), text[match.end() :]


def memory(text: str) -> int | None:
    """Bytes: a number, fractions allowed, and one of K M G T; without a unit it is bytes."""
    value, unit = _number(text)
    unit = unit.lstrip(" \t\n\v\f\r")
    if value < 0 or value != value or value == float("inf") or (unit and unit.lower() not in _UNITS):
        return None
    return int(value * (1 << _UNITS[unit.lower()] if unit else 1))


def scaled(number: int) -> str:
    """Bytes as zonecfg prints them: the largest unit, one decimal below ten of it when it does not come out even."""
    if number < 1024:
        return str(number)
    unit, before = 0, 0
    while number >= 1024 and unit < 4:
        unit += 1
        before = number
        number = (number + 512) >> 10
    letter = "BKMGT"[unit]
    return f"{before / 1024:.1f}{letter}" if before % 1024 and before >> 10 < 10 else f"{number}{letter}"


def _single(value: float) -> float:
    return float(struct.unpack("f", struct.pack("f", value))[0])


def cpu_cap(text: str) -> int | None:
    """Hundredths of a CPU, at least one."""
    value, rest = _number(text)
    if rest or value != value or not 0 < value < 2e7:
        return None
    hundredths = int(_single(_single(value) * 100))
    return hundredths if hundredths >= 1 else None


def cpu_range(text: str) -> list[str] | None:
    low, dash, high = text.partition("-")
    high = high if dash else low
    first, last = unsigned(low), unsigned(high)
    return [low, high] if first is not None and last is not None and 1 <= first <= last else None


def rctl_name(name: str) -> bool:
    return re.fullmatch(r"zone\.[A-Za-z-]+", name) is not None


def rctl_value(priv: str, limit: str, action: str) -> bool:
    """privileged only; none or deny; a limit of any base C knows."""
    match = re.fullmatch(r"[ \t\n\v\f\r]*\+?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)", limit)
    if limit and match is None:
        return False
    if match:
        digits = match[1]
        number = int(digits, 16) if digits[:2].lower() == "0x" else int(digits, 8 if digits.startswith("0") else 10)
        if number >= 1 << 64:
            return False
    return priv == "privileged" and action in ("none", "deny")


def hostid_error(text: str) -> str | None:
    if not text or any(char in " \t\n\v\f\r" for char in text):
        return "invalid_property"
    match = re.match(r"(0[xX])?([+-]?(?:0[xX])?[0-9a-fA-F]+)?", text)
    assert match is not None
    if match.end() >= 11:
        return "too_big"
    number = int(match[2], 16) if match[2] else 0
    if match.end() != len(text) or not 0 <= number < 0xFFFFFFFF:
        return "invalid_property"
    return None


def fs_allowed_error(text: str) -> str | None:
    if len(text) > 1024:
        return "too_big"
    return None if not text or re.fullmatch(r"[A-Za-z0-9-]+(,[A-Za-z0-9-]+)*", text) else "invalid_property"


def zone_name(name: str) -> bool:
    return name != "global" and re.fullmatch(r"[a-zA-Z0-9][-_.a-zA-Z0-9]{0,62}", name) is not None


def zfs_name(name: str) -> bool:
    return len(name) < 256 and re.fullmatch(r"[A-Za-z0-9_.: %-]+(/[A-Za-z0-9_.: %-]+)*", name) is not None


def fs_type(name: str) -> bool:
    return "/" not in name and name not in ("", ".", "..") and len(name) < 256


def attr_name_error(name: str) -> str | None:
    if not name or not _is_alnum(name[0]):
        return f"Invalid attr name {name}: must start with an alpha-numeric character."
    if not all(_is_alnum(char) or char in "-." for char in name):
        return f"Invalid attr name {name}: can only contain alpha-numeric characters, plus '-' and '.'."
    return None


def attr_value_error(kind: str, value: str) -> str | None:
    checks = {
        "boolean": lambda: value in ("true", "false"),
        "int": lambda: signed(value) is not None,
        "string": lambda: len(value.encode("utf-8", "surrogateescape")) < 256,
        "uint": lambda: unsigned(value) is not None,
    }
    if kind not in checks:
        return f"invalid attr type '{kind}'"
    return None if checks[kind]() else f"invalid attr value for type={kind}"


def _family(text: str) -> int | None:
    for family in (socket.AF_INET6, socket.AF_INET):
        try:
            socket.inet_pton(family, text)
        except (OSError, ValueError):
            continue
        return family
    return None


def address_error(address: str, is_router: bool) -> tuple[str, bool] | None:
    """(message, whether the explanation of addresses follows). A router's prefix length is not looked at where the release says so."""
    host, slash, rest = address.partition("/")
    host = cut(host, 256)
    prefix = re.match(r"[ \t\n\v\f\r]*([+-]?\d+)", rest)
    length = int(prefix[1]) if prefix else 0
    family = _family(host)
    if family == socket.AF_INET6:
        if not is_router and not slash:
            return f"{address}: IPv6 addresses require /prefix-length suffix.", False
        if not is_router and not 0 <= length <= 128:
            return f"{address}: IPv6 address prefix lengths must be 0 - 128.", False
        return None
    if slash and not is_router and not 0 <= length <= 32:
        return f"{address}: IPv4 address prefix lengths must be 0 - 32.", False
    if family is None and not (host and _is_alnum(host[0]) and all(_is_alnum(char) or char in "-." for char in host)):
        return f"{host}: bogus host name or network address syntax", True
    return None


def interface_error(name: str, family: str, ip_type: str) -> str | None:
    """Solaris 10 only refuses logical interfaces; later the name is parsed, as a device or as a link."""
    logical = f"{name}: physical interface name required; logical interface name not allowed"
    if family == "s10":
        return logical if ":" in name else None
    invalid = f"{name}: invalid physical interface name"
    if ip_type == "exclusive":
        if re.fullmatch(r"(?!\d)[A-Za-z0-9_.]{0,30}\d", name):
            return None
        return logical if ":" in name else invalid
    device, colon, unit = name.partition(":")
    if len(name) >= 32 or (colon and not re.fullmatch(r"[0-9]+", unit)) or not re.search(r"[0-9]$", device):
        return invalid
    return f"{name}: LUNs not allowed in physical interface names" if colon else None
