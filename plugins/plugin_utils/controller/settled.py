# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a zone is told once, before its first boot, and keeps inside: a later change of the declaration does not reach it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..lifecycle.vserver import Wanted
from ..model.brands import WITH_SYSIDCFG
from ..model.vserver import VServer

if TYPE_CHECKING:
    from ..repository.records import VServerRecord

_ONCE = ("timezone", "nameservers", "domain", "archive", "archive_zone", "manifest", "preserve")


def warnings(wanted: Wanted, known: VServerRecord | None) -> list[str]:
    """One warning for what differs from the repository's record ``known`` of a vServer that was installed already."""
    if known is None or known.state == "defined" or wanted.state == "absent":
        return []
    have, want = known.declared, wanted.vserver
    pairs = [(name, getattr(have, name), getattr(want, name)) for name in _ONCE]
    found = [f"{name}: {_said(old)} → {_said(new)}" for name, old, new in pairs if old != new]
    if want.brand in WITH_SYSIDCFG and want.ip_type == "exclusive" and have.networks != want.networks:
        found.append(f"addresses: {_legs(have)} → {_legs(want)}")
    if not found:
        return []
    reason = "the zone was told this before its first boot and keeps it inside; change it there by hand, nothing else does"
    return [f"vServer {want.name}: {reason}: {'; '.join(found)}"]


def _legs(vserver: VServer) -> str:
    return _said([str(attachment.address) for attachment in vserver.networks])


def _said(value: bool | str | Sequence[str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value or "none") if isinstance(value, str) else ", ".join(value) or "none"
