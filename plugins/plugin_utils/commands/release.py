# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which operating system a node runs: ``/etc/release`` and ``uname -a``.

Forms of the first line of /etc/release: Solaris 10 names update and build (``Solaris 10 10/09 s10s_u8wos_08a SPARC``),
Solaris 11 only the minor release (``Oracle Solaris 11.4 SPARC``), illumos distributions each their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..model.command import Command, Output
from ..model.errors import ParseError
from ..model.release import Architecture, Family, Release
from .tables import lines, refuse

#: Release dates of Solaris 10 and their update numbers.
UPDATES: Mapping[str, int] = {
    "3/05": 0,
    "1/06": 1,
    "6/06": 2,
    "11/06": 3,
    "8/07": 4,
    "5/08": 5,
    "10/08": 6,
    "5/09": 7,
    "10/09": 8,
    "9/10": 9,
    "8/11": 10,
    "1/13": 11,
}
KNOWN = "Solaris 10 (3/05 to 1/13), Oracle Solaris 11 11/11, 11.1, 11.2, 11.3, 11.4, and illumos distributions (read-only)"

_SUN = re.compile(
    r"(?P<product>(?:Oracle )?Solaris [0-9]+)(?: (?P<update>[0-9]+/[0-9]+))?(?: HW[0-9]*)?"
    r"(?: (?P<build>s[0-9]\S*_\S+))? (?P<architecture>SPARC|X86)"
)
_MINOR = re.compile(r"(?P<product>Oracle Solaris (?P<version>11\.[0-9]+)) (?P<architecture>SPARC|X86)")
_ILLUMOS = (
    re.compile(r"(?P<product>OpenIndiana Development) (?P<build>oi_\S+) (?P<architecture>X86)"),
    re.compile(r"(?P<product>OpenIndiana Hipster) (?P<version>[0-9]{4}\.[0-9]{2})(?: (?P<architecture>X86))?"),
    re.compile(r"(?P<product>OpenSolaris) (?P<version>[0-9.]+) (?P<build>snv_\S+) (?P<architecture>SPARC|X86)"),
    re.compile(r"(?P<product>OmniOS) v[0-9]+ (?P<version>r[0-9]+\w*)"),
    re.compile(r"(?P<product>SmartOS)(?: (?P<version>[0-9]{8}T[0-9]{6}Z))? (?P<architecture>x86_64)"),
    re.compile(r"(?P<product>Open Storage Appliance) v(?P<version>[0-9]\S*)"),
)


@dataclass(frozen=True, slots=True)
class Banner:
    """First line of /etc/release, taken apart. What a form does not print is ''."""

    description: str
    product: str
    version: str = ""
    update: str = ""
    build: str = ""
    architecture: str = ""
    illumos: bool = False


@dataclass(frozen=True, slots=True)
class Uname:
    """``uname -a``: system, node, release, version, machine, processor and (not in every zone) platform."""

    system: str
    node: str
    release: str
    version: str
    machine: str
    processor: str
    platform: str = ""


def probes() -> dict[str, Command]:
    """Commands that every release has."""
    return {"etc-release": Command.of("cat", "/etc/release"), "uname": Command.of("uname", "-a")}


def parse_banner(text: str) -> Banner:
    """The release named by the text of /etc/release; ParseError for a form nobody has shown yet."""
    found = lines(text)
    if not found:
        raise ParseError(f"/etc/release is empty. Known are: {KNOWN}.")
    description = found[0].strip()
    line = description.removesuffix("(powered by illumos)").strip()
    for illumos, form in ((False, _SUN), (False, _MINOR), *((True, form) for form in _ILLUMOS)):
        match = form.fullmatch(line)
        if match:
            parts = {name: value or "" for name, value in match.groupdict().items()}
            return Banner(description, illumos=illumos, **parts)
    refuse("/etc/release", description, f"names a release that is not known. Known are: {KNOWN}.")


def parse_uname(text: str) -> Uname:
    """``uname -a``: blank-separated; Solaris 11.4 appends the kind of virtualisation, which is not kept."""
    found = lines(text)
    words = found[0].split() if len(found) == 1 else []
    if len(words) < 6 or words[0] != "SunOS":
        refuse("uname -a", text.strip(), "is not 'SunOS node release version machine processor ...'")
    return Uname(*words[:7])


def parse_uname_x(text: str) -> dict[str, str]:
    """``uname -X``: lines ``Name = value``; ``<unknown>`` and such are kept as printed."""
    values = {}
    for line in lines(text):
        name, separator, value = line.partition(" =")
        if not separator or " " in name:
            refuse("uname -X", line)
        values[name] = value.strip()
    return values


def update_number(banner: Banner) -> int:
    """Number of a Solaris 10 update, 11 for 1/13; the date and the build's ``uN`` must not contradict each other."""
    built = re.search(r"_u([0-9]+)wos", banner.build)
    dated = UPDATES.get(banner.update)
    if built is None and dated is None:
        refuse("/etc/release", banner.description, f"names an update of Solaris 10 that is not known. Known are: {', '.join(UPDATES)}.")
    if built is not None and dated is not None and int(built.group(1)) != dated:
        refuse(
            "/etc/release", banner.description, f"contradicts itself: {banner.update} is update {dated}, the build says {built.group(1)}."
        )
    return int(built.group(1)) if built is not None else dated or 0


def parse(outputs: Mapping[str, Output]) -> Release:
    """The node's release from the answers to ``probes()``; ParseError names the known ones for any other."""
    for name, output in outputs.items():
        if output.rc != 0 and name in ("etc-release", "uname"):
            raise ParseError(f"{name} failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}. Is this a Solaris node?")
    uname = parse_uname(outputs["uname"].stdout)
    banner = parse_banner(outputs["etc-release"].stdout)
    architecture: Architecture
    if uname.processor == "sparc":
        architecture = "sparc"
    elif uname.processor == "i386":
        architecture = "i386"
    else:
        refuse("uname -a", uname.processor, "is neither sparc nor i386")
    family, kernel = _family(banner)
    if uname.release != kernel:
        refuse("uname -a", uname.release, f"does not fit /etc/release, which says {banner.description!r}")
    update = update_number(banner) if family == "s10" else 0
    return Release(family, banner.description, architecture, update=update, version=uname.version)


def _family(banner: Banner) -> tuple[Family, str]:
    """The dialect's name and the kernel release (``uname -r``) that goes with it."""
    if banner.illumos:
        return "illumos", "5.11"
    if banner.product.endswith("Solaris 10"):
        return "s10", "5.10"
    if banner.product == "Oracle Solaris 11" and banner.update == "11/11":
        return "s11.0", "5.11"
    minor: Mapping[str, Family] = {"11.1": "s11.1", "11.2": "s11.2", "11.3": "s11.3", "11.4": "s11.4"}
    if banner.version in minor:
        return minor[banner.version], "5.11"
    refuse("/etc/release", banner.description, f"names a release that is not supported. Known are: {KNOWN}.")
