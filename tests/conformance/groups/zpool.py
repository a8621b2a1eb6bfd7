# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zpool: status, import, list, get, upgrade -v, and refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import tables, zpool, zpool_iostat
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Pool, Vdev

from ..facts import Table
from ..shapes import TextOrFacts, row

_GROUP = re.compile(r"(?:mirror|raidz[123]?|spare|replacing)(?:-[0-9]+)?\Z|(?:logs?|cache|spares)\Z")
_CLASSES = ("logs", "cache", "spares")


def _branch(vdevs: Sequence[Vdev], state: str = "") -> Table:
    """Children, expected as a list of names, as name → state, or with the group's own state beside them."""
    rows = [{"name": vdev.name, "state": vdev.state, "message": vdev.note} for vdev in vdevs]
    about: dict[str, object] = {"state": state, "disks": {vdev.name: vdev.state for vdev in vdevs if not vdev.children}}
    about |= {vdev.name: _branch(vdev.children, vdev.state) if vdev.children else vdev.state for vdev in vdevs}
    return Table(rows, "name", about)


def _all(vdevs: Sequence[Vdev]) -> Iterator[Vdev]:
    for vdev in vdevs:
        yield vdev
        yield from _all(vdev.children)


def _pool(pool: Pool) -> dict[str, object]:
    data = [vdev for vdev in pool.vdevs if vdev.kind not in _CLASSES]
    scan = zpool.parse_scan(pool.scan)
    facts = {
        "kind": scan.kind,
        "in_progress": scan.in_progress,
        "pct": scan.percent,
        "since": scan.since,
        "to_go": scan.to_go,
        "repaired": scan.repaired,
    }
    said = TextOrFacts(pool.scan, facts)
    return {
        "pool": pool.name,
        "id": pool.pool_id,
        "state": pool.state,
        "status": pool.status,
        "action": pool.action,
        "see": pool.see,
        "errors": pool.errors,
        "scan": said,
        "scrub": said,
        "resilver": said if scan.kind == "resilver" else None,
        "tree": _branch(data),
        "vdevs": _branch(data),
        "message": next((vdev.note for vdev in _all(pool.vdevs) if vdev.note), None),
        **{name: _branch(next((vdev.children for vdev in pool.vdevs if vdev.kind == name), ())) for name in _CLASSES},
    }


def _get(text: str) -> dict[str, object]:
    pools = zpool.parse_get(text)
    if len(pools) != 1:
        raise ParseError("zpool get: not of one pool")
    ((name, properties),) = pools.items()
    return {"pool": name, **{key: None if value == "-" else value for key, value in properties.items()}}


def _refusal(text: str) -> dict[str, object] | None:
    refused = zpool.refusal(Output(1, stderr=text))
    return {"ok": False, "pool": refused[0], "reason": refused[1]} if refused else None


def _list(command: str, text: str) -> object:
    if text.strip() == "no pools available":
        return {"rows": 0, "count": 0}
    rows = [
        row(one, {"CAP": "capacity", "ALLOC": "alloc", "FRAG": "fragmentation"}) for one in tables.worded(command, text, needs=("NAME",))
    ]
    return Table([{**one, "cap": one.get("capacity")} for one in rows], "name")


def _iostat(text: str) -> object:
    samples = zpool_iostat.parse_samples(text)
    rows = [
        {
            "name": one.name,
            "pool": one.pool,
            "alloc": one.allocated,
            "used": one.allocated,
            "free": one.free,
            "avail": one.free,
            "read_ops": one.read_operations,
            "write_ops": one.write_operations,
            "read_bw": one.read_bandwidth,
            "write_bw": one.write_bandwidth,
        }
        for one in (samples[0] if samples else ())
    ]
    leaves = [one.name for one in (samples[0] if samples else ()) if one.depth and not _GROUP.match(one.name)]
    return Table(
        rows, "name", {"disks": leaves, "samples": len(samples), "pools": [one["name"] for one in rows if one["name"] == one["pool"]]}
    )


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    verb = words[1] if len(words) > 1 else ""
    if verb == "status":
        healthy = zpool.healthy(text)
        if healthy is not None:
            return {"healthy": True, "pool": healthy}
        return Table([_pool(pool) for pool in zpool.parse_status(text)], "pool")
    if verb == "import" and (refused := _refusal(text)):
        return refused
    if verb == "import":
        return Table([_pool(pool) for pool in zpool.parse_import(text)], "pool")
    if verb == "list" and words == list(zpool.list_pools().argv):
        return Table([{"name": one.name, "size": one.size, "health": one.health} for one in zpool.parse_list(text)], "name")
    if verb == "list" and not {"-H", "-v", "-T"} & set(words):
        return _list(command, text)
    if verb == "iostat":
        return _iostat(text)
    if verb in ("add", "create", "attach", "replace") and (reasons := zpool.layout_refusals(Output(1, stderr=text))):
        mismatch = zpool.mismatch(reasons)
        return {"ok": False, "error": mismatch[0] if mismatch else reasons[0], "errors": list(reasons)} | (
            {"pool": mismatch[1], "new": mismatch[2]} if mismatch else {}
        )
    if verb == "get" and any(word.startswith("-H") for word in words):
        return _get(text)
    if verb == "upgrade" and "-v" in words:
        known = zpool.parse_supported(text)
        features = list(known.features)
        return {"current": known.version, "versions": len(known.versions), "feature_flags": bool(features), "features": features}
    if verb == "create" and zpool.unprotected(Output(0, text)):
        return {"ok": True, "pool": next(word for word in words[2:] if not word.startswith("-")), "redundancy": False}
    return _refusal(text)
