# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``zpool status`` and ``zpool import``: pools with the tree of their devices.

Layout of both: ``label: value`` lines, continued by deeper lines; ``config:``, then a table of NAME STATE [READ WRITE CKSUM]
whose indentation, two blanks a level, is the tree. zpool(1M); samples of Solaris 10, 11 and illumos.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from ..model.errors import ParseError
from ..model.storage import Pool, Vdev

_LABEL = re.compile(
    r"\s*(?P<key>pool|id|state|status|action|see|scrub|scan|config|errors|comment|msg|remove|checkpoint|dedup):(?:\s+(?P<value>.*))?\Z"
)
_GROUPS = re.compile(r"(?P<kind>mirror|raidz[123]?|replacing|spare|root|log|cache|draid[123]?)(?:-\d+)?\Z")
_CLASSES = ("logs", "cache", "spares", "special", "dedup", "meta")
_STATES = ("ONLINE", "DEGRADED", "FAULTED", "OFFLINE", "UNAVAIL", "REMOVED", "AVAIL", "INUSE", "SUSPENDED")
_COUNT = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>[KMGTP]?)\Z")
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
_LAST_HOST = re.compile(r"last accessed by '?(?P<host>[^\s']+)'? \(hostid: 0x[0-9a-f]+\)")
_NOTHING = ("no pools available", "no pools available to import", "all pools are healthy")


@dataclass(slots=True)
class _Row:
    indent: int
    vdev: Vdev


def _count(text: str, line: str) -> int:
    """An error counter; zpool shortens large ones (``1.05K``, decimal thousands)."""
    found = _COUNT.match(text)
    if not found:
        raise ParseError(f"zpool: {text!r} is not an error counter: {line!r}")
    return int(float(found["number"]) * _UNITS[found["unit"]])


def _indent(line: str) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())


def _in_class(rows: list[_Row]) -> bool:
    """Whether the row to come is a cache's or a spare's: of those ``zpool import`` shows nothing but the name."""
    return next((row.vdev.kind in ("cache", "spares") for row in reversed(rows) if row.vdev.kind in _CLASSES), False)


def _row(line: str, counters: bool) -> _Row:
    indent = _indent(line)
    fields = line.split(None, 5 if counters else 2)
    if len(fields) == 1 and fields[0] in _CLASSES:
        return _Row(indent, Vdev(fields[0], fields[0]))
    if len(fields) < 2 or fields[1] not in _STATES:
        raise ParseError(f"zpool: not a device's line: {line!r}")
    name, state = fields[0], fields[1]
    group = _GROUPS.match(name)
    kind = group["kind"] if group else "disk"
    if not counters or state in ("AVAIL", "INUSE"):  # spares have no counters
        return _Row(indent, Vdev(name, kind, state, note=" ".join(fields[2:]).strip()))
    if len(fields) < 5:
        raise ParseError(f"zpool: a device's line without its three counters: {line!r}")
    read, write, cksum = (_count(field, line) for field in fields[2:5])
    return _Row(indent, Vdev(name, kind, state, read=read, write=write, cksum=cksum, note=fields[5].strip() if len(fields) > 5 else ""))


def _children(rows: list[_Row], start: int, indent: int) -> tuple[tuple[Vdev, ...], int]:
    """The vdevs deeper than ``indent`` from ``start`` on, and where they end. Siblings may be indented unevenly."""
    found: list[Vdev] = []
    position = start
    while position < len(rows) and rows[position].indent > indent:
        row = rows[position]
        below, position = _children(rows, position + 1, row.indent)
        found.append(replace(row.vdev, children=below))
    return tuple(found), position


def _tree(name: str, rows: list[_Row]) -> tuple[tuple[Vdev, ...], Vdev]:
    """Top-level vdevs of the pool, classes (``logs``, ``cache``, ``spares``) among them, and the pool's own line."""
    if not rows or rows[0].vdev.name != name:
        raise ParseError(f"zpool: the table of pool {name} does not start with its own line")
    top, position = _children(rows, 1, rows[0].indent)
    members = list(top)
    while position < len(rows):
        row = rows[position]
        if row.vdev.kind not in _CLASSES:
            raise ParseError(f"zpool: pool {name}: {row.vdev.name} is not indented below the pool, so the tree is lost")
        below, position = _children(rows, position + 1, row.indent)
        members.append(replace(row.vdev, children=below))
    return tuple(members), rows[0].vdev


def _blocks(text: str) -> list[list[str]]:
    """The lines of each pool, from its ``pool:`` line on."""
    blocks: list[list[str]] = []
    for line in text.splitlines():
        if re.match(r"\s*pool: ", line):
            blocks.append([])
        if blocks:
            blocks[-1].append(line)
        elif line.strip() and line.strip() not in _NOTHING:
            raise ParseError(f"zpool: expected 'pool:', found {line!r}")
    return blocks


def _read(lines: list[str], counters: bool) -> Pool:
    labels: dict[str, str] = {}
    rows: list[_Row] = []
    key = ""
    for line in lines:
        found = _LABEL.match(line)
        if found:
            key = found["key"]
            if key in labels:
                raise ParseError(f"zpool: {key} twice for one pool: {line!r}")
            labels[key] = (found["value"] or "").strip()
        elif not line.strip():
            continue
        elif key == "config" and line.strip().startswith("Additional devices are known to be part of this pool"):
            key = "additional"  # zpool import: top-level devices of which no disk is visible; the table leaves them out
            labels[key] = line.strip()
        elif key == "config":
            if not counters and len(line.split()) == 1 and line.split()[0] not in _CLASSES and _in_class(rows):
                rows.append(_Row(_indent(line), Vdev(line.strip(), "disk")))
            elif line.split()[:2] != ["NAME", "STATE"]:
                rows.append(_row(line, counters))
            elif line.split()[2:5] != (["READ", "WRITE", "CKSUM"] if counters else []):
                raise ParseError(f"zpool: unknown columns: {line!r}")
        elif line[:1].isspace() and key and key != "id":
            labels[key] = f"{labels[key]}\n{line.strip()}"
        else:
            raise ParseError(f"zpool: unknown line {line!r}")
    if "state" not in labels or "pool" not in labels:
        raise ParseError(f"zpool: a pool without name or state: {labels!r}")
    return _pool(labels, rows)


def last_host(text: str) -> str | None:
    """The host that a pool was last used on, where the text names it: ``... last accessed by HOST (hostid: 0x1a2b3c) on DATE``."""
    found = _LAST_HOST.search(" ".join(text.split()))
    return found["host"] if found else None


def _pool(labels: dict[str, str], rows: list[_Row]) -> Pool:
    vdevs, own = _tree(labels["pool"], rows) if rows else ((), None)
    folded = {key: " ".join(value.split()) for key, value in labels.items()}
    return Pool(
        name=labels["pool"],
        state=labels["state"],
        vdevs=vdevs,
        pool_id=labels.get("id", ""),
        status=folded.get("status", "") or (own.note if own else ""),
        action=folded.get("action", ""),
        scan=labels.get("scan", labels.get("scrub", "")),
        errors=labels.get("errors", ""),
        last_host=last_host(folded.get("status", "")),
        see=labels.get("see", ""),
    )


def parse_status(text: str) -> tuple[Pool, ...]:
    """``zpool status [-x|-v]``. ``vdevs`` are the top-level vdevs; ``logs``, ``cache`` and ``spares`` are among them, with children.

    ``scan`` keeps its lines (Solaris 10 calls it scrub); no pools, or all healthy with -x: an empty tuple.
    """
    if re.fullmatch(r"pool '[^']+' is healthy\s*", text):
        return ()
    return tuple(_read(block, counters=True) for block in _blocks(text))


def parse_import(text: str) -> tuple[Pool, ...]:
    """``zpool import`` without a name. A pool in use elsewhere says so in ``status``; ``last_host`` only where the host is named."""
    return tuple(_read(block, counters=False) for block in _blocks(text))


@dataclass(frozen=True, slots=True)
class Scan:
    """A scrub or resilver. ``since`` is when it started or, once ended, when it ended; ``to_go`` and ``percent`` only while it runs."""

    kind: Literal["none", "scrub", "resilver"]
    in_progress: bool = False
    percent: float | None = None
    since: str = ""
    to_go: str = ""
    repaired: str = ""


def parse_scan(text: str) -> Scan:
    """``Pool.scan``: ``none requested``, ``scrub in progress since ...``, ``resilvered 18K in 0h0m with 0 errors on ...``."""
    if text in ("", "none requested"):
        return Scan("none")
    kind: Literal["scrub", "resilver"] = "scrub" if text.startswith("scrub") else "resilver"
    if running := re.match(r"(?:scrub|resilver) in progress(?: since (?P<since>.+)|,|\s)", text):
        percent = re.search(r"(\d+(?:\.\d+)?)% done", text)
        to_go = re.search(r"(\S+) to go", text)
        repaired = re.search(r"(\S+) (?:repaired|resilvered),", text)
        since = (running["since"] or "").strip()
        return Scan(kind, True, float(percent[1]) if percent else None, since, to_go[1] if to_go else "", repaired[1] if repaired else "")
    if ended := re.match(r"(?:scrub (?:repaired|completed|canceled|stopped)|resilvered|resilver completed)\b(?P<rest>.*)", text):
        on = re.search(r" on (?P<on>.+)\Z", ended["rest"])
        repaired = re.match(r"(?:scrub repaired|resilvered) (\S+)", text)
        return Scan(kind, False, None, on["on"] if on else "", "", repaired[1] if repaired else "")
    raise ParseError(f"zpool status: unknown scan {text!r}")


def healthy(text: str) -> str | None:
    """``zpool status -x [POOL]``: the pool, or '' for all, when everything is healthy; None when the text tells of trouble."""
    if text.strip() == "all pools are healthy":
        return ""
    found = re.fullmatch(r"pool '(?P<pool>[^']+)' is healthy\s*", text)
    return found["pool"] if found else None
