# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage on the lab: what its machines and zones use is what the repository tells; what nobody saw is a gap with its reason."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from .world import Row, World

GIB = 1 << 30
USAGE = {"clock": "node", "window": 1, "longest": 86400}


def used(row: Row, name: str) -> dict[str, Any]:
    (found,) = [one for one in row.result["usage"] if one["name"] == name]
    return dict(found)


@pytest.fixture(scope="module")
def estate(shared: World) -> World:
    """Two vServers, one on Solaris 11 and one on 10; t8a is rated."""
    path = shared.inventory / "host_vars" / "t8a.yml"
    variables = yaml.safe_load(path.read_text())
    variables["heliostat_node"]["base_units"] = 512
    path.write_text(yaml.safe_dump(variables))
    run = shared.play("heliostat.vdc.node_register", "-l", "t8a")
    assert run.rc == 0, run.output
    tasks = [{"heliostat.vdc.vserver": {"name": "{{ {'t8a': 'web1', 't4a': 'ledger1'}[inventory_hostname] }}"}}]
    run = shared.play(shared.book("t8a:t4a", tasks))
    assert run.rc == 0, run.output
    for name, cpu, memory in (("t8a", 6.0, 10), ("web1", 2.5, 4), ("t4a", 1.0, 2), ("ledger1", 16.0, 8), ("t8b", 3.0, 1), ("t5a", 0.0, 1)):
        shared.lab.load(name, cpu, memory * GIB)
    return shared


def test_samples_are_what_is_used(estate: World, tmp_path: Path) -> None:
    mark = estate.mark()
    trips = estate.lab.execs("t8a")
    check = estate.task("localhost", "usage", "--check", **USAGE)
    assert check.changed and check.result["nodes"]["t8a"]["note"] == "first sample"
    with estate.repository() as repository:
        assert repository.rows("usage_samples") == [] and repository.usage.newest("hours") is None
    first, second = estate.many("localhost", [("usage", USAGE), ("usage", USAGE)])
    assert estate.lab.execs("t8a") - trips == 3, "one round trip a sample"
    assert len(estate.since(mark, "zonestat", node="t8a")) == len(estate.since(mark, "prstat", node="t4a")) == 3
    assert (first.status, first.result["missed"], first.result["rolled_up"], first.result["warnings"]) == ("ok", [], 0, [])
    nodes = second.result["nodes"]
    assert {name: round(node["cpu"], 1) for name, node in nodes.items()} == {"t8a": 8.5, "t8b": 3.0, "t5a": 0.0, "t4a": 17.0}
    assert nodes["t8a"]["base_units"] == pytest.approx(8.5 / 256 * 512, rel=0.01)
    assert nodes["t8b"]["base_units"] is None
    assert nodes["t8a"]["vservers"] == {"web1": {"cpu": 2.5, "base_units": 5.0, "memory": 4 * GIB}}
    # Solaris 10 tells a zone's CPU to a per cent of the machine
    assert nodes["t4a"]["vservers"] == {"ledger1": {"cpu": 16.0, "base_units": None, "memory": 8 * GIB}}
    assert nodes["t8a"]["memory"] == pytest.approx(256 * GIB / 32 + 14 * GIB, abs=8192)
    with estate.repository() as repository:
        told = repository.usage.usage_of("vserver", ["web1", "ledger1", "web2"], repository.usage.latest().replace(minute=0))
    assert (told["web1"].state, told["web1"].cpu.mean, told["web1"].base_units.mean) == ("measured", 2.5, 5.0)
    assert (told["ledger1"].base_units, told["ledger1"].memory.p95, told["web2"].state) == (None, 8 * GIB, "missing")


def test_gaps_have_reasons(estate: World) -> None:
    estate.lab.power("t5a", "reset", wait=True)
    estate.lab.fault("t8b", "hang")
    (missing,) = estate.many("localhost", [("usage", USAGE)])
    assert (missing.status, missing.result["missed"]) == ("ok", ["t8b"])
    (warning,) = missing.result["warnings"]
    assert re.match("node t8b does not answer.*: it has a gap from its last sample to its next", warning, re.DOTALL)
    assert missing.result["nodes"]["t5a"]["note"] == "the node was booted"
    estate.lab.clear_faults()
    estate.lab.clock(jump=100_000)
    again, whole, info = estate.many(
        "localhost", [("usage", USAGE), ("usage", {**USAGE, "nodes": ["t8b"]}), ("usage_info", {"level": "samples", "since": "2d"})]
    )
    assert again.result["nodes"]["t8b"]["note"].startswith("the node gave no sample at ")
    assert again.result["nodes"]["t8a"]["note"].startswith("no sample for 10")
    assert whole.result["nodes"]["t8b"]["cpu"] == pytest.approx(3.0, rel=0.05), "joined again"
    gaps = {name: [entry for entry in used(info, name)["entries"] if entry.get("gap")] for name in ("t8a", "t8b", "web1")}
    assert any(entry["reason"].startswith("no sample for 10") for entry in gaps["t8a"])
    assert any(entry["reason"].startswith("no sample for 10") for entry in gaps["web1"])
    assert any(entry["reason"].startswith("the node gave no sample at") for entry in gaps["t8b"])
    figures = [entry["cpu"]["average"] for entry in used(info, "t8a")["entries"] if "cpu" in entry]
    assert [round(one, 1) for one in figures] == [8.5, 8.5], "neither zeros nor spikes"
    assert used(info, "ledger1")["notes"][-1] == "ledger1: no base units: node t4a has no rating"


def test_a_report_is_written_once(estate: World, tmp_path: Path) -> None:
    into = tmp_path / "usage"
    variables = {"heliostat_usage_into": str(into), "heliostat_usage_level": "samples", "heliostat_usage_since": "2d"}
    check = estate.play("heliostat.vdc.usage_report", "--check", variables=variables)
    assert check.of("usage_report").changed and not into.exists()
    run = estate.play("heliostat.vdc.usage_report", variables=variables)
    row = run.of("usage_report")
    assert run.rc == 0, run.output
    assert (
        sorted(path.name for path in into.iterdir())
        == row.result["files"]
        == row.result["written"]
        == check.of("usage_report").result["written"]
    )
    assert {"index.html", "node-t8a.svg", "vserver-web1.svg", "vserver-ledger1.svg"} <= set(row.result["files"])
    picture = (into / "node-t8b.svg").read_text()
    assert "the node gave no sample at" in picture and "http" not in picture.replace("http://www.w3.org/2000/svg", "")
    assert "vServer web1" in run.output
    again = estate.play("heliostat.vdc.usage_report", variables=variables)
    assert (again.rc, again.changed, again.of("usage_report").result["written"]) == (0, [], [])


def test_what_cannot_be_asked(estate: World) -> None:
    unknown, empty, shorter, nobody = estate.many(
        "localhost",
        [
            ("usage_info", {"names": ["web1", "nobody"]}),
            ("usage_info", {"since": "1h", "before": "2h"}),
            ("usage", {**USAGE, "keep": {"samples": 14, "hours": 7}}),
            ("usage", {**USAGE, "nodes": ["web1"]}),
        ],
    )
    assert [row.status for row in (unknown, empty, shorter, nobody)] == ["failed"] * 4
    assert "nobody: the repository knows no node, vServer or guest domain of this name" in unknown.message
    assert "nothing lies between" in empty.message
    assert "keep: hours are made of samples: keep them at least 1 days longer" in shorter.message
    assert "node web1 is not in the repository" in nobody.message
