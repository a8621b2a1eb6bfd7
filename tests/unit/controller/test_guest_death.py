# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a silent guest domain is off: only its machine without power, with no other machine that runs it, proves that."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import guest_death
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import NodeUnreachable
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import Domain, NodeFacts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release

S11 = Release("s11.4", "Oracle Solaris 11.4 SPARC", "sparc")
MISSING = Output(127, "", "ldm: not found\n")


def node(name: str, domain: Domain | None) -> Any:
    return SimpleNamespace(name=name, facts=NodeFacts(name, S11, "SPARC T8-1", 8, 1 << 30, "0", domain=domain))


GUEST = node("gd1", Domain("ldg1", False, "t8a", chassis="AK1"))
T8A = node("t8a", Domain("primary", True, "t8a", chassis="AK1"))
T8B = node("t8b", Domain("primary", True, "t8b", chassis="AK2"))
STRANGER = node("t8a2", Domain("primary", True, "t8a", chassis="AK9"))


def listed(*domains: str) -> list[Output]:
    rows = "".join(f"DOMAIN|name={one.partition(' ')[0]}|state={one.partition(' ')[2]}\n" for one in domains)
    return [Output(0, f"VERSION 1.11\nDOMAIN|name=primary|state=active\n{rows}"), MISSING]


@pytest.mark.parametrize(
    ("nodes", "powers", "t8b", "expected", "said"),
    [
        ([GUEST, T8A], {"t8a": False}, None, False, "it is a guest domain of node t8a: by t8a-sp"),
        ([GUEST, T8A], {"t8a": True}, None, None, "whose machine has power"),
        ([GUEST, T8A], {"t8a": None}, None, None, "of that one by t8a-sp"),
        ([GUEST, T8B], {"t8b": False}, None, None, "calls itself t8a, and that is no registered node"),
        ([GUEST, STRANGER], {"t8a2": False}, None, None, "no registered node on the same chassis"),
        ([GUEST, T8A, T8B], {"t8a": False}, listed(), False, "by t8a-sp"),
        ([GUEST, T8A, T8B], {"t8a": False}, listed("ldg1 bound"), False, "by t8a-sp"),
        ([GUEST, T8A, T8B], {"t8a": False}, [MISSING, MISSING], False, "by t8a-sp"),
        ([GUEST, T8A, T8B], {"t8a": False}, listed("ldg1 active"), None, "but control domain t8b has a domain ldg1, which is active"),
        ([GUEST, T8A, T8B], {"t8a": False}, listed("ldg1 suspended"), None, "which is suspended"),
        ([GUEST, T8A, T8B], {"t8a": False}, [Output(1, "", "Authorization failed\n"), MISSING], None, "t8b carries it now is not known"),
        ([GUEST, T8A, T8B], {"t8a": False, "t8b": None}, None, None, "t8b carries it now is not known: it does not answer"),
        ([GUEST, T8A, T8B], {"t8a": False, "t8b": True}, None, None, "it does not answer"),
        ([GUEST, T8A, T8B], {"t8a": False, "t8b": False}, None, False, "by t8a-sp"),
    ],
)
def test_a_guest_is_dead_with_its_machine_only(
    monkeypatch: pytest.MonkeyPatch, nodes: list[Any], powers: dict[str, bool | None], t8b: Any, expected: bool | None, said: str
) -> None:
    class Shell:
        def run(self, _commands: object) -> list[Output]:
            if t8b is None:
                raise NodeUnreachable("silent")
            return list(t8b)

    monkeypatch.setattr(guest_death, "impatient", lambda _action, _node: Shell())
    repository: Any = SimpleNamespace(nodes=lambda: nodes)
    action: Any = None
    found = guest_death.power(action, GUEST, GUEST.facts.domain, repository, lambda name: (powers[name], f"by {name}-sp"))
    assert found[0] is expected
    assert said in found[1]
