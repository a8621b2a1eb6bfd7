# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer on its node as people read it in a diff: the same shape for what is and for what will be."""

from __future__ import annotations

from typing import Any

from ..commands import zonecfg
from ..commands.zonecfg_canonical import KEPT, Canonical, canonical, same_property
from ..model.errors import HeliostatError
from ..model.vserver import Filesystem, VServer
from ..model.zone import ZoneConfig, ZoneResource
from . import zone_definition
from .actual import NodeActual
from .context import NodeContext
from .storage import driver
from .vserver import Wanted

_ALWAYS = KEPT | {"autoboot"}


def described(wanted: Wanted, actual: NodeActual) -> dict[str, Any]:
    """What is: run state, pools, file systems, zone configuration."""
    vserver = wanted.vserver
    status = actual.zones.get(vserver.name)
    config = actual.configs.get(vserver.name)
    return {
        "state": status.state if status else "absent",
        "datasets": {one.name: shown for one in vserver.datasets if (shown := driver.of(one).described(one, actual))},
        "filesystems": {one.zfs: shown for one, using in _driven(vserver) if (shown := using.described_filesystem(one, actual))},
        "configuration": _lines(config) if config else [],
    }


def predicted(wanted: Wanted, actual: NodeActual, context: NodeContext) -> dict[str, Any]:
    """What will be when the plan has run."""
    vserver = wanted.vserver
    now = described(wanted, actual)
    if wanted.state in ("absent", "detached"):
        keeps = wanted.state == "detached" and now["state"] != "absent"
        return {
            "state": "configured" if keeps else "absent",
            "datasets": {},
            "filesystems": {},
            "configuration": now["configuration"] if keeps else [],
        }
    want = zone_definition.wanted_of(vserver, actual, context)
    have = actual.configs.get(vserver.name)
    same = have is not None and not zonecfg.differences(have, want)
    states = {"defined": "configured", "installed": "installed", "running": "running", "halted": "installed"}
    kept = {"defined": now["state"] != "absent", "installed": now["state"] in ("installed", "ready", "running")}.get(wanted.state, False)
    return {
        "state": now["state"] if kept else states[wanted.state],
        "datasets": {one.name: driver.of(one).predicted(one, actual) for one in vserver.datasets},
        "filesystems": {one.zfs: using.predicted_filesystem(one, vserver, actual) for one, using in _driven(vserver)},
        "configuration": now["configuration"] if same else _lines(want),
    }


def _driven(vserver: VServer) -> list[tuple[Filesystem, driver.Driver]]:
    mine = [one for one in vserver.filesystems if one.type != "lofs"]
    return [(one, driver.of(vserver.dataset(one.dataset))) for one in mine]


def _lines(config: ZoneConfig) -> list[str]:
    """Properties, limits, then a line for each resource, sorted: the same for a wish and for the export of what it became.

    Limits stand under their aliases, what a release adds by itself is left out. Not zonecfg's own language: what a zone has
    is shown, even if we would not write it.
    """
    try:
        known = canonical(config)
    except HeliostatError:  # it says one thing twice: the plan refuses that, here it is only shown
        known = Canonical(dict(config.properties), {}, {(one.kind, (("", str(at)),)): one for at, one in enumerate(config.resources)})
    properties = {"autoboot": "false"} | known.properties  # an export may leave its default out
    shown = [f"{key}={value}" for key, value in sorted(properties.items()) if key in _ALWAYS or not _added("", key, value)]
    shown += [f"{path}={limit.canonical}" for path, limit in sorted(known.limits.items())]
    return shown + sorted(_line(resource) for resource in known.resources.values())


def _line(resource: ZoneResource) -> str:
    words = [
        f"{key}={value if isinstance(value, str) else ','.join(value)}"
        for key, value in sorted(resource.properties.items())
        if not _added(resource.kind, key, value)
    ]
    return f"{resource.kind}: {' '.join(words)}"


def _added(kind: str, key: str, value: str | tuple[str, ...]) -> bool:
    return same_property(kind, key, value, None)
