# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The estate that newcomers copy declares what can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration

EXAMPLE = Path(__file__).resolve().parents[3] / "inventories" / "example"


def _read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text()))


def test_every_vserver_of_the_example_is_one() -> None:
    common = _read(EXAMPLE / "group_vars" / "all.yml")
    networks = declaration.networks(common["heliostat_networks"])
    luns = declaration.luns(common["heliostat_luns"])
    hosts = _read(EXAMPLE / "hosts.yml")["all"]["children"]["vservers"]["hosts"]
    files = {path.stem: _read(path)["heliostat_vserver"] for path in (EXAMPLE / "host_vars").glob("*.yml")}
    assert set(files) == set(hosts)
    found = {name: declaration.vserver(name, declared, networks, luns) for name, declared in files.items()}
    assert {one.brand for one in found.values()} == {"solaris", "solaris8"}
    used = [guid for one in found.values() for dataset in one.datasets for guid in dataset.luns]
    assert sorted(used) == sorted(luns.values())
