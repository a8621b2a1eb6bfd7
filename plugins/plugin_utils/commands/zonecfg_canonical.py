# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A zone's configuration in one form: aliases resolved, resources by key, values comparable."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..model.errors import InvalidDefinition
from ..model.zone import ZoneConfig, ZoneResource
from .zonecfg_syntax import ALIASES, COMMA_LISTS, CPU_CAP, KEYS, MEMORY_ALIASES, cpu_cap, number, rctl_parts, simple_limit, size

Value = str | tuple[str, ...]

#: What a release puts there by itself, first the one meant when nothing is shown; () means any value. Such a value counts
#: as a difference only against another wanted one.
GLOBAL_DEFAULTS: dict[str, tuple[str, ...]] = {
    "autoboot": ("false",),
    "autoshutdown": ("shutdown",),
    "limitpriv": ("default",),
    "file-mac-profile": ("none",),
    "global-time": ("false",),
    "brand": ("native",),
}
RESOURCE_DEFAULTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("anet", "lower-link"): ("auto",),
    ("anet", "link-protection"): ("mac-nospoof",),
    ("anet", "mac-address"): ("auto", "random"),
    ("anet", "auto-mac-address"): (),
    ("anet", "configure-allowed-address"): ("true",),
    ("anet", "id"): (),
    ("net", "configure-allowed-address"): ("true",),
    ("net", "id"): (),
    ("device", "allow-partition"): ("false",),
    ("device", "allow-raw-io"): ("false",),
    ("device", "id"): (),
    ("dedicated-cpu", "importance"): ("1",),
}

#: Global properties that cannot be cleared: without a wish they stay as they are.
KEPT = frozenset({"zonename", "zonepath", "brand", "ip-type"})

#: Resource control → the alias path it is compared under.
_PATHS = {
    CPU_CAP: "capped-cpu.ncpus",
    **{control: f"capped-memory.{alias}" for alias, control in MEMORY_ALIASES.items()},
    **{control: alias for alias, control in ALIASES.items()},
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that zonecfg knows by an alias: ``canonical`` for comparing (bytes, hundredths of a CPU), ``shown`` as it is written."""

    canonical: str
    shown: str


@dataclass(slots=True)
class Canonical:
    """``limits`` by alias path (``capped-memory.swap``, ``cpu-shares``), ``resources`` by kind and identifying properties."""

    properties: dict[str, str] = field(default_factory=dict)
    limits: dict[str, Limit] = field(default_factory=dict)
    resources: dict[tuple[str, tuple[tuple[str, str], ...]], ZoneResource] = field(default_factory=dict)

    def limit(self, path: str, canonical: str, shown: str) -> None:
        if path in self.limits and self.limits[path].canonical != canonical:
            raise InvalidDefinition(f"zonecfg: {path} is given twice, as {self.limits[path].shown} and as {shown}. Keep one of them.")
        self.limits.setdefault(path, Limit(canonical, shown))


def values(key: str, value: Value) -> tuple[str, ...]:
    """A property's value for comparing: the order of a list and the form of a number of CPUs do not matter."""
    several = value if isinstance(value, tuple) else (value,)
    if key == "hostid":
        return tuple(_hostid(one) for one in several)
    if key in COMMA_LISTS:
        several = tuple(one.strip() for text in several for one in text.split(","))
    return tuple(sorted(number(one) if key == "ncpus" else _rctl(one) for one in several))


def _hostid(text: str) -> str:
    """A host id as its eight digits: with and without 0x and leading zeros it is the same."""
    found = re.match(r"(?:0x)?([0-9a-f]{1,8})\Z", text.lower())
    return found[1].zfill(8) if found else text


def _rctl(value: str) -> str:
    """A resource control's value with its parts in one order; any other value as it is."""
    parts = rctl_parts(value)
    return ",".join(f"{key}={parts[key]}" for key in sorted(parts)) if parts else value


def identity(resource: ZoneResource) -> tuple[tuple[str, str], ...]:
    """The properties that tell this resource from others of its kind, those that it has."""
    keys = KEYS.get(resource.kind, ())
    if resource.kind in ("anet", "device") and any(key in resource.properties for key in keys[:-1]):
        keys = keys[:-1]  # id numbers them only where nothing else names them (kernel zones)
    return tuple((key, value) for key in keys if isinstance(value := resource.properties.get(key), str))


def _limit_value(path: str, text: str) -> str:
    if path in ("capped-memory.physical", "capped-memory.swap", "capped-memory.locked", "max-shm-memory"):
        return str(size(text))
    return str(int(text)) if text.isdecimal() else text


def _control(canonical: Canonical, resource: ZoneResource) -> bool:
    """Take a resource control that has an alias as that alias. False: it has none, or a value that no alias can say."""
    control, given = resource.properties.get("name"), resource.properties.get("value", ())
    path = _PATHS.get(control) if isinstance(control, str) else None
    limit = simple_limit(str(control), given if isinstance(given, tuple) else (given,))
    if path is None or limit is None:
        return False
    canonical.limit(path, limit, number(f"{int(limit) // 100}.{int(limit) % 100:02}") if control == CPU_CAP else limit)
    return True


def _texts(resource: ZoneResource, keys: Iterable[str]) -> dict[str, str]:
    return {key: value for key in keys if isinstance(value := resource.properties.get(key), str)}


def canonical(config: ZoneConfig) -> Canonical:
    """InvalidDefinition when the configuration says one thing twice in different ways, or holds a resource twice."""
    result = Canonical()
    for key, text in config.properties.items():
        if key in ALIASES:
            result.limit(key, _limit_value(key, text), text)
        else:
            result.properties[key] = text
    for resource in config.resources:
        if resource.kind == "rctl" and _control(result, resource):
            continue
        if resource.kind == "capped-memory":
            for key, text in _texts(resource, ("physical", *MEMORY_ALIASES)).items():
                result.limit(f"capped-memory.{key}", str(size(text)), text)
            continue
        if resource.kind == "capped-cpu":
            for text in _texts(resource, ("ncpus",)).values():
                result.limit("capped-cpu.ncpus", cpu_cap(text), text)
            continue
        where = (resource.kind, identity(resource))
        if where in result.resources:
            raise InvalidDefinition(f"zonecfg: the resource {label(*where)} is there twice. Keep one of them.")
        result.resources[where] = resource
    return result


def label(kind: str, keys: tuple[tuple[str, str], ...]) -> str:
    return f"{kind}[{','.join(f'{key}={value}' for key, value in keys)}]" if keys else kind


def same_property(kind: str, key: str, have: Value | None, want: Value | None) -> bool:
    """Whether a property needs no change; ``kind`` is empty for a global one."""
    if have is not None and want is not None:
        return values(key, have) == values(key, want)
    if have is None and want is None:
        return True
    defaults = RESOURCE_DEFAULTS.get((kind, key)) if kind else GLOBAL_DEFAULTS.get(key)
    if want is None:
        return (not kind and key in KEPT) or (defaults is not None and (defaults == () or have in defaults))
    return defaults is not None and defaults != () and want == defaults[0]
