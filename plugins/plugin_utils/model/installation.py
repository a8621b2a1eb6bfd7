# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a vServer is to be installed, as it is declared: from what, with which roots, whose host it takes itself for."""

from __future__ import annotations

import re
from typing import Any

from . import names
from .brands import FROM_ARCHIVE
from .errors import InvalidDefinition
from .options import Options
from .vserver import VServer

OPTIONS = ("archive", "archive_zone", "hostid", "manifest", "preserve", "sparse")

#: What HW_INVALID_HOSTID is in the kernel: a zone with it has the node's own hostid.
_NO_HOSTID = 0xFFFFFFFF


def read(options: Options) -> dict[str, Any]:
    """The VServer's fields of this part. What they mean together ``check`` says."""
    return {
        "archive": options.checked("archive", names.mount_point) if options.has("archive") else "",
        "archive_zone": options.checked("archive_zone", names.zone_name) if options.has("archive_zone") else "",
        "hostid": _hostid(options),
        "manifest": _manifest(options),
        "preserve": options.flag("preserve", False),
        "sparse": options.flag("sparse", False),
    }


def _hostid(options: Options) -> str:
    """Eight small hexadecimal digits, as hostid(1) prints it; '' for the node's own."""
    if not options.has("hostid"):
        return ""
    given = options.given["hostid"]
    text = given.lower().removeprefix("0x") if isinstance(given, str) else ""
    if not re.match(r"[0-9a-f]{1,8}\Z", text) or int(text, 16) >= _NO_HOSTID:
        raise options.refuse(
            "hostid", f"{given!r} is no host id: write what hostid(1) prints, at most 8 hexadecimal digits below ffffffff, in quotes."
        )
    return text.zfill(8)


def _manifest(options: Options) -> str:
    """A path on the node, or the manifest itself."""
    text = options.text("manifest").strip()
    if not text or text.startswith("/"):
        return options.checked("manifest", names.mount_point) if text else ""
    if not text.startswith("<") or "auto_install" not in text:
        raise options.refuse("manifest", "is neither the path of an AI manifest on the node nor one itself (XML, auto_install).")
    return text + "\n"


def check(vserver: VServer) -> None:
    """Raises InvalidDefinition for what contradicts itself or the brand, naming the option."""
    wrong = next((f"{key} {why}" for key, why in _wrong(vserver) if getattr(vserver, key)), None)
    if wrong:
        raise InvalidDefinition(f"vServer {vserver.name}: {wrong}")


def _wrong(vserver: VServer) -> list[tuple[str, str]]:
    """Option and what is wrong with it, if it is set."""
    brand, found = vserver.brand, []
    if brand != "native":
        found.append(("sparse", f"has no meaning for brand {brand}, whose zones have whole roots. Remove it."))
    elif vserver.archive:
        found.append(("sparse", "does not go with archive: an archive holds a whole root. Remove one of them."))
    if brand != "solaris":
        found.append(("manifest", f"has no meaning for brand {brand}: an AI manifest installs zones of brand solaris. Remove it."))
        found.append(("archive_zone", f"has no meaning for brand {brand}: unified archives hold systems of brand solaris. Remove it."))
    if vserver.archive:
        found.append(("manifest", "does not go with archive: a unified archive brings its own. Remove one of them."))
    else:
        found.append(("archive_zone", "is set without archive, the unified archive that holds the zone. Set archive."))
        found.append(("preserve", "is set without archive, whose identity would be kept. Set archive."))
    if brand not in ("native", *FROM_ARCHIVE):
        found.append(("preserve", f"has no meaning for brand {brand}: it keeps the identity in a flash archive of Solaris 8, 9 or 10."))
    if brand == "lx":
        found.append(("hostid", "has no meaning for brand lx. Remove it."))
        found.append(("archive", "cannot be used: zones of brand lx are installed by hand and then adopted. Remove it."))
    return found
