# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm(1M): run state of zones. Builders of its command lines, the parsers of ``list`` and of its messages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from ..model.command import Command, File, Output
from ..model.errors import ParseError
from ..model.zone import ZoneStatus
from .zone_attach import AttachReport, parse_attach_report
from .zone_install import InstallLog, install_progress, parse_install

__all__ = [
    "ALREADY",
    "REFUSED_BY",
    "AttachReport",
    "InstallLog",
    "Message",
    "apply",
    "attach",
    "boot",
    "detach",
    "halt",
    "install",
    "install_progress",
    "is_absent",
    "is_already",
    "list_zones",
    "mark_incomplete",
    "migrate",
    "parse_attach_report",
    "parse_install",
    "parse_list",
    "parse_list_verbose",
    "parse_messages",
    "ready",
    "reboot",
    "shutdown",
    "uninstall",
    "verify",
]

#: What zoneadm says when the zone already is where the subcommand would bring it: some of these end with exit code 0, some with 1.
ALREADY = {
    "boot": "zone is already booted",
    "ready": "zone is already ready",
    "halt": "zone is already halted",
    "install": "is already installed",
    "attach": "is already installed",
    "uninstall": "is already in state 'configured'",
}

#: Texts that mean failure whatever the exit code was.
REFUSED_BY = (
    "call to zoneadmd failed",
    "could not verify zone",
    "installation failed",
    "Installation: Failed",
    "No such zone configured",
    "another zoneadm may have an operation in progress",
)

_ABSENT = "No such zone configured"
_IP = {"shared": "shared", "excl": "exclusive", "exclusive": "exclusive"}
_MESSAGE = re.compile(
    r"(?:zoneadm: )?(?:zone )?'?(?P<zone>[A-Za-z0-9][-_.A-Za-z0-9]*)'?: "
    r"(?:(?P<level>ERROR|error|WARNING|Warning|warning): )?(?P<text>.+)\Z"
)


def _zoneadm(zone: str, *words: str | File) -> Command:
    return Command.of("zoneadm", "-z", zone, *words)


def list_zones() -> Command:
    """All zones with their state, parsable. Output: ``parse_list``."""
    return Command.of("zoneadm", "list", "-cp")


def install(
    zone: str,
    *,
    profile: File | None = None,
    archive: str | None = None,
    archived_zone: str | None = None,
    manifest: str | File | None = None,
    identity: Literal["removed", "preserved"] | None = None,
) -> Command:
    """``profile`` (-c) is Solaris 11's system configuration profile, ``manifest`` (-m) its AI manifest.

    ``archive`` (-a) is a unified archive, of whose systems ``archived_zone`` (-z) is taken, or a flash archive. What a flash archive
    knows of its host is ``identity``: removed (-u, sys-unconfig) or preserved (-p); all brands that take one want either.
    """
    words: list[str | File] = ["install"]
    if archive is not None:
        words += ["-a", archive]
    if archived_zone is not None:
        words += ["-z", archived_zone]
    if identity is not None:
        words.append("-u" if identity == "removed" else "-p")
    if manifest is not None:
        words += ["-m", manifest]
    if profile is not None:
        words += ["-c", profile]
    return _zoneadm(zone, *words)


def uninstall(zone: str, *, with_pool: bool = False) -> Command:
    """-F: without a terminal zoneadm refuses to uninstall unforced. ``with_pool``: its rootzpool is destroyed, which else is exported."""
    return _zoneadm(zone, "uninstall", "-F", *(("-x", "force-zpool-destroy=rpool") if with_pool else ()))


def migrate(zone: str, host: str, *flags: str) -> Command:
    """Solaris 11.4: an installed zone on shared storage is detached here and attached on ``host``, to which root logs in by ssh.

    ``-n`` tries it out, ``-u`` and ``-U`` update its software there as with attach (11.4 zones guide, "Migrating Oracle Solaris Zones").
    """
    return _zoneadm(zone, "migrate", *flags, f"ssh://{host}")


def boot(zone: str) -> Command:
    return _zoneadm(zone, "boot")


def halt(zone: str) -> Command:
    return _zoneadm(zone, "halt")


def shutdown(zone: str) -> Command:
    """Clean shutdown. Solaris 11 only: Solaris 10's zoneadm has no such subcommand."""
    return _zoneadm(zone, "shutdown")


def reboot(zone: str) -> Command:
    return _zoneadm(zone, "reboot")


def ready(zone: str) -> Command:
    return _zoneadm(zone, "ready")


def apply(zone: str) -> Command:
    """Brings the stored configuration to the running zone, Solaris 11.2 and later. It may do so in part, whatever it says."""
    return _zoneadm(zone, "apply")


def detach(zone: str, force: bool = False) -> Command:
    return _zoneadm(zone, "detach", *(("-F",) if force else ()))


def attach(zone: str, *flags: str) -> Command:
    return _zoneadm(zone, "attach", *flags)


def mark_incomplete(zone: str) -> Command:
    return _zoneadm(zone, "mark", "incomplete")


def verify(zone: str) -> Command:
    return _zoneadm(zone, "verify")


def is_absent(output: Output) -> bool:
    """The zone is not configured: zoneadm failed and said just that. Every other failure is a failure, not an absence."""
    return output.rc != 0 and _ABSENT in output.stderr + output.stdout


def is_already(output: Output, subcommand: str) -> bool:
    """The zone already is where ``subcommand`` (a key of ``ALREADY``) would bring it, whatever the exit code."""
    return ALREADY[subcommand] in output.stderr + output.stdout


def _fields(line: str) -> list[str]:
    r"""Split at ``:``; zoneadm writes a colon inside the path as ``\:`` and escapes nothing else."""
    return [field.replace("\\:", ":") for field in re.split(r"(?<!\\):", line)]


def _status(zone_id: str, name: str, state: str, path: str, uuid: str, brand: str, ip: str, line: str) -> ZoneStatus:
    known = (
        (zone_id == "-" or zone_id.isdecimal())
        and re.match(r"[A-Za-z0-9][-_.A-Za-z0-9]{0,63}\Z", name)
        and re.match(r"[a-z][a-z_]*\Z", state)
        and (path in ("", "-") or path.startswith("/"))
        and re.match(r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?\Z", uuid)
        and re.match(r"[a-z][-a-z0-9]*\Z", brand)
        and ip in _IP
    )
    if not known:
        raise ParseError(f"zoneadm list: not a zone's line: {line!r}")
    return ZoneStatus(
        name=name,
        state=state,
        path="" if path == "-" else path,  # a kernel zone has none
        zone_id=None if zone_id == "-" else int(zone_id),
        uuid=uuid,
        brand=brand,
        ip_type=_IP[ip],
    )


def parse_list(text: str) -> tuple[ZoneStatus, ...]:
    """``zoneadm list -p``: id:name:state:path:uuid:brand[:ip-type[:...]].

    Seven fields on Solaris 10 8/07 and later, ten and more on Solaris 11 (read/write state, file-mac-profile ...): taken by
    position, later ones ignored. A line without ip-type is of a release that had only shared ones.
    Of the Solaris 11 fields, r/w and file-mac-profile are kept where they are what zoneadm(1M) calls them: R, W or -, and a word.
    """
    zones = []
    for line in text.splitlines():
        if not line.strip():
            continue
        fields = _fields(line)
        if len(fields) < 6:
            raise ParseError(f"zoneadm list -p: fewer than 6 fields: {line!r}")
        zone_id, name, state, path, uuid, brand = fields[:6]
        zone = _status(zone_id, name, state, path, uuid, brand, fields[6] if len(fields) > 6 else "shared", line)
        if len(fields) > 8 and fields[7] in ("R", "W", "-"):
            zone = replace(zone, writable=fields[7], file_mac_profile=fields[8])
        zones.append(zone)
    return tuple(zones)


def parse_list_verbose(text: str) -> tuple[ZoneStatus, ...]:
    """``zoneadm list -v``: ID NAME STATUS PATH, and BRAND IP from Solaris 10 8/07 on. Widths differ per release, columns hold no blanks.

    The zones of a list without BRAND and IP are native and shared: nothing else existed then.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    header = lines[0].split() if lines else []
    if header not in (["ID", "NAME", "STATUS", "PATH"], ["ID", "NAME", "STATUS", "PATH", "BRAND", "IP"]):
        raise ParseError(f"zoneadm list -v: unknown header {' '.join(header)!r}")
    zones = []
    for line in lines[1:]:
        fields = line.split()
        if len(fields) != len(header):
            raise ParseError(f"zoneadm list -v: {len(fields)} fields under {len(header)} headings: {line!r}")
        zone_id, name, state, path = fields[:4]
        brand, ip = fields[4:] if len(fields) > 4 else ("native", "shared")
        zones.append(_status(zone_id, name, state, path, "", brand, ip, line))
    return tuple(zones)


@dataclass(frozen=True, slots=True)
class Message:
    """One line that zoneadm or zoneadmd printed about a zone."""

    zone: str
    level: Literal["error", "warning", "info"]
    text: str


def parse_messages(text: str) -> tuple[Message, ...]:
    """``zone 'Z': ...``, ``zoneadm: zone 'Z': ...`` and ``zoneadm: Z: ...`` lines; others do not speak of a zone and are left out.

    A line without a level is ``error`` when it tells of a failure (``... failed``), else ``info``.
    """
    messages = []
    for line in text.splitlines():
        start = line.find("zone '")
        found = _MESSAGE.match(line[start:]) if start >= 0 else _MESSAGE.match(line) if line.startswith("zoneadm: ") else None
        if not found:
            continue
        level = (found["level"] or "").lower()
        if level == "error" or (not level and re.search(r"\bfailed\b|No such zone|terminated by signal", found["text"])):
            messages.append(Message(found["zone"], "error", found["text"]))
        else:
            messages.append(Message(found["zone"], "warning" if level else "info", found["text"]))
    return tuple(messages)
