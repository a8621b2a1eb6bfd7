# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The zone path on disk: data sets and folders made by install, removed by uninstall."""

from __future__ import annotations

import errno

from ...call import Call
from ...truth import SharedPool, ZfsDataset, Zone
from ..options import Refused
from ..ufs import zones as devices
from ..zfs import dataset as tree
from ..zfs import files
from . import ground

NO_DATASET = """ERROR: the zonepath must be a ZFS dataset.
The parent directory of the zonepath must be a ZFS dataset so that the
zonepath ZFS dataset can be created properly."""
ROOT_FILES = {
    "etc/nodename": "{name}\n",
    "etc/hosts": "::1 localhost\n127.0.0.1 localhost {name}\n",
    "etc/release": "{release}",
    "etc/passwd": "root:x:0:0:Super-User:/root:/sbin/sh\ndaemon:x:1:1::/:\nnobody:x:60001:60001:NFS Anonymous Access User:/:\n",
    "etc/zones/index": "",
    "etc/ssh/.keep": "",
    "var/adm/messages": "",
    "root/.profile": "",
    "tmp/.keep": "",
}


def exact(call: Call, path: str) -> tuple[SharedPool, ZfsDataset] | None:
    """The mounted file system whose mount point is ``path`` itself."""
    found = tree.mounted_at(call.centre, call.machine, path)
    return found if found is not None and tree.mountpoint(*found)[0] == path else None


def shared_area(call: Call, path: str) -> None:
    """Solaris 11 always has rpool/VARSHARE/zones at /system/zones."""
    pool = tree.imported_pool(call.centre, call.machine, "rpool")
    if pool is None or not path.startswith("/system/zones/"):
        return
    for name, point in (("rpool/VARSHARE", "/var/share"), ("rpool/VARSHARE/zones", "/system/zones")):
        if name not in pool.datasets:
            ground.of(call).make(pool, name, {"mountpoint": point})


def make_dataset(call: Call, zone: Zone) -> tuple[str | None, tuple[SharedPool, ZfsDataset] | None]:
    """``(name of a new data set, data set at the zone path)``. Solaris 11 refuses a zone path that cannot be one."""
    s10 = call.machine.release == "s10"
    if not s10:
        shared_area(call, zone.zonepath)
    there = exact(call, zone.zonepath)
    if there is not None:
        return None, there
    if s10 and devices.is_home(call, zone):
        return None, None
    parent, _, last = zone.zonepath.rpartition("/")
    above = exact(call, parent or "/")
    if above is None or (parent or "/") == "/" or not files.empty_folder(call.machine, zone.zonepath):
        if not s10:
            raise Refused(NO_DATASET)
        return None, None
    name = f"{above[1].name}/{last}"
    if name in above[0].datasets:
        if not s10:
            raise Refused(NO_DATASET)
        return None, None
    return name, (above[0], ground.of(call).make(above[0], name, {}))


def lay_out(call: Call, zone: Zone, home: tuple[SharedPool, ZfsDataset]) -> None:
    """Solaris 11: the zone's own rpool below the zone path's data set."""
    pool, top = home
    settings: dict[str, dict[str, str]] = {
        "rpool": {"zoned": "on", "mountpoint": "/rpool"},
        "rpool/ROOT": {"mountpoint": "legacy"},
        "rpool/ROOT/solaris": {"canmount": "noauto", "mountpoint": f"{zone.zonepath}/root"},
        "rpool/ROOT/solaris/var": {"canmount": "noauto"},
        "rpool/VARSHARE": {"mountpoint": "/var/share"},
        "rpool/export": {"mountpoint": "/export"},
        "rpool/export/home": {},
    }
    for name, values in settings.items():
        full = f"{top.name}/{name}"
        if full not in pool.datasets:
            ground.of(call).make(pool, full, values, mount=False)


def fill(call: Call, zone: Zone, home: tuple[SharedPool, ZfsDataset] | None, size: int) -> bool:
    """Write the zone's files; False when they do not fit."""
    if home is not None:
        pool, top = home
        target = pool.datasets.get(f"{top.name}/rpool/ROOT/solaris", top)
        if not ground.of(call).claim(pool, target, size):
            return False
    elif not devices.room(call, zone, size):
        return False
    try:
        for path, text in ROOT_FILES.items():
            files.write(call.machine, f"{zone.zonepath}/root/{path}", text.format(name=zone.name, release=call.machine.release_text))
    except OSError as err:
        if err.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        return False
    files.make_folder(call.machine, zone.zonepath, 0o700)
    if home is not None:
        ground.of(call).written(home[1])
    return True


def clean(call: Call, zone: Zone) -> bool:
    """Remove everything at the zone path; the data set and its mount point too unless it is a pool's top: then True."""
    home = exact(call, zone.zonepath)
    if home is None:
        if not devices.emptied(call, zone):
            files.remove_tree(call.machine, zone.zonepath)
        return False
    pool, top = home
    below = ground.of(call)
    for item in reversed(tree.descendants(pool, top.name)):
        below.remove(pool, item)
    files.remove_tree(call.machine, f"{zone.zonepath}/root")
    files.remove_file(call.machine, f"{zone.zonepath}/SUNWdetached.xml")
    below.emptied(top)
    if top.name == pool.name:
        return False
    below.unmount(pool, top)
    below.remove(pool, top)
    if files.empty_folder(call.machine, zone.zonepath):
        files.remove_tree(call.machine, zone.zonepath)
    return True
