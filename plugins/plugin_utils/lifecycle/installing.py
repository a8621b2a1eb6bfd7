# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a zone gets its software, by brand: from the node, from a repository, from a unified archive, from a flash archive.

Options of ``zoneadm install`` by the manual pages native(5), solaris8(5), solaris9(5), solaris(5) and solaris10(5).
"""

from __future__ import annotations

from ..commands import zoneadm
from ..model.brands import FROM_ARCHIVE, WITH_SYSIDCFG
from ..model.command import Command, File
from ..model.errors import Refused
from ..model.vserver import VServer
from . import first_boot
from .actual import NodeActual
from .context import NodeContext

#: Update of Solaris 10 that is called 9/10, the first whose native zones are installed from an archive of a system.
_NATIVE_FROM_ARCHIVE = 9


def sources(vserver: VServer) -> tuple[str, ...]:
    """Files of the node that the installation reads."""
    return tuple(path for path in (vserver.archive, vserver.manifest) if path.startswith("/"))


def needs_sysidcfg(vserver: VServer) -> bool:
    """Whether its first boot asks who it is. An identity that was preserved is not asked for."""
    return vserver.brand in WITH_SYSIDCFG and not vserver.preserve


def check(vserver: VServer, actual: NodeActual, context: NodeContext) -> None:
    """Before anything is made for an installation. Raises Refused naming node and file for what it cannot start from."""
    where = f"vServer {vserver.name}"
    if vserver.brand == "lx":
        raise Refused(
            f"{where}: zones of brand lx are not installed from here: how their installer takes its distributions is not established. "
            "Install it by hand ('zoneadm install', lx(5)) on its datasets, then have it adopted (state gathered)."
        )
    if vserver.brand in FROM_ARCHIVE and not vserver.archive:
        raise Refused(f"{where}: brand {vserver.brand} is installed from a flash archive: set archive to its path on the node.")
    release = context.release
    if vserver.archive and vserver.brand == "native" and release.update < _NATIVE_FROM_ARCHIVE:
        raise Refused(
            f"{where}: node {context.node} runs {release.description}; native zones are installed from an archive since Solaris 10 9/10. "
            "Remove archive, or choose a node with a later update."
        )
    if vserver.archive and vserver.brand == "solaris" and release.family == "s11.1":
        raise Refused(
            f"{where}: node {context.node} runs {release.description}; unified archives came with 11.2. Remove archive, or choose "
            "another node."
        )
    for path in sources(vserver):
        if path in actual.unreadable:
            raise Refused(
                f"{where}: it is to be installed from {path}, which is no file that node {context.node} can read "
                f"({actual.unreadable[path]}). Nothing was made. Put it there, or mount what holds it."
            )


def command(vserver: VServer, context: NodeContext) -> Command:
    """The installation. ``check`` came first."""
    name = vserver.name
    if vserver.brand == "solaris":
        manifest = vserver.manifest or None
        return zoneadm.install(
            name,
            profile=File("profile.xml", first_boot.sc_profile(vserver, context)),
            archive=vserver.archive or None,
            archived_zone=vserver.archive_zone or None,
            manifest=manifest if manifest is None or manifest.startswith("/") else File("manifest.xml", manifest),
        )
    if vserver.archive:
        return zoneadm.install(name, archive=vserver.archive, identity="preserved" if vserver.preserve else "removed")
    return zoneadm.install(name)
