# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory declares of heartbeat: heliostat_heartbeat, heliostat_monitor, heliostat_heartbeat_paths and _keys.

What the daemons' own --check-config says better (ranges, what contradicts what) is left to it; here is what must be known of several
hosts at once, and what would end up in a line as something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import netaddr

from .errors import InvalidDefinition
from .heartbeat import DURATION, KINDS, Beating, Estate, FenceLevel, Key, Kind, Watching
from .options import Options

PATHS = {"management": 1, "public": 2, "backup": 3}
USER = "heliostat"
_MOST_KEYS = 4  # src/wire/seal.h, SEAL_KEYS

_TIMES = ("lease", "halt", "interval")
_OF_NODE = (
    "fence", "gated", "id", "lease_proof", "lock_memory", "paths", "probes", "profile", "real_time", "self_fence", "slot", "user",
    "zoneadm", *_TIMES,
)  # fmt: skip
_MONITOR_TIMES = ("suspect_floor", "suspect_ceiling", "probe_time", "watch_gap", "retry", "vote", "metrics_interval")
_MONITOR_NUMBERS = {"drift": (1, 200000), "persons": (1, 2), "fence_jobs": (1, 64)}
_OF_MONITOR = (
    "acting", "agents", "control_group", "id", "lock_memory", "mass", "paths", "profile", "real_time", "references", "slot", "user",
    *_MONITOR_TIMES, *_MONITOR_NUMBERS,
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*\Z")
_PROGRAM = re.compile(r"/[A-Za-z0-9._/@:,+-]+\Z")
Numbered = TypeVar("Numbered", Beating, Watching)


def address(text: str, where: str) -> str:
    """An address with or without port, as the daemons read it: ``192.0.2.1:4790``, ``[2001:db8::1]:4790``. Raises InvalidDefinition."""
    found = re.match(r"(?:\[(?P<six>[^]]+)\]|(?P<four>[^:\[\]]+)|(?P<bare>[0-9A-Fa-f:.]+))(?::(?P<port>[0-9]{1,5}))?\Z", text)
    plain = found and (found["six"] or found["four"] or found["bare"])
    try:
        value = netaddr.IPAddress(plain or "", flags=netaddr.INET_PTON)
    except (netaddr.AddrFormatError, ValueError):
        raise InvalidDefinition(f"{where}: {text!r} is no address such as 192.0.2.17, 192.0.2.17:4791 or [2001:db8::17]:4791.") from None
    port = f":{found['port']}" if found and found["port"] else ""
    return (f"[{value}]" if value.version == 6 else str(value)) + port


def _name(options: Options, key: str, default: str = "") -> str:
    text = options.text(key, default)
    if text and not _NAME.match(text):
        raise options.refuse(key, f"{text!r} is no name: letters, digits, '.', '_' and '-'.")
    return text


def _program(options: Options, key: str) -> str:
    text = options.text(key)
    if not _PROGRAM.match(text):
        raise options.refuse(key, f"{text!r} is no path from / on.")
    return text


def _duration(options: Options, key: str) -> str:
    text = options.text(key)
    if not DURATION.match(text):
        raise options.refuse(key, f"{text!r} is no duration such as 250ms or 10s.")
    return text


def _id(options: Options) -> int:
    found = options.whole("id", 1, 2**32 - 1)
    if found is None:
        raise options.refuse("id", "is not set: a number that no other host of its kind has.")
    return found


def _paths(options: Options, known: Mapping[str, int]) -> dict[str, str]:
    given = Options.of(options.given.get("paths") or {}, f"{options.where}, paths", known)
    found = {name: address(given.text(name), f"{options.where}, path {name}") for name in known if given.has(name)}
    if not found:
        raise options.refuse("paths", f"names no address over any of {', '.join(known)}.")
    return found


def _common(options: Options) -> dict[str, str]:
    """Settings that both daemons have."""
    found = {}
    if options.has("profile"):
        found["profile"] = str(options.choice("profile", ("default", "fast")))
    for key in ("lock_memory", "real_time"):
        if options.has(key):
            found[key.replace("_", "-")] = "yes" if options.flag(key, True) else "no"
    return found


def _self_fence(options: Options) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words behind ``self-fence``, and the zones."""
    given = Options.of(
        options.given.get("self_fence") or {}, f"{options.where}, self_fence", ("by", "device", "how", "path", "told", "within", "zones")
    )
    by = given.choice("by", ("none", "halt_zones", "stop", "watchdog", "command"))
    how = (str(given.choice("how", ("reboot", "power_off", "halt"))).replace("_", "-"),) if given.has("how") else ()
    taken = {"halt_zones": {"how", "zones"}, "stop": {"how"}, "watchdog": {"device", "how", "within"}, "command": {"path", "told"}}
    for key in given.given:
        if key not in {"by"} | taken.get(by, set()):
            raise given.refuse(str(key), f"says nothing where by is {by}.")
    if by == "watchdog":
        return ("watchdog", _program(given, "device"), _duration(given, "within"), *how), ()
    if by == "command":
        told = str(given.choice("told", ("none", "halt_zones", "stop"))).replace("_", "-")
        return ("command", _program(given, "path"), told), ()
    zones = tuple(given.words("zones"))
    for zone in zones:
        if not _NAME.match(zone):
            raise given.refuse("zones", f"holds {zone!r}, which is no name of a zone.")
    return (by.replace("_", "-"), *how), zones


def _target(options: Options, key: str, kinds: Iterable[str]) -> tuple[str, ...]:
    found = []
    for entry in options.items(key):
        one = Options.of(entry, f"{options.where}, {key}", ("address", "kind"))
        kind = str(one.choice("kind", tuple(kinds)))
        found.append(f"{kind} {address(one.text('address'), one.where)}")
    return tuple(found)


def _level(entry: object, where: str) -> FenceLevel:
    options = Options.of(entry, where, ("agent", "attempts", "kind", "options", "secrets", "settle", "within"))
    kind: Kind = options.choice("kind", KINDS, "power")
    times = {key: _duration(options, key) for key in ("within", "settle") if options.has(key)}
    attempts = options.whole("attempts", 1, 20)
    if attempts is not None:
        times["attempts"] = str(attempts)
    if kind == "slot":
        if options.has("agent") or options.given.get("options") or options.given.get("secrets"):
            raise options.refuse("kind", "slot has neither agent nor options.")
        return FenceLevel("slot", times=times)
    agent = options.text("agent")
    if not (_NAME.match(agent) or _PROGRAM.match(agent)):
        raise options.refuse("agent", f"{agent!r} is no fence agent: a name such as fence_ipmilan, or a path from / on.")
    parts: dict[str, dict[str, str]] = {}
    for part in ("options", "secrets"):
        given = options.given.get(part) or {}
        if not isinstance(given, Mapping):
            raise options.refuse(part, "is no mapping of an agent's options to values.")
        parts[part] = {}
        for key, value in given.items():
            if value in (None, "") or isinstance(value, (Mapping, list, tuple, set)):
                raise options.refuse(part, f"{key}: what it holds is no text, or nothing.")
            if not _NAME.match(str(key)) or re.search(r"[\n\r\0]", str(value)) or (part == "options" and '"' in str(value)):
                raise options.refuse(part, f"{key}: neither names nor values hold line ends, nor values that are no secrets quotes.")
            parts[part][str(key)] = {True: "1", False: "0"}[value] if isinstance(value, bool) else str(value)
    both = sorted(parts["options"].keys() & parts["secrets"].keys())
    if both:
        raise options.refuse("secrets", f"{both[0]} stands in options too.")
    return FenceLevel(kind, agent, parts["options"], parts["secrets"], times)


def node(name: str, given: Mapping[str, Any], paths: Mapping[str, int]) -> Beating:
    """A node as ``heliostat_heartbeat`` declares it. Its name becomes a word of lines and part of files' names."""
    if not _NAME.match(name):
        raise InvalidDefinition(f"node {name!r}: the daemons call nodes by letters, digits, '.', '_' and '-'.")
    options = Options.of(given, f"node {name}, heliostat_heartbeat", _OF_NODE)
    settings = _common(options) | {key: _duration(options, key) for key in _TIMES if options.has(key)}
    if options.has("slot"):
        slot = Options.of(options.given["slot"], f"{options.where}, slot", ("device", "index"))
        if slot.has("index") and slot.whole("index", 1, 1000000) != _id(options):
            raise slot.refuse("index", "the place of a node on the LUN is its own number: monitors look for it there.")
        settings["slot"] = f"{_program(slot, 'device')} {_id(options)}"
    if options.has("zoneadm"):
        settings["zoneadm"] = _program(options, "zoneadm")
    fence, zones = _self_fence(options)
    proof = str(options.choice("lease_proof", ("watchdog", "agent", "never"))) if options.has("lease_proof") else ""
    levels = tuple(_level(entry, f"{options.where}, fence level {index}") for index, entry in enumerate(options.items("fence"), 1))
    return Beating(
        name=name,
        id=_id(options),
        paths=_paths(options, paths),
        self_fence=fence,
        zones=zones,
        gated=options.flag("gated", False),
        user=_name(options, "user", USER),
        settings=settings,
        probes=_target(options, "probes", ("icmp", "tcp", "greeting")),
        lease_proof=proof,
        levels=levels,
    )


def monitor(name: str, given: Mapping[str, Any], paths: Mapping[str, int]) -> Watching:
    """A management server as ``heliostat_monitor`` declares it."""
    options = Options.of(given, f"management server {name}, heliostat_monitor", _OF_MONITOR)
    settings = _common(options) | {key.replace("_", "-"): _duration(options, key) for key in _MONITOR_TIMES if options.has(key)}
    for key, (least, most) in _MONITOR_NUMBERS.items():
        if options.has(key):
            settings[key.replace("_", "-")] = str(options.whole(key, least, most))
    if options.has("acting"):
        settings["acting"] = str(options.choice("acting", ("votes", "cluster")))
    if options.has("mass"):
        mass = Options.of(options.given["mass"], f"{options.where}, mass", ("percent", "within"))
        settings["mass"] = f"{mass.whole('percent', 1, 100)} {_duration(mass, 'within')}"
    for key in ("slot", "agents"):
        if options.has(key):
            settings[key] = _program(options, key)
    return Watching(
        name=name,
        id=_id(options),
        paths=_paths(options, paths),
        user=_name(options, "user", USER),
        control_group=_name(options, "control_group"),
        references=_target(options, "references", ("icmp", "tcp")),
        settings=settings,
    )


def keys(given: object) -> tuple[Key, ...]:
    """Master keys, newest first. No message shows anything of a key but its number."""
    where = "heliostat_heartbeat_keys"
    if not isinstance(given, (list, tuple)) or not given:
        raise InvalidDefinition(
            f"{where} is not set: a list of keys with id and key (64 hexadecimal digits), the newest first, kept in a vault."
        )
    if len(given) > _MOST_KEYS:
        raise InvalidDefinition(f"{where}: no more than {_MOST_KEYS} keys are valid at a time.")
    found: list[Key] = []
    for entry in given:
        if not isinstance(entry, Mapping) or set(entry) != {"id", "key"}:
            raise InvalidDefinition(f"{where}: an entry has id and key, and nothing else.")
        number = Options(where, entry).whole("id", 1, 65535)
        secret = entry["key"]
        if number is None or not isinstance(secret, str) or not re.fullmatch(r"[0-9A-Fa-f]{64}", secret) or not secret.strip("0"):
            raise InvalidDefinition(
                f"{where}: key {number} is not 64 hexadecimal digits as text, in quotes, or all zeros. Draw one: openssl rand -hex 32."
            )
        if number in {key.id for key in found}:
            raise InvalidDefinition(f"{where}: key {number} is given twice.")
        found.append(Key(number, str(secret).lower()))
    return tuple(found)


def paths(given: object) -> dict[str, int]:
    """Names and numbers of paths; management 1, public 2, backup 3 where nothing is declared."""
    if given in (None, "", {}):
        return dict(PATHS)
    options = Options.of(given, "heliostat_heartbeat_paths", given if isinstance(given, Mapping) else ())
    found: dict[str, int] = {}
    for name in options.given:
        number = options.whole(name, 1, 255)
        if number is None or not _NAME.match(str(name)) or number in found.values():
            raise options.refuse(str(name), "has no number of its own from 1 to 255, or is no name.")
        found[str(name)] = number
    return found


def estate(
    nodes: Mapping[str, Mapping[str, Any]], monitors: Mapping[str, Mapping[str, Any]], given_paths: object, given_keys: object
) -> Estate:
    """All hosts together. Raises InvalidDefinition naming both hosts where two have one number, or one address over a path."""
    numbered = paths(given_paths)
    beating = {name: node(name, given, numbered) for name, given in sorted(nodes.items())}
    watching = {name: monitor(name, given, numbered) for name, given in sorted(monitors.items())}
    _distinct("node", beating, 4791)
    _distinct("monitor", watching, 4790)
    for one in beating.values():
        if watching and not any(set(one.paths) & set(other.paths) for other in watching.values()):
            raise InvalidDefinition(f"node {one.name}: no monitor has an address over any of its paths ({', '.join(one.paths)}).")
    return Estate(numbered, beating, watching, keys(given_keys))


def _distinct(kind: str, found: Mapping[str, Numbered], port: int) -> None:
    """``port`` is that of an address without one."""
    ids: dict[int, str] = {}
    addresses: dict[tuple[str, str], str] = {}
    for name, one in found.items():
        first = ids.setdefault(one.id, name)
        if first != name:
            raise InvalidDefinition(
                f"{kind} number {one.id} is that of {first} and of {name}. Two machines with one number speak for each other."
            )
        for path, text in one.paths.items():
            first = addresses.setdefault((path, text.removesuffix(f":{port}")), name)
            if first != name:
                raise InvalidDefinition(f"{kind}s {first} and {name} have one address over path {path}: {text}.")
