# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The datasets and file systems of a vServer: as declared, as remembered, as found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...model.vserver import Dataset, Filesystem, VServer
from .. import variables
from ..actual import NodeActual
from ..storage import driver, luns, whole
from ..storage import zfs as pools
from . import adopting
from .finding import Finding, Known, Seen, mended, shown

#: A volume manager rounds up to whole tracks or chunks: so many bytes more are no growth.
_ROUNDING = 64 << 20
_LAYOUTS = ("single", "mirror", "stripe", "stripe_of_mirrors")


def findings(known: Known, seen: Seen, others: Mapping[str, Seen]) -> list[Finding]:
    """For a vServer that is at home on ``seen``; ``others`` are the nodes where its datasets may be instead."""
    if seen.actual is None or known.base is None:
        return []
    found = []
    for name in dict.fromkeys(one.name for side in (known.declared, known.remembered) if side for one in side.datasets):
        declared, remembered = _dataset(known.declared, name), _dataset(known.remembered, name)
        if known.declared and known.remembered and (declared is None or remembered is None):
            found.append(_undeployed(known, seen, f"datasets.{name}", _said(declared), _said(remembered), name))
        elif (mine := remembered or declared) and not driver.of(mine).here(mine, seen.actual):
            found.append(_away(known, seen, mine, others))
        elif mine:
            found += _shape(known, seen, name, declared, remembered, seen.actual)
            found += _undeclared(known, seen, mine, seen.actual)
    return [*found, *_filesystems(known, seen, seen.actual)]


def holder(dataset: Dataset, nodes: Mapping[str, Seen]) -> str:
    """The node that has the pool of this dataset; '' for none that was seen."""
    for node, seen in nodes.items():
        pool = seen.actual.pools.get(dataset.name) if seen.actual else None
        if pool and seen.actual and dataset.manager == "zfs" and set(luns.members(pool.vdevs, seen.actual)) & set(dataset.luns):
            return node
    return ""


def _dataset(vserver: VServer | None, name: str) -> Dataset | None:
    return next((one for one in vserver.datasets if one.name == name), None) if vserver else None


def _said(dataset: Dataset | None) -> str:
    return f"{dataset.layout} of {', '.join(dataset.luns)}" if dataset else ""


def _undeployed(known: Known, seen: Seen, path: str, declared: str, remembered: str, about: str, found: str = "") -> Finding:
    ways = mended(seen.plans.get(known.name), f"{about} ")
    return Finding(known.name, seen.node, "inventory", path, "not deployed yet", "info", declared, remembered, found, **ways)


def _away(known: Known, seen: Seen, mine: Dataset, others: Mapping[str, Seen]) -> Finding:
    there = holder(mine, others)
    offered = seen.actual is not None and driver.of(mine).offers(mine, seen.actual)
    kind = "dataset elsewhere" if there else "dataset missing"
    what = f"imported on node {there}" if there else "exported" if offered else "neither here nor to be imported"
    said: dict[str, Any] = {
        "declared": _said(_dataset(known.declared, mine.name)),
        "remembered": _said(_dataset(known.remembered, mine.name)),
    }
    ways = mended(seen.plans.get(known.name), f"dataset {mine.name} ")
    return Finding(known.name, seen.node, "node", f"datasets.{mine.name}", kind, "error", **said, found=what, **ways)


def _shape(known: Known, seen: Seen, name: str, declared: Dataset | None, remembered: Dataset | None, actual: NodeActual) -> list[Finding]:
    mine = declared or remembered
    about = driver.of(mine).described(mine, actual) if mine else None
    if mine is None or about is None:
        return []
    have = _have(mine, about, actual)
    found = []
    for key, words in (("layout", "dataset's layout differs"), ("luns", "dataset's LUNs differ")):
        sides = {side: getattr(one, key) if one else None for side, one in (("declared", declared), ("remembered", remembered))}
        fits = {
            side: one is None or _same(key, one, about["layout"], have)
            for side, one in (("declared", declared), ("remembered", remembered))
        }
        if all(fits.values()):
            continue
        values: dict[str, Any] = {side: shown(value) for side, value in sides.items()} | {
            "found": shown(about[key] if key == "layout" else have)
        }
        if declared and remembered and fits["remembered"]:
            found.append(
                Finding(
                    known.name,
                    seen.node,
                    "inventory",
                    f"datasets.{name}.{key}",
                    "not deployed yet",
                    "info",
                    **values,
                    **mended(seen.plans.get(known.name), f"dataset {name} "),
                )
            )
        elif declared and remembered and fits["declared"]:
            found.append(
                Finding(
                    known.name,
                    seen.node,
                    "repository",
                    f"datasets.{name}.{key}",
                    "record out of date",
                    "info",
                    **values,
                    by_hand="Deploying it changes nothing on the node, and the repository remembers it then.",
                )
            )
        else:
            ways = mended(seen.plans.get(known.name), f"dataset {name} ") | {"adopt": _adopted(known, mine, about["layout"], have)}
            found.append(Finding(known.name, seen.node, "node", f"datasets.{name}.{key}", words, "error", **values, **ways))
    if mine.manager == "zfs" and about["state"] != "ONLINE":
        why = f"Look at it on the node ('zpool status -v {name}')."
        found.append(
            Finding(
                known.name, seen.node, "node", f"datasets.{name}.state", "dataset not well", "warning", found=about["state"], by_hand=why
            )
        )
    return found


def _have(dataset: Dataset, about: Mapping[str, Any], actual: NodeActual) -> list[str]:
    return pools.data(actual.pools[dataset.name], actual) if dataset.manager == "zfs" else list(about["luns"])


def _same(key: str, dataset: Dataset, layout: str, have: list[str]) -> bool:
    if key == "luns":
        return luns.same(have, dataset) or sorted(have) == sorted(dataset.luns)
    return layout == dataset.layout or (dataset.manager == "vxvm" and dataset.layout in layout.split("+")) or _svm_stripe(dataset, layout)


def _svm_stripe(dataset: Dataset, layout: str) -> bool:
    return dataset.manager == "svm" and layout == "nothing"


def _adopted(known: Known, mine: Dataset, layout: str, have: list[str]) -> dict[str, Any]:
    if known.base is None or layout not in _LAYOUTS or not all(len(guid) in (16, 32) for guid in have):
        return {}
    after = adopting.dataset(known.base, replace(mine, layout=layout, luns=tuple(have)))  # type: ignore[arg-type]
    return variables.changed(variables.variables(known.base), variables.variables(after))


def _undeclared(known: Known, seen: Seen, mine: Dataset, actual: NodeActual) -> list[Finding]:
    inside = driver.of(mine).inside(mine, actual)
    tops = {"/".join(name.partition("@")[0].rstrip("%").split("/")[:2]) for name in inside if "/" in name}
    said = {name for side in (known.declared, known.remembered) if side for name in whole.declared_on(mine, side)}
    why = "Declare it with the place where the vServer is to have it, or have it destroyed by name (heliostat_vserver_destroy)."
    return [
        Finding(
            known.name,
            seen.node,
            "node",
            f"filesystems.{name}",
            "file system undeclared",
            "info",
            found=f"mountpoint {inside[name]}" if inside.get(name) else "present",
            by_hand=why,
        )
        for name in sorted(tops - said)
    ]


def _filesystem(vserver: VServer | None, name: str) -> Filesystem | None:
    return next((one for one in vserver.filesystems if one.name and one.zfs == name), None) if vserver else None


def _filesystems(known: Known, seen: Seen, actual: NodeActual) -> list[Finding]:
    found = []
    for name in dict.fromkeys(one.zfs for side in (known.declared, known.remembered) if side for one in side.filesystems if one.name):
        declared, remembered = _filesystem(known.declared, name), _filesystem(known.remembered, name)
        mine = declared or remembered
        dataset = next(
            (one for side in (known.declared, known.remembered) if side and mine for one in side.datasets if one.name == mine.dataset), None
        )
        if mine is None or dataset is None or not driver.of(dataset).here(dataset, actual):
            continue
        path = f"filesystems.{name}"
        have = driver.of(dataset).described_filesystem(mine, actual)
        if known.declared and known.remembered and (declared is None or remembered is None):
            if declared is None and not have:
                continue
            found.append(_undeployed(known, seen, path, _wish(declared), _wish(remembered), name, "present" if have else ""))
        elif have is None:
            said: dict[str, Any] = {"declared": _wish(declared), "remembered": _wish(remembered)}
            ways = mended(seen.plans.get(known.name), f"{name} ")
            found.append(Finding(known.name, seen.node, "node", path, "file system missing", "error", **said, found="missing", **ways))
        else:
            found += _size(known, seen, path, declared, remembered, have, mine)
            found += _mountpoint(known, seen, path, mine, have)
    return found


def _wish(one: Filesystem | None) -> str:
    return "" if one is None else str(one.size) if one.size else "present"


def _fits(one: Filesystem | None, have: int, exact: bool) -> bool:
    wish = one.size or 0 if one else have
    return have == wish if exact else wish <= have <= wish + _ROUNDING


def _size(
    known: Known,
    seen: Seen,
    path: str,
    declared: Filesystem | None,
    remembered: Filesystem | None,
    about: Mapping[str, Any],
    mine: Filesystem,
) -> list[Finding]:
    exact = not mine.fstype
    have = int(about["quota"] if exact else about["size"])
    now, then = _fits(declared, have, exact), _fits(remembered, have, exact)
    if now and then:
        return []
    values: dict[str, Any] = {
        "declared": _wish_size(declared),
        "remembered": _wish_size(remembered),
        "found": str(have) if have else "none",
    }
    path, name = f"{path}.size", mine.zfs
    if declared and remembered and then:
        return [
            Finding(
                known.name,
                seen.node,
                "inventory",
                path,
                "not deployed yet",
                "info",
                **values,
                **mended(seen.plans.get(known.name), f"{name} "),
            )
        ]
    if declared and remembered and now:
        why = "Deploying it changes nothing on the node, and the repository remembers it then."
        return [Finding(known.name, seen.node, "repository", path, "record out of date", "info", **values, by_hand=why)]
    wish = (declared or remembered or mine).size or 0
    larger = have > wish or not have
    kind = "file system has a quota" if not wish else "file system larger" if larger else "file system smaller"
    ways = mended(seen.plans.get(known.name), f"{name} ")
    if not ways:
        ways = {"by_hand": f"A file system is never shrunk: declare what {name} has, or change it by hand."}
    if known.base is not None:
        after = adopting.size(known.base, name, have)
        ways |= {"adopt": variables.changed(variables.variables(known.base), variables.variables(after))}
    return [Finding(known.name, seen.node, "node", path, kind, "warning", **values, **ways)]


def _wish_size(one: Filesystem | None) -> str:
    return "" if one is None else str(one.size) if one.size else "none"


def _mountpoint(known: Known, seen: Seen, path: str, mine: Filesystem, about: Mapping[str, Any]) -> list[Finding]:
    if known.base is None or mine.fstype or "mountpoint" not in about:
        return []
    wish = known.base.zonepath if mine.type == "root" else "legacy"
    if about["mountpoint"] == wish:
        return []
    ways = mended(seen.plans.get(known.name), f"{mine.zfs} ")
    return [
        Finding(
            known.name, seen.node, "node", f"{path}.mountpoint", "mount point differs", "error", wish, wish, about["mountpoint"], **ways
        )
    ]
