# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the owner of a lock is dead for certain."""

from __future__ import annotations

import os
import subprocess
import time

from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.process import is_dead, started


def test_a_running_process_is_not_dead_and_one_that_ended_is() -> None:
    process = subprocess.Popen(["sleep", "60"])
    began = started(process.pid)
    assert not is_dead(process.pid, began)
    assert is_dead(process.pid, "1")  # another process had the number
    process.kill()
    process.wait()
    assert is_dead(process.pid, began)


def test_a_process_that_ended_and_was_not_reaped_is_dead() -> None:
    process = subprocess.Popen(["true"])
    deadline = time.monotonic() + 10
    while not is_dead(process.pid, "") and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, 0)  # its number is still taken
    assert is_dead(process.pid, "")
    process.wait()
