# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A declaration's change that no command can bring into an installed zone is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.settled import warnings
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vserver import Wanted
from tests.unit.lifecycle.estate import vserver

S10: dict[str, Any] = {"brand": "native", "networks": [{"network": "public", "address": "10.41.0.62", "link": "igb3"}]}
MOVED: dict[str, Any] = {"brand": "native", "networks": [{"network": "public", "address": "10.41.0.99", "link": "igb3"}]}


def told(have: dict[str, Any], want: dict[str, Any], stored: str = "activated", state: Any = "running") -> list[str]:
    return warnings(Wanted(vserver(**want), state), SimpleNamespace(declared=vserver(**have), state=stored))


def test_the_address_of_an_exclusive_solaris_10_zone_is_kept_inside() -> None:
    assert "addresses: 10.41.0.62/24 → 10.41.0.99/24" in told(S10, MOVED)[0]
    assert told(S10, S10) == []


def test_identity_is_told_once() -> None:
    text = told({}, {"timezone": "Europe/Zurich", "nameservers": ["10.40.0.2"], "domain": "example.com"})[0]
    assert "timezone: UTC → Europe/Zurich; nameservers: none → 10.40.0.2; domain: none → example.com" in text


def test_what_is_not_installed_or_goes_away_needs_no_warning() -> None:
    assert told({}, {"timezone": "Europe/Zurich"}, stored="defined") == []
    assert told({}, {"timezone": "Europe/Zurich"}, state="absent") == []
    assert warnings(Wanted(vserver(), "running"), None) == []


def test_what_zonecfg_changes_is_not_ours_to_warn_of() -> None:
    assert told({}, {"resources": {"memory": "8G"}}) == []
