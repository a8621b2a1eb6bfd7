# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer as the inventory variable that declares it: what adoption hands out, and the part of it that a change touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ..model.vserver import Attachment, Dataset, Filesystem, Resources, VServer

#: What is said in a way of its own, or always.
_OWN = frozenset({"name", "compute_pool", "brand", "datasets", "filesystems", "networks", "resources"})


def variables(vserver: VServer, luns: Mapping[str, str] | None = None) -> dict[str, Any]:
    """``heliostat_vserver`` in plain values, without what is default. ``luns`` are names of ``heliostat_luns`` by GUID."""
    found: dict[str, Any] = {"compute_pool": vserver.compute_pool}
    found |= {"brand": vserver.brand} if vserver.brand != "solaris" else {}
    for one in fields(vserver):
        value = getattr(vserver, one.name)
        if one.name not in _OWN and value != one.default:
            found[one.name] = list(value) if isinstance(value, tuple) else value
    found["datasets"] = [_dataset(one, luns or {}) for one in vserver.datasets]
    found["filesystems"] = [_filesystem(one, vserver) for one in vserver.filesystems]
    found["networks"] = [_network(one) for one in vserver.networks]
    if resources := _resources(vserver.resources):
        found["resources"] = resources
    return found


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The smallest part of ``after`` that, put in place of that of ``before``, gives it. A list is replaced whole; None unsets."""
    found: dict[str, Any] = {}
    for key in (*after, *(key for key in before if key not in after)):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        both = isinstance(old, Mapping) and isinstance(new, Mapping)
        found[key] = changed(old, new) if both else new  # type: ignore[arg-type]
    return found


def _dataset(dataset: Dataset, luns: Mapping[str, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": dataset.name, "layout": dataset.layout, "luns": [luns.get(guid, guid) for guid in dataset.luns]}
    if dataset.rootzpool:
        return {**entry, "rootzpool": True}
    return entry if dataset.manager == "zfs" else {**entry, "manager": dataset.manager}


def _filesystem(one: Filesystem, vserver: VServer) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": one.type}
    if one.type == "lofs":
        entry |= {"source": one.source, "mountpoint": one.mountpoint}
    else:
        entry["dataset"] = one.dataset
        if one.name != _default_name(one, vserver):
            entry["name"] = one.name
        entry |= {key: value for key in ("mountpoint", "size", "renamed_from") if (value := getattr(one, key))}
        if one.fstype == "vxfs" or (one.fstype and vserver.dataset(one.dataset).manager == "vxvm"):
            entry["fstype"] = one.fstype
    return entry | ({"options": list(one.options)} if one.options else {})


def _default_name(one: Filesystem, vserver: VServer) -> str:
    if vserver.dataset(one.dataset).manager == "svm":
        return "d10" if one.type == "root" else ""
    if vserver.dataset(one.dataset).rootzpool:
        return ""
    return "zone" if one.type == "root" else one.mountpoint.strip("/").replace("/", "_")


def _network(leg: Attachment) -> dict[str, Any]:
    return {"network": leg.network, "address": str(leg.address.ip)} | ({"link": leg.link} if leg.link else {})


def _resources(resources: Resources) -> dict[str, Any]:
    found = {one.name: value for one in fields(resources) if (value := getattr(resources, one.name)) not in (None, "")}
    if cpus := resources.dedicated_cpus:
        found["dedicated_cpus"] = str(cpus[0]) if cpus[0] == cpus[-1] else f"{cpus[0]}-{cpus[-1]}"
    return found
