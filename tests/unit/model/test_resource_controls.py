# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared resources: what is read of them, and every combination that zonecfg would refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.resource_controls import resources
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Resources

NONE = Resources()


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ({}, NONE),
        ({"memory": "4G", "swap": "6G", "locked": "1G"}, replace(NONE, memory=4 << 30, swap=6 << 30, locked=1 << 30)),
        ({"cpu_cap": 0.01, "cpu_shares": "20"}, replace(NONE, cpu_cap=0.01, cpu_shares=20)),
        ({"base_units": 50, "scheduling_class": "FSS"}, replace(NONE, base_units=50, scheduling_class="FSS")),
        ({"dedicated_cpus": 2}, replace(NONE, dedicated_cpus=(2, 2))),
        ({"dedicated_cpus": "2-4", "importance": 10}, replace(NONE, dedicated_cpus=(2, 4), importance=10)),
        ({"pool": "web_pool", "cpu_cap": 1, "cpu_shares": 5}, replace(NONE, pool="web_pool", cpu_cap=1.0, cpu_shares=5)),
        ({"max_lwps": 100, "max_processes": 100}, replace(NONE, max_lwps=100, max_processes=100)),
        ({"max_shm_memory": "1G", "max_shm_ids": 1}, replace(NONE, max_shm_memory=1 << 30, max_shm_ids=1)),
        ({"max_sem_ids": 16777216, "max_msg_ids": 7}, replace(NONE, max_sem_ids=1 << 24, max_msg_ids=7)),
        ({"scheduling_class": "TS", "cpu_cap": 2}, replace(NONE, scheduling_class="TS", cpu_cap=2.0)),
    ],
)
def test_what_is_read(declared: dict[str, Any], found: Resources) -> None:
    assert resources(declared, "vServer web1") == found


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"swap": "49M"}, "swap '49M' is below 52428800 bytes"),
        ({"memory": "1G", "locked": "2G"}, "locked 2147483648 is more than memory, 1073741824"),
        ({"dedicated_cpus": "2", "cpu_cap": 1}, "dedicated_cpus and cpu_cap exclude each other"),
        ({"dedicated_cpus": "2", "pool": "p1"}, "dedicated_cpus and pool exclude each other"),
        ({"dedicated_cpus": "2", "cpu_shares": 5}, "dedicated_cpus and cpu_shares exclude each other"),
        ({"dedicated_cpus": "2", "base_units": 5}, "dedicated_cpus and base_units exclude each other"),
        ({"base_units": 5, "cpu_shares": 5}, "base_units and cpu_shares exclude each other"),
        ({"cpu_shares": 5, "scheduling_class": "TS"}, "cpu_shares needs scheduling_class FSS, not TS"),
        ({"base_units": 5, "scheduling_class": "FX"}, "base_units needs scheduling_class FSS, not FX"),
        ({"scheduling_class": "NOPE"}, "scheduling_class 'NOPE' is none of FSS, TS, IA, FX, RT"),
        ({"importance": 5}, "importance has no meaning without dedicated_cpus"),
        ({"dedicated_cpus": "4-2"}, "dedicated_cpus '4-2' is neither"),
        ({"dedicated_cpus": "0"}, "dedicated_cpus '0' is neither"),
        ({"dedicated_cpus": "2-"}, "dedicated_cpus '2-' is neither"),
        ({"dedicated_cpus": 1.5}, "dedicated_cpus 1.5 is no text"),
        ({"base_units": 0}, "base_units 0 is not a whole number from 1 to 1000000"),
        ({"base_units": 1.5}, "base_units 1.5 is not a whole number"),
        ({"max_lwps": 99}, "max_lwps 99 is not a whole number from 100"),
        ({"max_processes": 99}, "max_processes 99 is not a whole number from 100"),
        ({"max_shm_ids": 16777217}, "max_shm_ids 16777217 is not a whole number from 1 to 16777216"),
        ({"pool": "SUNWtmp_web1"}, "pool 'SUNWtmp_web1' is no name of a resource pool"),
        ({"pool": "a;b"}, "pool 'a;b' is no name of a resource pool"),
        ({"cpus": 2}, "unknown option 'cpus'"),
        ("2", " is wanted, not a text."),
    ],
)
def test_what_cannot_be_is_refused_with_the_option_named(declared: Any, message: str) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        resources(declared, "vServer web1")
    assert str(refusal.value).startswith("vServer web1, resources: ")
    assert message in str(refusal.value)
