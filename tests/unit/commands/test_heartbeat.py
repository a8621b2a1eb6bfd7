# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a monitor's control client prints, and what is not taken for it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import heartbeat
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, ParseError

NODE: dict[str, Any] = {
    "node": 17, "name": "t8a", "state": "fenced", "verdict": "off", "verdict_ms_ago": 30500, "boot": "5c0f3a9d11e27b64", "incident": 4,
    "maintenance": False, "disputed": False, "heard_ms_ago": 33000, "suspect_after_ms": 1000,
}  # fmt: skip
ITSELF = {"ok": True, "said": "", "monitor": 1, "armed": True, "acting": False, "nodes": 1}


def printed(*objects: dict[str, Any], rc: int = 0, stderr: str = "") -> Output:
    return Output(rc, "".join(json.dumps(one) + "\n" for one in objects), stderr)


def test_what_is_said_of_a_node() -> None:
    found = heartbeat.parse(printed(NODE, ITSELF))
    judged = found.nodes["t8a"]
    assert (judged.state, judged.verdict, judged.age, judged.incident, judged.heard) == ("fenced", "off", 30.5, 4, False)
    assert found.shown == {"monitor": 1, "armed": True, "acting": False, "nodes": 1}


@pytest.mark.parametrize(
    ("ago", "heard"),
    [({"heard_ms_ago": 1000}, True), ({"heard_ms_ago": 1001}, False), ({"heard_ms_ago": None, "suspect_after_ms": None}, False)],
)
def test_heard_is_what_is_not_suspect_yet(ago: dict[str, Any], heard: bool) -> None:
    assert heartbeat.parse(printed(NODE | ago, ITSELF)).nodes["t8a"].heard is heard


def test_one_that_was_never_heard_has_neither_boot_nor_loss() -> None:
    bare = {"node": 18, "name": "t8b", "state": "unheard", "verdict": None, "disputed": False, "heard_ms_ago": None}
    judged = heartbeat.parse(printed(bare, ITSELF)).nodes["t8b"]
    assert (judged.boot, judged.incident, judged.age, judged.verdict) == ("", 0, None, "")


@pytest.mark.parametrize(
    "wrong",
    [{"state": "dead"}, {"verdict": "guess"}, {"disputed": "no"}, {"name": 17}, {"incident": "4"}, {"heard_ms_ago": "now"}, {"boot": None},
     {"verdict_ms_ago": 1.5}, {"suspect_after_ms": None}],
)  # fmt: skip
def test_anything_else_is_no_judgement(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParseError):
        heartbeat.parse(printed(NODE | wrong, ITSELF))


@pytest.mark.parametrize(
    ("output", "why"),
    [
        (printed({"ok": False, "said": "no such node: t8x"}, rc=1), "no such node: t8x"),
        (printed(rc=3, stderr="heliostat-heartbeat: /var/run/heliostat/control: Connection refused\n"), "Connection refused"),
        (printed(rc=127), "ended with exit code 127 and said nothing"),
        (printed(), "said nothing"),
        (printed(NODE), "said nothing"),  # cut off: the monitor's own line is the last
    ],
)
def test_who_says_nothing_is_no_judge(output: Output, why: str) -> None:
    with pytest.raises(CommandFailed, match=why):
        heartbeat.parse(output)


@pytest.mark.parametrize("line", ["[]", "null", "{", "all is well"])
def test_rubbish_is_named(line: str) -> None:
    with pytest.raises(ParseError, match="no JSON object"):
        heartbeat.parse(Output(0, f"{line}\n"))
