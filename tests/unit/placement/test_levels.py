# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes whose software does not fit are no targets: what a migration would refuse is not planned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.evacuation import plan
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.levels import misfit

from .test_evacuation import ALONE, estate, host, lives


def s11(version: str, family: Any = "s11.4", architecture: Any = "sparc") -> Release:
    return Release(family, f"Oracle Solaris {version} SPARC", architecture, version=version)


def s10(version: str) -> Release:
    return Release("s10", "Oracle Solaris 10 1/13 SPARC", "sparc", 11, version)


@pytest.mark.parametrize(
    ("brand", "source", "target", "plain", "upgraded"),
    [
        ("solaris", s11("11.4.66.164.1"), s11("11.4.66.164.1"), "", ""),
        ("solaris", s11("11.4.9.5.3"), s11("11.4.66.164.1"), "later", ""),
        ("solaris", s11("11.4.66.164.1"), s11("11.4.9.5.3"), "earlier", "earlier"),
        ("solaris", s11("11.3", "s11.3"), s11("11.4.9.5.3"), "later", ""),
        ("solaris", s11("11.4.9.5.3"), s11("11.3", "s11.3"), "earlier", "earlier"),
        ("solaris", s11("11.4.9.5.3"), s11("11.4.9.5.3", architecture="i386"), "its software is for sparc", "its software is for sparc"),
        ("solaris", s11("custom"), s11("11.4.9.5.3"), "", ""),
        ("native", s10("Generic_150400-64"), s10("Generic_150400-65"), "later", ""),
        ("native", s10("Generic_150400-65"), s10("Generic_147147-26"), "earlier", "earlier"),
        ("solaris10", s11("11.4.66.164.1"), s11("11.4.9.5.3"), "", ""),
        ("solaris8", s10("Generic_150400-65"), s10("Generic_147147-26"), "", ""),
    ],
)
def test_what_fits(brand: Any, source: Release, target: Release, plain: str, upgraded: str) -> None:
    for upgrade, expected in ((False, plain), (True, upgraded)):
        found = misfit(brand, source, target, upgrade=upgrade)
        assert (found is None) == (not expected), found
        assert expected in (found or "")


def test_an_evacuation_passes_over_what_a_migration_would_refuse() -> None:
    def at(name: str, version: str) -> Any:
        found = host(name)
        return replace(found, facts=replace(found.facts, release=s11(version)))

    hosts = [at("n1", "11.4.60"), at("n2", "11.4.50"), at("n3", "11.4.66")]
    mine = estate(hosts, replace(lives("web1", "n1"), software=s11("11.4.60")), lives("new", "n1"))
    made = plan(mine, "n1", ALONE, "needed", 2)
    assert "n2 runs Solaris 11.4.50, earlier than the Solaris 11.4.60 that it lives on" in made.stays["web1"]
    assert "n3 runs Solaris 11.4.66, later than" in made.stays["web1"] and "takes an upgrade" in made.stays["web1"]
    assert made.answers["new"].node is not None, "what is not installed yet has no level"
    upgraded = plan(replace(mine, upgrade=True), "n1", ALONE, "needed", 2)
    assert upgraded.answers["web1"].node == "n3"
    assert "earlier" in upgraded.answers["web1"].rejected["n2"]
