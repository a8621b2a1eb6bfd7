# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two configurations of a zone, property by property: what differs, and the one script that removes the differences."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.errors import InvalidDefinition
from ..model.zone import ZoneConfig, ZoneResource
from .zonecfg_canonical import KEPT, Canonical, Value, canonical, identity, label, same_property, values
from .zonecfg_script import list_word, property_lines, resource_lines, set_line
from .zonecfg_syntax import COMMA_LISTS, name, word


@dataclass(frozen=True, slots=True)
class Difference:
    """``path`` is ``autoboot``, ``capped-memory.swap``, ``net[physical=net0,address=...].defrouter`` or a whole resource.

    ``have`` and ``want`` are the values as written, None where there is none; a whole resource is a tuple ``key=value``.
    """

    path: str
    have: Value | None
    want: Value | None


def _summary(resource: ZoneResource | None) -> Value | None:
    if resource is None:
        return None
    return tuple(f"{key}={value if isinstance(value, str) else ','.join(value)}" for key, value in resource.properties.items())


def _dataset_alias(kind: str, key: str, have: ZoneResource, want: ZoneResource) -> bool:
    """Solaris 11 shows a dataset's alias, by default the last part of its name."""
    given = (resource.properties.get("alias") for resource in (have, want))
    default = str(want.properties.get("name", "")).rpartition("/")[2]
    return kind == "dataset" and key == "alias" and all(alias in (None, default) for alias in given)


def _changed(kind: str, have: ZoneResource, want: ZoneResource) -> list[str]:
    keys = dict.fromkeys((*have.properties, *want.properties))
    return [
        key
        for key in keys
        if not same_property(kind, key, have.properties.get(key), want.properties.get(key)) and not _dataset_alias(kind, key, have, want)
    ]


def _matched(have: Canonical, want: Canonical) -> list[tuple[str, ZoneResource | None, ZoneResource | None]]:
    """Resources of both sides, paired by what identifies them; those that only ``have`` has come first."""
    gone = [(label(*where), resource, None) for where, resource in have.resources.items() if where not in want.resources]
    return [*gone, *((label(*where), have.resources.get(where), resource) for where, resource in want.resources.items())]


def differences(have: ZoneConfig, want: ZoneConfig) -> tuple[Difference, ...]:
    """Where ``have`` (from the node) is not as ``want`` (the declaration). Empty: nothing to do.

    Aliases and the resource controls behind them are one thing (capped-cpu and zone.cpu-cap, capped-memory's swap and
    zone.max-swap, cpu-shares and zone.cpu-shares); sizes and numbers are compared by value, lists regardless of order. What a
    release adds by itself counts only when the wish says otherwise.
    """
    first, second = canonical(have), canonical(want)
    found = []
    for key in dict.fromkeys((*first.properties, *second.properties)):
        old, new = first.properties.get(key), second.properties.get(key)
        if not same_property("", key, old, new):
            found.append(Difference(key, old, new))
    for path in dict.fromkeys((*first.limits, *second.limits)):
        before, after = first.limits.get(path), second.limits.get(path)
        if (before and before.canonical) != (after and after.canonical):
            found.append(Difference(path, before.shown if before else None, after.shown if after else None))
    for where, mine, wanted in _matched(first, second):
        if mine is None or wanted is None:
            found.append(Difference(where, _summary(mine), _summary(wanted)))
        else:
            for key in _changed(mine.kind, mine, wanted):
                found.append(Difference(f"{where}.{key}", mine.properties.get(key), wanted.properties.get(key)))
    return tuple(found)


def _limit_lines(have: Canonical, want: Canonical) -> list[str]:
    lines: list[str] = []
    for kind in ("capped-memory", "capped-cpu"):
        old = {path: limit for path, limit in have.limits.items() if path.startswith(f"{kind}.")}
        new = {path: limit for path, limit in want.limits.items() if path.startswith(f"{kind}.")}
        if {path: limit.canonical for path, limit in old.items()} == {path: limit.canonical for path, limit in new.items()}:
            continue
        if not new:
            lines.append(f"remove {kind}")
            continue
        # select, where any limit of the kind is set: 'add' is refused when a related resource control exists already
        lines.append(f"{'select' if old else 'add'} {kind}")
        lines += [f"clear {path.partition('.')[2]}" for path in old if path not in new]
        changed = {path: limit for path, limit in new.items() if path not in old or old[path].canonical != limit.canonical}
        lines += [set_line(path.partition(".")[2], limit.shown, kind) for path, limit in changed.items()]
        lines.append("end")
    for path in dict.fromkeys((*have.limits, *want.limits)):
        before, after = have.limits.get(path), want.limits.get(path)
        if "." in path or (before and before.canonical) == (after and after.canonical):
            continue
        lines.append(set_line(path, after.shown, "") if after else f"clear {name(path)}")
    return lines


def _where(resource: ZoneResource) -> str:
    """The words after ``select`` and ``remove`` that say which resource of a kind is meant."""
    return " ".join((name(resource.kind), *(f"{name(key)}={word(value, resource.kind)}" for key, value in identity(resource))))


def _only(key: str, these: tuple[str, ...], those: tuple[str, ...]) -> list[str]:
    """The values of ``these`` that ``those`` has in no spelling."""
    known = [values(key, one) for one in those]
    return [one for one in these if values(key, one) not in known]


def _resource_update(have: ZoneResource, want: ZoneResource) -> list[str]:
    """Solaris 10 clears no property of a net (zonecfg.c, clear_property): it is made anew. An anet would lose its MAC address so."""
    lines = []
    changed = _changed(have.kind, have, want)
    if have.kind == "net" and any(key not in want.properties for key in changed):
        return [f"remove {_where(have)}", *resource_lines(want)]
    for key in changed:
        old, new = have.properties.get(key), want.properties.get(key)
        if isinstance(old, tuple) and key not in COMMA_LISTS:
            kept = new if isinstance(new, tuple) else () if new is None else (new,)
            lines += [f"remove {name(key)} {list_word(have.kind, key, one)}" for one in _only(key, old, kept)]
            lines += [f"add {name(key)} {list_word(have.kind, key, one)}" for one in _only(key, kept, old)]
        elif new is None:
            lines.append(f"clear {name(key)}")
        else:
            lines += property_lines(have.kind, key, new)
    return [f"select {_where(have)}", *lines, "end"] if lines else []


def update_script(have: ZoneConfig, want: ZoneConfig) -> str:
    """The whole zonecfg script that makes ``have`` into ``want``; '' when nothing differs.

    Resources are changed in place, so that what a release added to them (a link's MAC address) stays. InvalidDefinition for
    values that zonecfg cannot carry, and for a change of brand, which it does not allow.
    """
    first, second = canonical(have), canonical(want)
    lines: list[str] = []
    for key in dict.fromkeys((*first.properties, *second.properties)):
        old, new = first.properties.get(key), second.properties.get(key)
        if key == "zonename" or same_property("", key, old, new):
            continue
        if key == "brand":
            raise InvalidDefinition(
                f"the zone's brand is {old}, wanted is {new}: a brand cannot be changed. Remove the vServer and deploy it anew."
            )
        lines.append(f"clear {name(key)}" if new is None and key not in KEPT else set_line(key, new or "", ""))
    lines += _limit_lines(first, second)
    for _key, mine, wanted in _matched(first, second):
        if wanted is None and mine is not None:
            lines.append(f"remove {_where(mine)}")
        elif mine is None and wanted is not None:
            lines += resource_lines(wanted)
        elif mine is not None and wanted is not None:
            lines += _resource_update(mine, wanted)
    return "\n".join((*lines, "verify", "commit", "exit", "")) if lines else ""
