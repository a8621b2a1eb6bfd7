# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's way to the machines of a lab in this process."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection import ConnectionBase

from tests.histories import estate

DOCUMENTATION = """
name: laboratory
short_description: A machine of the lab in this process
description: Hands the script to tests/histories/estate.py.
author: the heliostat.vdc contributors
options: {}
"""


class Connection(ConnectionBase):  # type: ignore[misc]
    transport = "laboratory"
    has_pipelining = True

    def _connect(self) -> Connection:
        return self

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        try:
            code, out, err = estate.PRESENT[0].carry(str(self._play_context.remote_addr), cmd, (in_data or b"").decode())
        except estate.NoAnswer as error:
            raise AnsibleConnectionFailure(str(error)) from None
        return code, out.encode(), err.encode()

    def put_file(self, in_path: str, out_path: str) -> Any:
        raise AssertionError("nothing of ours copies files to a node")

    def fetch_file(self, in_path: str, out_path: str) -> Any:
        raise AssertionError("nothing of ours copies files from a node")

    def close(self) -> None:
        self._connected = False
