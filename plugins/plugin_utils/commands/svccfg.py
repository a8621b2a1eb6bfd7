# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svccfg(1M): manifests of services of ours, checked, imported, and the services deleted again."""

from __future__ import annotations

import re

from ..model.command import Command
from ..model.errors import InvalidDefinition

_SERVICE = re.compile(r"svc:/[A-Za-z][-A-Za-z0-9_./,]*\Z")


def validate(manifest: str) -> Command:
    """Against the DTD and, from Solaris 11 on, the templates."""
    return Command.of("svccfg", "validate", manifest)


def import_manifest(manifest: str) -> Command:
    """Makes or changes the services in it. Properties that an administrator changed are kept."""
    return Command.of("svccfg", "import", manifest)


def delete(service: str) -> Command:
    """The service with all instances. -f takes online ones too; they are disabled before."""
    if not _SERVICE.match(service):
        raise InvalidDefinition(f"service {service!r}: not the FMRI of a service, without instance.")
    return Command.of("svccfg", "delete", "-f", service)
