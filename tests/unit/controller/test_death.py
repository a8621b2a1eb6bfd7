# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Only a service processor that tells whose it is proves a death; what it declares to be off may be another machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import death, judgements
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import NodeUnreachable, Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.judgement import Judged
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Link

from ..repository.samples import facts

MINE = "00:14:4f:fb:9b:04"


class Processor:
    """What an ILOM says to each command; anything else is no target of it."""

    def __init__(self, power: str, **told: str) -> None:
        self.said = {"show /SYS power_state": ("/SYS", "power_state", power)}
        if "host" in told:
            self.said["show /HOST macaddress"] = ("/HOST", "macaddress", told["host"])
        if "system" in told:
            self.said["show /System host_primary_mac_address"] = ("/System", "host_primary_mac_address", told["system"])

    def exec_command(self, command: str, **_options: Any) -> tuple[int, bytes, bytes]:
        if command not in self.said:
            return 1, f"show: Invalid target {command.split()[1]}\n\n".encode(), b""
        target, name, value = self.said[command]
        return 0, f"\n {target}\n    Properties:\n        {name} = {value}\n\n".encode(), b""


def proven(
    monkeypatch: pytest.MonkeyPatch,
    processor: Processor,
    acknowledged: str = "",
    known: bool = True,
    monitor: Judged | None = None,
    events: tuple[str, ...] = (),
) -> str:
    mine = replace(facts(1), links=(Link("net0", "phys", mac=MINE),), hostid="84fb9b99")
    records = [SimpleNamespace(name="t8a", facts=mine, quarantine=False, flag_reason="")] if known else []

    def run(_commands: Any) -> None:
        raise NodeUnreachable("connection timed out")

    def nobody_else(_name: str) -> bool:
        return False

    inventory = SimpleNamespace(service_processor=lambda node: f"{node}-sp", is_node=nobody_else)
    action: Any = SimpleNamespace(inventory=inventory, vars={"hostvars": {}}, operator="op")
    repository: Any = SimpleNamespace(
        nodes=lambda: records,
        node=lambda name: next((record for record in records if record.name == name), None),
        events=lambda _object: [SimpleNamespace(message=message) for message in events],
    )
    monkeypatch.setattr(death, "impatient", lambda _action, _node: SimpleNamespace(run=run))
    monkeypatch.setattr(judgements, "of", lambda _action, _node: {"mgmt1": monitor} if monitor else {})
    monkeypatch.setattr(death, "beside", lambda _action, _host, _ssh: SimpleNamespace(_connection=processor))
    return death.proof(action, "t8a", acknowledged, repository)


@pytest.mark.parametrize(
    "told", [{"host": MINE}, {"host": "00:14:4f:fb:9b:99"}, {"system": MINE.upper()}, {"host": "(none)", "system": MINE}]
)
def test_one_that_tells_the_nodes_address_is_believed(monkeypatch: pytest.MonkeyPatch, told: Mapping[str, str]) -> None:
    assert proven(monkeypatch, Processor("Off", **told)) == "its power is off by service processor t8a-sp"


@pytest.mark.parametrize("told", [{}, {"host": "(none)"}, {"system": "Not Available"}])
def test_one_that_does_not_tell_whose_it_is_needs_a_persons_word(monkeypatch: pytest.MonkeyPatch, told: Mapping[str, str]) -> None:
    with pytest.raises(Refused, match="nothing but the declaration makes it that of node t8a"):
        proven(monkeypatch, Processor("Off", **told))
    assert proven(monkeypatch, Processor("Off", **told), "t8a: seen dark") == "acknowledged by op: seen dark"


def test_a_node_that_nobody_has_seen_is_tied_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="nothing but the declaration"):
        proven(monkeypatch, Processor("Off", host=MINE), known=False)


def test_no_word_counts_against_one_that_says_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="but its power is on by service processor t8a-sp"):
        proven(monkeypatch, Processor("On"), "t8a: seen dark")


def test_anothers_address_is_anothers(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="has MAC address 00:14:4f:00:00:01, node t8a has not"):
        proven(monkeypatch, Processor("Off", system="00:14:4f:00:00:01"))


SILENT = Processor("")
FENCED = Judged("t8a", "fenced", "off", age=30.0, boot="00000000000000ab", incident=4)
LOSS = "(incident 4 of node t8a, boot 00000000000000ab, monitor mgmt1)"


def test_a_monitors_verdict_counts_where_the_processor_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proven(monkeypatch, SILENT, monitor=FENCED) == f"it was off by its service processor when the monitor asked {LOSS}"


def test_no_verdict_counts_against_a_processor_that_says_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="its power is on by service processor t8a-sp; monitor mgmt1 says fenced by off, but the machine has"):
        proven(monkeypatch, Processor("On"), monitor=FENCED)


def test_no_word_counts_against_a_monitor_that_hears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="but mgmt1 hears its heartbeat, so it lives"):
        proven(monkeypatch, SILENT, "t8a: seen dark", monitor=Judged("t8a", "alive", heard=True))


def test_a_word_counts_where_a_monitor_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = Judged("t8a", "unknown", incident=4)
    with pytest.raises(Refused, match=r"monitor mgmt1 says unknown\. Make sure that it is off"):
        proven(monkeypatch, SILENT, monitor=unknown)
    assert proven(monkeypatch, SILENT, "t8a: seen dark", monitor=unknown) == "acknowledged by op: seen dark"


def test_an_earlier_loss_is_no_proof_of_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    before = (f"Node t8a: maintenance off, quarantine on. it was off {LOSS}", "Node t8a: maintenance off, quarantine off.")
    with pytest.raises(Refused, match=r"was recovered from before.* \('heliostat-heartbeat release t8a'\)"):
        proven(monkeypatch, SILENT, monitor=FENCED, events=before)
    assert proven(monkeypatch, SILENT, monitor=replace(FENCED, incident=5), events=before)


def test_earlier_words_are_no_proof_of_this_death(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ("Node t8a: maintenance off, quarantine on. acknowledged by op: seen dark",)
    with pytest.raises(Refused, match="these words acknowledged an earlier death"):
        proven(monkeypatch, SILENT, "t8a: seen dark", events=before)
    assert proven(monkeypatch, SILENT, "t8a: dark again", events=before) == "acknowledged by op: dark again"
