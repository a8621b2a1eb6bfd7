# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage URIs: forms of suri(7) as the zones guides print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import storage_uri

DIGITS = "0123456789ABCDEF"


@given(st.text(DIGITS, min_size=16, max_size=16) | st.text(DIGITS, min_size=32, max_size=32))
def test_a_lun_is_read_as_it_was_written(guid: str) -> None:
    assert storage_uri.lun(storage_uri.of_lun(guid)) == guid


@pytest.mark.parametrize(
    ("uri", "guid"),
    [
        ("lu:luname.naa.5000c5000288fa25", "5000C5000288FA25"),
        ("lu:initiator.naa.2100001d38089fb0,target.naa.2100001d38089fb0,luname.naa.5000c5000288fa25", "5000C5000288FA25"),
        ("lu:luname.eui.0021280001cf80f6", ""),
        ("dev:dsk/c7t0d0s0", ""),
        ("iscsi://hosta/luname.naa.600144f03d70c80000004ea57da10001", ""),
        ("lu:luname.naa.5000c5000288fa2", ""),
        ("lu:luname.naa.5000c5000288fa25\n", ""),
    ],
)
def test_forms(uri: str, guid: str) -> None:
    assert storage_uri.lun(uri) == guid
