# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory declares of the heartbeat reaches the model as it is meant, out of a vault too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import heartbeat, judgements


class Sealed:
    """As ansible-core 2.18 has it: no str, opened by str()."""

    __ENCRYPTED__ = True

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


def acting(hostvars: dict[str, Any], **variables: Any) -> Any:
    templar = SimpleNamespace(template=lambda value: value)
    return SimpleNamespace(vars={"hostvars": hostvars}, templated=variables.get, _templar=templar)


def test_keys_and_passwords_come_out_of_a_vault() -> None:
    node = {
        "id": 1,
        "paths": {"management": "192.0.2.11"},
        "self_fence": {"by": "none"},
        "fence": [{"agent": "fence_x", "secrets": {"password": Sealed("sesame")}}],
    }
    hosts = {"t8a": {"heliostat_heartbeat": node}}
    estate = heartbeat.estate_of(acting(hosts, heliostat_heartbeat_keys=[{"id": 1, "key": Sealed("5c" * 32)}]))
    assert [key.secret for key in estate.keys] == ["5c" * 32]
    assert estate.nodes["t8a"].levels[0].secrets == {"password": "sesame"}


def test_who_powers_off_is_what_the_node_declares_over_the_defaults() -> None:
    off = {"self_fence": {"by": "stop", "how": "power_off"}}
    hosts: dict[str, Any] = {
        "t8a": {"heliostat_heartbeat_defaults": off, "heliostat_heartbeat": {"id": 1}},
        "t8b": {"heliostat_heartbeat_defaults": off, "heliostat_heartbeat": {"id": 2, "self_fence": {"by": "stop"}}},
        "t5a": {"heliostat_heartbeat_defaults": off},
    }
    assert [judgements.powers_off(acting(hosts), node) for node in ("t8a", "t8b", "t5a", "nobody")] == [True, False, False, False]
