# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SUNWdetached.xml: a detached zone's configuration, on Solaris 10 with the packages and patches of its system that zones depend on.

Elements as in zonecfg.dtd.1: a patch stands behind the package it is on. ``detached`` is the lab's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

from ...call import Call
from ...truth import Patch, Zone
from ...zonecfg.document import document_of
from ...zonecfg.xmlfile import to_xml
from ..system import svr4_database as database

FILE = "SUNWdetached.xml"
ELEMENTS = frozenset(
    {
        "filesystem", "inherited-pkg-dir", "network", "device", "deleted-device", "rctl", "attr", "dataset", "package", "patch",
        "dev-perm", "tmp_pool", "pset", "mcap", "detached",
    }
)  # fmt: skip


class Earlier(Exception):
    """The manifest is not one of this release: newer, or no manifest at all."""


@dataclass(frozen=True)
class Manifest:
    brand: str
    zonepath: str
    uuid: str
    inventory: database.Inventory


def text(call: Call, zone: Zone, inventory: database.Inventory | None) -> str:
    """``inventory``: None on Solaris 11, which keeps no packages in it."""
    kept: list[tuple[str, dict[str, str]]] = [("detached", {"sys": call.machine.name, "kernel": call.machine.kernel, "uuid": zone.uuid})]
    config = {"zonepath": zone.zonepath, "brand": zone.brand, **zone.config}
    written = to_xml(document_of(zone.name, config), *kept)
    if inventory is None:
        return written
    lines = []
    for name, package in sorted(inventory.items()):
        lines.append(f'  <package name="{name}" version="{package.version}" />\n')
        for patch in package.patches.values():
            inside = "".join(f'    <obsoletes id="{other}" />\n' for other in patch.obsoletes)
            lines.append(f'  <patch id="{patch.id}">\n{inside}  </patch>\n' if inside else f'  <patch id="{patch.id}" />\n')
    return written.replace("</zone>\n", "".join(lines) + "</zone>\n")


def read(source: str) -> Manifest:
    """Raises Earlier for what Solaris 10's document type does not allow."""
    try:
        zone = ElementTree.fromstring(source)
    except ElementTree.ParseError:
        raise Earlier from None
    if zone.tag != "zone" or any(element.tag not in ELEMENTS for element in zone):
        raise Earlier
    found: database.Inventory = {}
    uuid, last = "", None
    for element in zone:
        if element.tag == "package":
            last = found[element.attrib["name"]] = database.Installed(element.attrib["version"])
        elif element.tag == "patch" and last is not None:
            name = element.attrib["id"]
            last.patches[database.base(name)] = Patch(name, obsoletes=[child.attrib["id"] for child in element if child.tag == "obsoletes"])
        elif element.tag == "detached":
            uuid = element.attrib.get("uuid", "")
    return Manifest(zone.attrib.get("brand") or "native", zone.attrib.get("zonepath", ""), uuid, found)
