# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies at a path."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import files
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output

OWN = "total 6\ndrwx------   3 root     root         512 Nov 20 10:00 .\ndrwxr-xr-x   5 root     root         512 Nov 20 09:58 ..\n"


@pytest.mark.parametrize(
    ("more", "empty"),
    [
        ("", True),
        ("drwx------   2 root     root        8192 Nov 20 10:00 lost+found\n", True),
        ("drwxr-xr-x  20 root     root         512 Nov 20 10:01 root\n", False),
    ],
)
def test_a_file_system_that_was_just_made_is_empty(more: str, empty: bool) -> None:
    """Otherwise a deployment that was cut off before the installation goes on by attaching a zone that is not there."""
    assert files.parse_listing(Output(0, OWN + more, ""), "/zones/pay1") == ("drwx------", empty)
