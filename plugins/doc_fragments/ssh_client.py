# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of ansible.builtin.ssh as the installed ansible-core has them: a copy would lack what a newer one asks for."""

from __future__ import annotations

from typing import Any, ClassVar

import yaml
from ansible.plugins.connection import ssh

#: What says where to connect to and as whom, and what only moves files or makes terminals.
OTHERS = (
    "host", "remote_user", "use_tty",
    "ssh_transfer_method", "sftp_batch_mode", "sftp_executable", "sftp_extra_args", "scp_executable", "scp_extra_args",
)  # fmt: skip


def without_versions(value: Any) -> Any:
    """``version_added`` counts ansible-core's versions, which in this collection would be taken for its own."""
    if isinstance(value, dict):
        return {key: without_versions(inner) for key, inner in value.items() if key != "version_added"}
    return [without_versions(inner) for inner in value] if isinstance(value, list) else value


def options() -> dict[str, Any]:
    """Option -> definition."""
    known: dict[str, Any] = without_versions(yaml.safe_load(ssh.DOCUMENTATION)["options"])
    user = {key: value for key, value in known["remote_user"].items() if key != "keyword"}
    kept = {name: definition for name, definition in known.items() if name not in OTHERS}
    return kept | {"node_user": user | {"description": ["User who logs in to the node."]}}


class ModuleDocFragment:
    # With its type: what has none must be a text for ansible-test.
    DOCUMENTATION: ClassVar[str] = yaml.safe_dump({"options": options()})
