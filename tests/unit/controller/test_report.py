# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as a module's result."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from netaddr import IPNetwork

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.report import attempt, failed, shaped
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.operation import Report
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, File
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition, Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Plan, Step

COPY = Command.of("cp", File("sysidcfg", "root_password=$5$x"), "/zones/web1/root/etc/sysidcfg", "$5$x", secrets=("$5$x",))
STEPS = (
    Step("web1", "boot zone web1", "zone is installed", Command.of("zoneadm", "-z", "web1", "boot")),
    Step("web1", "write", "new", COPY),
)
REPORT: Report[Any] = Report(
    True, (Plan("web1", STEPS), Plan("db1")), {"web1": "installed"}, {"web1": "running"}, ("careful",), {}, None, {"web1": 7}
)


def test_every_step_of_every_plan_is_shown_without_secrets() -> None:
    assert shaped(REPORT, diff=False) == {
        "changed": True,
        "plan": [
            {"object": "web1", "what": "boot zone web1", "why": "zone is installed", "command": "zoneadm -z web1 boot"},
            {"object": "web1", "what": "write", "why": "new", "command": "cp <sysidcfg> /zones/web1/root/etc/sysidcfg '********'"},
        ],
        "before": {"web1": "installed"},
        "after": {"web1": "running"},
        "warnings": ["careful"],
        "journal": {"web1": 7},
    }


def test_a_diff_is_text_and_only_where_something_differs() -> None:
    found = shaped(REPORT, diff=True)
    assert found["diff"] == {"before": '{\n  "web1": "installed"\n}\n', "after": '{\n  "web1": "running"\n}\n'}
    assert "diff" not in shaped(replace(REPORT, after=REPORT.before), diff=True)
    assert "diff" not in shaped(REPORT, diff=False)


def test_a_diff_can_show_whatever_a_description_holds() -> None:
    odd = replace(REPORT, after={"web1": IPNetwork("10.41.0.0/24")})
    assert json.loads(shaped(odd, diff=True)["diff"]["after"]) == {"web1": "10.41.0.0/24"}


def test_failed_objects_fail_the_task_with_all_their_messages() -> None:
    found = shaped(replace(REPORT, failures={"web1": "web1: no", "db1": "db1: neither"}), diff=False)
    assert (found["failed"], found["msg"], found["journal"]) == (True, "web1: no\ndb1: neither", {"web1": 7})
    assert found["failures"] == {"web1": "web1: no", "db1": "db1: neither"}
    assert found["changed"], "what was done before is told all the same"
    assert "failed" not in shaped(REPORT, diff=False)
    assert failed({"web1": "no"}) == {"failed": True, "failures": {"web1": "no"}, "msg": "no"}


def test_one_vservers_mistake_stops_no_other() -> None:
    def work(name: str) -> str:
        if name == "bad":
            raise InvalidDefinition("vServer bad: brand")
        if name == "worse":
            raise Refused("vServer worse lives elsewhere")
        return name.upper()

    refused: dict[str, str] = {}
    assert [attempt(name, refused, work) for name in ("bad", "good", "worse")] == [None, "GOOD", None]
    assert refused == {"bad": "vServer bad: brand", "worse": "vServer worse lives elsewhere"}


def test_a_mistake_of_ours_is_not_hidden_as_a_refusal() -> None:
    with pytest.raises(ZeroDivisionError):
        attempt("web1", {}, lambda name: str(1 // 0))
