# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several operations' results as one."""

from __future__ import annotations

from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.joined import Joined


def part(**more: Any) -> dict[str, Any]:
    return {"changed": False, "plan": [], "before": {}, "after": {}, "warnings": [], "journal": {}} | more


def test_first_before_and_last_after() -> None:
    joined = Joined()
    joined.add(part(changed=True, plan=[{"what": "halt"}], before={"web1": "running"}, after={"web1": "installed"}, journal={"web1": 1}))
    joined.add(part(plan=[{"what": "boot"}], before={"web1": "installed", "db1": "x"}, after={"web1": "running"}, journal={"web1": 2}))
    assert joined.result() == {
        "changed": True,
        "plan": [{"what": "halt"}, {"what": "boot"}],
        "before": {"web1": "running", "db1": "x"},
        "after": {"web1": "running"},
        "warnings": [],
        "journal": {"web1": 2},
    }


def test_failures_and_warnings() -> None:
    joined = Joined()
    assert joined.add(part(warnings=["a", "b"], failures={"web1": "no"})) == {"web1": "no"}
    joined.add(part(warnings=["b", "c"]))
    found = joined.result()
    assert (found["warnings"], found["failed"], found["failures"], found["msg"]) == (["a", "b", "c"], True, {"web1": "no"}, "no")
    joined.failures.pop("web1")
    assert "failed" not in joined.result(), "what was mended later is no failure"
