# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a node about storage, and what the answers say: only of the volume managers that the datasets use.

The first look shows what is there. The second is taken when a dataset is not: what could be taken over, which LUNs are seen, and what
lies on them, of every volume manager. The third, before disks get their first label: whether they hold file systems.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from ...commands import disks, iostat, mount, multipath, node_name, svm_sets, ufs, virtual_disks, vxvm, vxvm_groups, zfs, zpool
from ...model.command import Command, Output
from ...model.errors import CommandFailed
from ...model.storage import Disk, Zfs
from ...model.volumes import BLOCK, DiskSet, Svm, Vxvm
from ...model.vserver import Dataset, Filesystem, Manager
from ..actual import NodeActual
from . import driver, zfs_filesystem
from .zfs import offered

#: Slices that a file system of the whole disk lies on by custom.
_SLICES = ("s0", "s2")


def names_of(filesystems: Iterable[Filesystem], named: Iterable[str]) -> list[str]:
    """DATASET/NAME of what is declared, under old names too, and of what is named for destruction."""
    found = []
    for filesystem in filesystems:
        if filesystem.type != "lofs":
            found += [filesystem.zfs, *([f"{filesystem.dataset}/{filesystem.renamed_from}"] if filesystem.renamed_from else [])]
    return [*found, *(name for name in named if "/" in name)]


def _on(manager: Manager, names: Sequence[str], datasets: Collection[Dataset]) -> list[str]:
    mine = {dataset.name for dataset in datasets if dataset.manager == manager}
    return [name for name in names if name.partition("/")[0] in mine]


def _of(manager: Manager, datasets: Iterable[Dataset]) -> list[Dataset]:
    return [dataset for dataset in datasets if dataset.manager == manager]


def first(datasets: Collection[Dataset], names: Sequence[str], *, health: bool) -> dict[str, Command]:
    """``names`` as ``names_of`` gives them. ``health``: LUNs' paths and sizes too, for what is to stay."""
    probes: dict[str, Command] = {"pools": zpool.status(), "virtual disks": virtual_disks.probe()}
    if on_zfs := _on("zfs", names, datasets):
        probes["zfs"] = zfs.get(zfs_filesystem.PROPERTIES, *on_zfs)
    if health and datasets:
        probes |= {"seen sizes": disks.probes()["iostat-En"], "seen paths": disks.probes()["mpathadm-list-lu"]}
        probes |= {"usage": zpool.list_pools()} if _of("zfs", datasets) else {}
    if volumes := [dataset for dataset in datasets if dataset.manager != "zfs"]:
        probes |= {"mounts": mount.mounted(), "name": node_name.probe()}
        probes |= _sets() if _of("svm", volumes) else {}
        probes |= _groups() if _of("vxvm", volumes) else {}
    for dataset in _of("svm", datasets):
        probes |= {
            f"svm status {dataset.name}": svm_sets.status(dataset.name),
            f"svm shape {dataset.name}": svm_sets.structure(dataset.name),
        }
    for dataset in _of("vxvm", datasets):
        probes[f"vxvm shape {dataset.name}"] = vxvm_groups.structure(dataset.name)
        probes[f"vxvm room {dataset.name}"] = vxvm_groups.maxsize(dataset.name, dataset.layout, len(dataset.luns))
    for name in _on("svm", names, datasets):
        raw = svm_sets.raw_device(*name.split("/", 1))
        probes |= {f"kind {raw}": ufs.kind(raw), f"span {raw}": ufs.constructed(raw)}
    for name in _on("vxvm", names, datasets):
        raw = vxvm_groups.raw_device(*name.split("/", 1))
        probes[f"kind {raw}"] = ufs.kind(raw)
    return probes


def _sets() -> dict[str, Command]:
    return {"svm sets": svm_sets.sets()}


def _groups() -> dict[str, Command]:
    return {"vxvm devices": vxvm_groups.devices(), "vxvm paths": vxvm_groups.natives()}


def held(datasets: Iterable[Dataset]) -> dict[str, Command]:
    """What lies on pools that go away; of volumes the first look tells it."""
    pools = [dataset.name for dataset in _of("zfs", datasets)]
    return {"held": zfs.get(("mountpoint",), *pools, recursive=True)} if pools else {}


def read_first(
    actual: NodeActual,
    datasets: Collection[Dataset],
    names: Sequence[str],
    outputs: Mapping[str, Output],
    users: Mapping[str, str] | None = None,
) -> NodeActual:
    """``actual`` with the answers. Raises CommandFailed where something could not be seen: that is no absence.

    ``users`` maps names to the vServers they are of, for messages.
    """
    if outputs["pools"].rc != 0:
        failed = outputs["pools"]
        raise CommandFailed(f"'zpool status' failed with exit code {failed.rc}: {failed.stderr.strip()}. Nothing was changed.")
    known = {pool.name: pool for pool in zpool.parse_status(outputs["pools"].stdout)}
    virtual = virtual_disks.by_device(virtual_disks.parse(outputs["virtual disks"]))
    found = _read_zfs(_on("zfs", names, datasets), outputs, users or {})
    actual = replace(actual, pools=known, zfs=found, seen=_read_seen(outputs), virtual=virtual)
    if "usage" in outputs and outputs["usage"].rc == 0:  # only for a warning
        actual = replace(actual, usage={usage.name: usage for usage in zpool.parse_list(outputs["usage"].stdout)})
    if "mounts" in outputs and actual.mounts is None:
        if outputs["mounts"].rc != 0:
            raise CommandFailed(
                f"'mount' failed with exit code {outputs['mounts'].rc}: {outputs['mounts'].stderr.strip()}. Nothing was changed."
            )
        actual = replace(actual, mounts=mount.parse(outputs["mounts"].stdout))
    if "name" not in outputs:
        return actual
    host = node_name.parse(outputs["name"])
    actual = _read_svm(actual, host, outputs) if "svm sets" in outputs else actual
    actual = _read_vxvm(actual, host, outputs) if "vxvm devices" in outputs else actual
    return _read_kinds(actual, outputs)


def _read_zfs(names: Sequence[str], outputs: Mapping[str, Output], users: Mapping[str, str]) -> dict[str, Zfs]:
    if "zfs" not in outputs:
        return {}
    found = zfs.parse_get(outputs["zfs"].stdout)
    for name in names:
        whose = f"vServer {users[name]}: " if name in users else ""
        if name not in found and name not in zfs.absent(outputs["zfs"]):
            raise CommandFailed(
                f"{whose}zfs shows nothing of {name} and does not say that it is absent: "
                f"{outputs['zfs'].stderr.strip() or 'no message'}. Nothing was changed."
            )
    return found


def read_held(actual: NodeActual, datasets: Iterable[Dataset], outputs: Mapping[str, Output]) -> NodeActual:
    """``actual`` with what lies on the pools that go away. Raises CommandFailed where an imported one did not say."""
    if "held" not in outputs:
        return actual
    found = zfs.parse_get(outputs["held"].stdout)
    for dataset in _of("zfs", datasets):
        if dataset.name in actual.pools and dataset.name not in found:
            raise CommandFailed(
                f"dataset {dataset.name}: what lies on it could not be listed: {outputs['held'].stderr.strip() or 'no message'}. "
                "Nothing was changed."
            )
    return replace(actual, held=found)


def _read_seen(outputs: Mapping[str, Output]) -> dict[str, Disk] | None:
    """Sizes and paths by device, for warnings alone: a node that cannot tell them is not warned of."""
    if "seen sizes" not in outputs:
        return None
    sizes, paths = outputs["seen sizes"], outputs["seen paths"]
    units = multipath.parse_list(paths.stdout) if paths.rc == 0 else ()
    counts, totals = multipath.paths_of(units), multipath.totals_of(units)
    known = {device.name: device.size for device in iostat.parse(sizes.stdout)} if sizes.rc == 0 else {}
    return {
        name: Disk(name, size=known.get(name), paths=counts.get(name), all_paths=totals.get(name)) for name in sorted({*known, *counts})
    }


def _read_svm(actual: NodeActual, host: str, outputs: Mapping[str, Output]) -> NodeActual:
    sets, trouble = svm_sets.parse_sets(outputs["svm sets"])
    for name, found in sets.items():
        status, shape = outputs.get(f"svm status {name}"), outputs.get(f"svm shape {name}")
        if status is None or shape is None or not found.hosts.get(host):
            continue
        for output in (status, shape):
            if output.rc != 0 and "there are no existing databases" not in output.stderr:
                raise CommandFailed(f"'metastat -s {name}' ended with {output.rc}: {output.stderr.strip()}. Nothing was changed.")
        sets[name] = replace(found, devices=svm_sets.parse_devices(status.stdout, shape.stdout))
    return replace(actual, svm=Svm(host, sets, trouble))


def _read_vxvm(actual: NodeActual, host: str, outputs: Mapping[str, Output]) -> NodeActual:
    devices, trouble = vxvm_groups.parse_devices(outputs["vxvm devices"], outputs["vxvm paths"])
    groups = {}
    rooms = {}
    for name in {device.group for device in devices.values() if device.imported}:
        shape = outputs.get(f"vxvm shape {name}")
        if shape is None:
            continue
        if shape.rc != 0:
            raise CommandFailed(f"'vxprint -g {name} -ht' ended with {shape.rc}: {shape.stderr.strip()}. Nothing was changed.")
        groups[name] = vxvm_groups.parse_structure(shape.stdout, name)
        room = outputs[f"vxvm room {name}"]
        if room.rc == 0:
            rooms[name] = vxvm.parse_maxsize(room.stdout) * BLOCK
        elif vxvm_groups.FULL in room.stdout + room.stderr:
            rooms[name] = 0
    return replace(actual, vxvm=Vxvm(host, devices, groups, trouble), rooms=rooms)


def _read_kinds(actual: NodeActual, outputs: Mapping[str, Output]) -> NodeActual:
    kinds = dict(actual.kinds)
    spans = dict(actual.spans)
    for key, output in outputs.items():
        what, _blank, raw = key.partition(" ")
        if what == "kind" and (kind := ufs.parse_kind(output)) is not None:
            kinds[raw] = kind
        elif what == "span" and (span := ufs.parse_size(output)) is not None:
            spans[raw] = span
    return replace(actual, kinds=kinds, spans=spans)


def second(needed: Iterable[Dataset], actual: NodeActual) -> dict[str, Command]:
    """For datasets that are to be here (or destroyed) and are not: everything that may lie on LUNs, whose ever it is."""
    missing = [dataset for dataset in needed if not driver.of(dataset).here(dataset, actual) or _unfinished(dataset, actual)]
    if not missing:
        return {}
    probes = {"importable": zpool.importable()} | {f"disks {key}": command for key, command in disks.probes().items()}
    probes |= {} if actual.svm else _sets()
    probes["svm loose"] = svm_sets.importable()
    probes |= {} if actual.vxvm else _groups()
    for dataset in _of("svm", missing):
        found = actual.svm.sets.get(dataset.name) if actual.svm else None
        others = [host for host in found.hosts if actual.svm and host != actual.svm.host] if found and found.drives else []
        probes |= {f"svm owner {dataset.name} {host}": svm_sets.owns(dataset.name, host) for host in others}
    away = [device for device in actual.vxvm.devices.values() if device.group and not device.imported] if actual.vxvm else []
    return probes | {f"vxvm host {device.name}": vxvm_groups.detail(device.name) for device in away}


def _unfinished(dataset: Dataset, actual: NodeActual) -> bool:
    """A disk set to which declared LUNs are still to be added: its creation was interrupted."""
    found = actual.svm.sets.get(dataset.name) if dataset.manager == "svm" and actual.svm else None
    return found is not None and len(found.drives) < len(dataset.luns)


def read_second(actual: NodeActual, outputs: Mapping[str, Output]) -> NodeActual:
    """``actual`` with the answers; unchanged when nothing was asked."""
    if "importable" not in outputs:
        return actual
    known = {key.removeprefix("disks "): output for key, output in outputs.items() if key.startswith("disks ")}
    found = {disk.guid: disk for disk in disks.parse(known) if disk.guid}
    actual = replace(actual, importable=offered(outputs["importable"]), disks=found)
    actual = _read_svm(actual, "", outputs) if "svm sets" in outputs else actual
    actual = _read_vxvm(actual, "", outputs) if "vxvm devices" in outputs else actual
    svm, vxvm_state = actual.svm, actual.vxvm
    if svm:
        sets = {name: _read_owners(found, outputs) for name, found in svm.sets.items()}
        svm = replace(svm, sets=sets, loose=svm_sets.parse_loose(outputs["svm loose"]))
    if vxvm_state:
        hosts = {key.removeprefix("vxvm host "): output for key, output in outputs.items() if key.startswith("vxvm host ")}
        devices = {
            name: replace(device, host=vxvm_groups.parse_host(hosts[name], name)) if name in hosts else device
            for name, device in vxvm_state.devices.items()
        }
        vxvm_state = replace(vxvm_state, devices=devices)
    return replace(actual, svm=svm, vxvm=vxvm_state)


def _read_owners(found: DiskSet, outputs: Mapping[str, Output]) -> DiskSet:
    start = f"svm owner {found.name} "
    said = {key.removeprefix(start): svm_sets.parse_owns(output) for key, output in outputs.items() if key.startswith(start)}
    if not said:
        return found
    hosts = {host: owns or bool(said.get(host)) for host, owns in found.hosts.items()}
    return replace(found, hosts=hosts, silent=tuple(sorted(host for host, owns in said.items() if owns is None)))


def third(needed: Iterable[Dataset], actual: NodeActual) -> dict[str, Command]:
    """Before SVM or VxVM relabels disks: whether file systems lie on them. zpool looks itself."""
    probes: dict[str, Command] = {}
    for dataset in needed:
        using = driver.of(dataset)
        if dataset.manager == "zfs" or actual.disks is None or using.offers(dataset, actual):
            continue
        for guid in dataset.luns:
            disk = actual.disks.get(guid)
            raws = [f"/dev/rdsk/{disk.device}{part}" for part in _SLICES] if disk else []
            if not using.here(dataset, actual):
                probes |= {f"kind {raw}": ufs.kind(raw) for raw in raws if raw not in actual.looked_at}
    return probes


def read_third(actual: NodeActual, outputs: Mapping[str, Output]) -> NodeActual:
    """``actual`` with the answers."""
    asked = frozenset(key.removeprefix("kind ") for key in outputs if key.startswith("kind /dev/rdsk/"))
    return replace(_read_kinds(actual, outputs), looked_at=actual.looked_at | asked)
