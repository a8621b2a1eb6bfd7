# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMF and boot environments: exact command lines, states, explanations, properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import beadm, smf
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.smf import ServiceState
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition, ParseError

MILESTONE = "svc:/milestone/multi-user-server:default"


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        (smf.states([MILESTONE]), ("svcs", "-H", "-o", "state,nstate,fmri", MILESTONE)),
        (smf.states(["ssh"], zone="web1"), ("svcs", "-z", "web1", "-H", "-o", "state,nstate,fmri", "ssh")),
        (smf.problems("web1"), ("svcs", "-z", "web1", "-x")),
        (smf.enable("ssh"), ("svcadm", "enable", "ssh")),
        (smf.disable("ssh", zone="web1", temporary=True), ("svcadm", "-z", "web1", "disable", "-t", "ssh")),
        (beadm.list_environments(), ("beadm", "list", "-H")),
    ],
)
def test_command_lines(command: Command, argv: tuple[str, ...]) -> None:
    assert command.argv == argv


@pytest.mark.parametrize("fmri", ["-s", "a b", "$(id)", "ssh;reboot", "ssh\n", "", "*"])
def test_fmris_are_refused(fmri: str) -> None:
    with pytest.raises(InvalidDefinition):
        smf.states([fmri])


@pytest.mark.parametrize(
    ("line", "state", "following"),
    [
        ("online         -              svc:/a:b", "online", None),
        ("online         disabled       svc:/a:b", "online", "disabled"),
        ("offline*       online         svc:/a:b", "offline", "online"),
        ("offline*       -              svc:/a:b", "offline", "?"),
        ("uninitialized  ?              svc:/a:b", "uninitialized", "?"),
        ("legacy_run     -              lrc:/etc/rc2_d/S10lu", "legacy_run", None),
    ],
)
def test_states(line: str, state: str, following: str | None) -> None:
    assert smf.parse_states(line) == (ServiceState(line.split()[-1], state, following),)


@pytest.mark.parametrize(
    "line", ["online", "up - svc:/a:b", "online soon svc:/a:b", "online - a b", "svcs: Pattern 'x' doesn't match any instances"]
)
def test_states_refuse(line: str) -> None:
    with pytest.raises(ParseError):
        smf.parse_states(line)


def test_list() -> None:
    found = smf.parse_list("STATE          STIME    FMRI\nonline*         0:54:55 svc:/a:b\ndisabled       Nov_20   svc:/c:d\n")
    assert found == (ServiceState("svc:/a:b", "online", "?", "0:54:55"), ServiceState("svc:/c:d", "disabled", None, "Nov_20"))
    with pytest.raises(ParseError):
        smf.parse_list("online 0:54:55 a b")


def test_problems() -> None:
    text = (
        "svc:/a:b (an (inner) name)\n State: maintenance since March  6, 2014 12:29:13 AM BRT\n"
        "Reason: Start method failed.\n"
        "   See: http://support.oracle.com/msg/SMF-8000-KS\n   See: /var/svc/log/a:b.log\nImpact: 2 dependent services are not running:\n"
        "        svc:/c:d\n        svc:/e:f\n\n"
        "svc:/g:h (two)\n State: offline since Mon Jan  1 00:00:00 2024\nReason: Dependency.\nImpact: None.\n"
    )
    first, second = smf.parse_problems(text)
    assert (first.name, first.state, first.message, first.log) == ("an (inner) name", "maintenance", "SMF-8000-KS", "/var/svc/log/a:b.log")
    assert second.fmri == "svc:/g:h"
    assert smf.parse_problems("") == ()
    with pytest.raises(ParseError):
        smf.parse_problems("svcs: could not connect to the repository\n")


def test_details() -> None:
    text = (
        "fmri         svc:/a:b\nname         n\nenabled      false (temporary)\nstate        online\nnext_state   none\ncontract_id  \n"
        "dependency   require_all/none svc:/x (online) svc:/y:z (disabled)\ndependency   optional_all/error file://localhost/etc/f (-)\n"
    )
    (found,) = smf.parse_details(text)
    assert (found.enabled, found.temporary, found.contract, found.state.next_state) == (False, True, None, None)
    assert [one.states for one in found.dependencies] == [{"svc:/x": "online", "svc:/y:z": "disabled"}, {"file://localhost/etc/f": "-"}]
    with pytest.raises(ParseError):
        smf.parse_details(text.replace("(online)", "online"))


@given(st.lists(st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), min_size=1).filter(lambda text: text != '""')))
def test_escaped_values(values: list[str]) -> None:
    line = " ".join("".join(f"\\{letter}" if letter in " \\" else letter for letter in value) for value in values)
    assert smf.parse_values(line) == tuple(values)


def test_properties() -> None:
    first, second = smf.parse_properties("config/options astring retrans:3\\ retry:1\nconfig/value_authorization\n")
    assert (first.values, second.type, second.values) == (("retrans:3 retry:1",), "", ())
    for text in ("config/x banana 1\n", "config astring\n", "svcprop: Pattern 'x' doesn't match any entities\n"):
        with pytest.raises(ParseError):
            smf.parse_properties(text)


def test_listprop() -> None:
    found = smf.parse_listprop('config  application\nconfig/a  astring  "x y" "z"\nconfig/loopback  astring\n')
    assert [one.values for one in found] == [(), ("x y", "z"), ()]


def test_failed_is_not_absent() -> None:
    assert smf.is_absent(Output(1, stderr="svcs: Pattern 'x' doesn't match any instances\n"))
    assert not smf.is_absent(Output(1, stderr="svcs: could not bind to repository server\n"))


def test_boot_environments() -> None:
    uuid = "2e783d6f-d79f-4499-a232-3fd4b9c3f2b8"
    first, second = beadm.parse_list(f"be1;{uuid};NR;/;26086764032;static;1481572424\nbe2;;;;0;static;1;new\n")
    assert (first.active, first.on_reboot, first.space, second.active) == (True, True, 26086764032, False)
    for line in ("be1;x;NR;/;1;static;1", f"be1;{uuid};NR;/;1G;static;1", f"be1;{uuid};NR;/;1;static"):
        with pytest.raises(ParseError):
            beadm.parse_list(line)
    with pytest.raises(ParseError):
        beadm.parse_table("BE/Dataset/Snapshot Active Mountpoint Space Policy Created\n--\n")
