# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations that differ in one address only are different declarations."""

from __future__ import annotations

from netaddr import IPNetwork

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Attachment


def test_addresses_of_one_subnet_are_not_the_same() -> None:
    one, other = (Attachment("public", IPNetwork(f"10.41.0.{host}/24")) for host in (51, 52))
    assert IPNetwork("10.41.0.51/24") == IPNetwork("10.41.0.52/24")  # why Attachment compares by itself
    assert one != other
    assert len({one, other, Attachment("public", IPNetwork("10.41.0.51/24"))}) == 2
