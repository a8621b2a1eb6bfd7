# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``zonecfg export`` and ``zonecfg info`` print, read into a ``ZoneConfig``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..model.errors import ParseError
from ..model.zone import ZoneConfig, ZoneResource
from .zonecfg_syntax import COMMA_LISTS

Value = str | tuple[str, ...]

_SET = re.compile(r"set (?P<key>[a-z][-a-z0-9]*)\s*=\s*(?P<value>.*)\Z")
_ADD = re.compile(r"add (?P<key>[a-z][-a-z0-9]*)(?:\s+(?P<value>.+))?\Z")
_IGNORED = re.compile(r"(create|verify|commit|exit)(\s.*)?\Z")
_PAIR = re.compile(r"(?P<key>[a-z][-a-z0-9.]*)(?: \d+)?:(?:\s+(?P<value>.*))?\Z")
_UNSET = re.compile(r"[a-z][-a-z0-9]* not specified\Z")
_ALIAS = re.compile(r"\[(?P<key>[a-z][-a-z0-9]*): ?(?P<value>[^\]]*)\]\Z")
_REPEATED = frozenset({"value", "storage"})
#: Global properties that info shows empty, whatever the indentation of what follows.
_GLOBALS = frozenset({"bootargs", "pool", "limitpriv", "scheduling-class", "hostid", "fs-allowed", "file-mac-profile", "tenant"})
#: Resources that may be shown with nothing below them; any other name with nothing after it is an empty property.
_RESOURCES = frozenset({"net", "anet", "capped-memory", "capped-cpu"})


def _plain(text: str) -> str:
    """A value without the quotes that zonecfg puts round some of those with blanks."""
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _items(text: str) -> tuple[str, ...]:
    """The values of ``add``: one, or ``[a,b]``. The blanks of a resource control's value are not part of it."""
    if text.startswith("(") and text.endswith(")"):
        return (re.sub(r"\s", "", text),)
    if text.startswith("[") and text.endswith("]"):
        return tuple(_plain(one) for one in text[1:-1].split(",") if one.strip())
    return (_plain(text),)


def _property(key: str, text: str) -> Value:
    value = _plain(text)
    if key in COMMA_LISTS:
        return tuple(one.strip() for one in value.strip("[]").split(","))
    return value


class _Scope:
    """One open resource while lines are read; a resource inside it becomes a list property ``(key=value,...)`` of it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.properties: dict[str, Value] = {}

    def put(self, key: str, value: Value, line: str) -> None:
        if key in self.properties:
            raise ParseError(f"zonecfg: {self.kind} has {key} twice: {line!r}")
        self.properties[key] = value

    def extend(self, key: str, values: tuple[str, ...], line: str) -> None:
        have = self.properties.get(key, ())
        if isinstance(have, str):
            raise ParseError(f"zonecfg: {self.kind} {key} is both a value and a list: {line!r}")
        self.properties[key] = (*have, *values)

    def nested(self) -> str:
        pairs = (f"{key}={value if isinstance(value, str) else '+'.join(value)}" for key, value in self.properties.items())
        return f"({','.join(pairs)})"


def parse_export(text: str, *, zone: str | None = None) -> ZoneConfig:
    """A command file as ``zonecfg export`` writes it.

    Some values are exported without the quotes that reading them back would need (bootargs, zonepath), so a value is the rest of
    its line. ``zone`` replaces Solaris 11's token ``%{zonename}``, which export leaves in zonepath.
    """
    properties: dict[str, str] = {}
    resources: list[ZoneResource] = []
    scopes: list[_Scope] = []
    created = False
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if not scopes and _IGNORED.match(line):
            created = created or line.startswith("create")
        elif found := _SET.match(line):
            value = found["value"].replace("%{zonename}", zone) if zone is not None else found["value"]
            if scopes:
                scopes[-1].put(found["key"], _property(found["key"], value), line)
            elif found["key"] in properties:
                raise ParseError(f"zonecfg export: {found['key']} is set twice: {line!r}")
            else:
                properties[found["key"]] = _plain(value)
        elif (found := _ADD.match(line)) and found["value"] is None and len(scopes) < 2:
            scopes.append(_Scope(found["key"]))
        elif found and found["value"] is not None and scopes:
            scopes[-1].extend(found["key"], _items(found["value"]), line)
        elif line == "end" and scopes:
            closed = scopes.pop()
            if scopes:
                scopes[-1].extend(closed.kind, (closed.nested(),), line)
            else:
                resources.append(ZoneResource(closed.kind, closed.properties))
        else:
            raise ParseError(f"zonecfg export: unknown line {raw!r}")
    if scopes or not created:
        raise ParseError(f"zonecfg export: {f'{scopes[-1].kind} is not ended' if scopes else 'no create command'}")
    return ZoneConfig(properties, tuple(resources))


def _info_lines(text: str) -> list[tuple[int, str]]:
    return [(len(line.expandtabs()) - len(line.expandtabs().lstrip()), line.strip()) for line in text.splitlines() if line.strip()]


def _info_value(scope: _Scope, key: str, value: str, line: str) -> None:
    """Put a property as export would have it: lists as tuples, empty lists and empty values not at all."""
    if value.startswith("[") and value.endswith("]"):
        if _items(value):
            scope.put(key, _items(value), line)
    elif key in _REPEATED and (scope.kind == "rctl" or key != "value"):
        scope.extend(key, _items(value), line)
    elif value:
        scope.put(key, _property(key, value), line)


def _read_info(text: str) -> tuple[ZoneConfig, dict[str, str]]:
    lines = _info_lines(text)
    if not lines or not lines[0][1].startswith(("zonename:", "zonepath:")):
        raise ParseError(f"zonecfg info: it does not start with zonename or zonepath: {lines[0][1] if lines else ''!r}")
    properties: dict[str, str] = {}
    aliases: dict[str, str] = {}
    resources: list[_Scope] = []
    scopes: list[tuple[int, _Scope]] = []
    for number, (indent, line) in enumerate(lines):
        while scopes and indent <= scopes[-1][0]:
            scopes.pop()
        deeper = number + 1 < len(lines) and lines[number + 1][0] > indent
        scope = scopes[-1][1] if scopes else None
        if alias := _ALIAS.match(line):
            aliases[f"{scope.kind}.{alias['key']}" if scope else alias["key"]] = alias["value"]
        elif scope and _UNSET.match(line):
            continue
        elif not (pair := _PAIR.match(line)):
            raise ParseError(f"zonecfg info: unknown line {line!r}")
        elif not pair["value"] and (pair["key"] in _RESOURCES or (deeper and pair["key"] not in _GLOBALS)):
            if scope:
                raise ParseError(f"zonecfg info: a resource inside {scope.kind} is read from export only: {line!r}")
            resources.append(_Scope(pair["key"]))
            scopes.append((indent, resources[-1]))
        elif scope:
            _info_value(scope, pair["key"], pair["value"] or "", line)
        elif pair["key"] in properties:
            raise ParseError(f"zonecfg info: {pair['key']} twice: {line!r}")
        elif pair["value"] and not pair["key"].endswith(".template"):
            properties[pair["key"]] = _plain(pair["value"])
    shown = (resource for resource in resources if resource.properties or not any(key.startswith(f"{resource.kind}.") for key in aliases))
    return ZoneConfig(properties, tuple(ZoneResource(resource.kind, resource.properties) for resource in shown)), aliases


def parse_info(text: str) -> ZoneConfig:
    """``zonecfg info``, as export shows the same zone, plus ``zonename``.

    Empty and ``not specified`` properties are left out, and so are the lines in brackets: they repeat a resource control
    (``info_aliases`` gives them). Solaris 11.4 numbers its resources (``anet 0:``) and hides defaults.
    """
    return _read_info(text)[0]


def info_aliases(text: str) -> Mapping[str, str]:
    """The lines in brackets of ``zonecfg info``: ``max-lwps`` → ``57140``, ``capped-memory.swap`` → ``500M``."""
    return _read_info(text)[1]
