# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system as patch analysis sees it: what it runs, its packages, its patches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .patch import PatchId


class Package(NamedTuple):
    """An installed instance of a package: its ARCH (``sparc``, ``sparc.sun4v``, ``i386``, ``all``) and VERSION."""

    architecture: str
    version: str


@dataclass(frozen=True, slots=True)
class Installed:
    """An installed patch (``showrev -p``). ``packages`` are the instances that it went into."""

    id: PatchId
    obsoletes: tuple[PatchId, ...] = ()
    requires: tuple[PatchId, ...] = ()
    incompatibles: tuple[PatchId, ...] = ()
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class System:
    """The words of ``uname -a``: ``release`` is 5.10, ``kernel`` Generic_147440-19, ``machine`` sun4v, ``architecture`` sparc,
    ``platform`` SUNW,SPARC-Enterprise-T5220. ``packages``: by name without instance suffix. A patch can be there in several revisions.
    ``foreign``: ids of other makers' patches, as they were printed.
    """

    host: str
    release: str
    kernel: str
    machine: str
    architecture: str
    platform: str
    packages: Mapping[str, tuple[Package, ...]]
    patches: tuple[Installed, ...]
    foreign: tuple[str, ...] = ()
