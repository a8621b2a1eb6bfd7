# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection over an ssh and a zlogin that are shells of this machine: commands, files, whose variables count, messages."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.plugins.connection import ssh
from ansible.template import Templar

from ansible_collections.heliostat.vdc.plugins.connection import zlogin
from ansible_collections.heliostat.vdc.plugins.doc_fragments.ssh_client import OTHERS, options
from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import zone_session

from . import zone

Open = Callable[..., Any]
NAME = "heliostat.vdc.zlogin"
# As Ansible's loader does, without its claim to the whole interpreter's imports.
constants.config.initialize_plugin_configuration_definitions(
    "connection", NAME, options() | yaml.safe_load(zlogin.DOCUMENTATION)["options"]
)


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """``opened(host variables, other hosts' variables)``: the connection of host web1."""
    ssh, _ = zone.build(tmp_path, profile="echo welcome; ")
    (tmp_path / "bare").mkdir()
    bare, _ = zone.build(tmp_path / "bare")

    def make(variables: dict[str, Any] | None = None, hosts: dict[str, Any] | None = None, profile: bool = False) -> Any:
        program = {"ansible_ssh_executable": str(ssh if profile else bare), "ansible_ssh_args": ""}
        nodes = {"t8a": {"inventory_hostname": "t8a", "ansible_host": "192.0.2.1", **program}} | (hosts or {})
        given = {
            "inventory_hostname": "web1", "inventory_hostname_short": "web1", "ansible_host": "web1", "heliostat_zlogin_node": "t8a",
            "hostvars": nodes, **program,
        }  # fmt: skip
        given |= variables or {}
        connection = zlogin.Connection(PlayContext())
        connection._load_name = NAME
        found = connection._resolve_option_variables(given, Templar(loader=DataLoader(), variables=given))
        connection.set_options(task_keys={"timeout": 10}, var_options=found)
        return connection

    return make


def calls(tmp_path: Path) -> list[str]:
    return (tmp_path / "bare/log").read_text().splitlines()


def test_a_command_keeps_its_input_both_streams_and_exit_code(opened: Open) -> None:
    connection = opened()
    assert connection.exec_command("cat; echo it\\'s >&2; exit 7", in_data=b"in\0put\n") == (7, b"in\0put\n", b"it's\n")


def test_no_terminal_is_asked_for(opened: Open, tmp_path: Path) -> None:
    opened({"ansible_ssh_use_tty": True}).exec_command("true", sudoable=True)
    assert " -tt " not in calls(tmp_path)[0]
    assert " 192.0.2.1 " in calls(tmp_path)[0]


# --- whose variables count -------------------------------------------------------------------------------------------
def test_the_way_to_the_node_is_the_nodes_own(opened: Open) -> None:
    own = {
        "ansible_host": "10.40.0.51", "ansible_user": "web", "ansible_port": 22, "ansible_password": "of web1",
        "ansible_ssh_private_key_file": "/web",
    }  # fmt: skip
    node = {"inventory_hostname": "t8b", "ansible_user": "operator", "ansible_port": 2222, "heliostat_zlogin_become": "pfexec"}
    connection = opened(own | {"heliostat_zlogin_node": "t8b"}, {"t8b": node})
    names = ("zone", "node", "host", "node_user", "port", "password", "private_key_file", "zlogin_become", "remote_user")
    assert [connection.get_option(name) for name in names] == ["web1", "t8b", "t8b", "operator", 2222, None, None, "pfexec", "root"]


def test_a_vservers_own_password_never_goes_to_the_node(opened: Open) -> None:
    """Ansible hands it over in two more ways than as a variable."""
    connection = opened({"ansible_password": "of web1"})
    connection.set_options(task_keys={"timeout": 10, "password": "of web1"}, var_options={"ansible_host": "192.0.2.1"})
    assert connection.get_option("password") is None


def test_what_the_vserver_says_of_zlogin_comes_first(opened: Open) -> None:
    connection = opened({"heliostat_zlogin_become": "sudo"}, {"t8a": {"ansible_host": "192.0.2.1", "heliostat_zlogin_become": "pfexec"}})
    assert connection.get_option("zlogin_become") == "sudo"


def test_without_a_node_the_own_address_is_the_nodes(opened: Open) -> None:
    connection = opened({"heliostat_zlogin_node": "", "ansible_host": "192.0.2.9", "heliostat_zone": "other", "ansible_user": "me"})
    assert [connection.get_option(name) for name in ("zone", "host", "node_user")] == ["other", "192.0.2.9", "me"]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"heliostat_zlogin_node": None, "ansible_host": None}, "nothing says on which node it is"),
        ({"heliostat_zlogin_node": None}, "nothing says on which node it is"),
        ({"heliostat_zlogin_node": "t9z"}, "node t9z .* is no host of the inventory"),
    ],
)
def test_a_node_that_is_not_known(opened: Open, variables: dict[str, Any], said: str) -> None:
    with pytest.raises(AnsibleConnectionFailure, match=f"vServer web1: .*{said}"):
        opened(variables)


def test_a_delegated_task_goes_to_the_zone_that_it_is_delegated_to(opened: Open) -> None:
    """Ansible then says the delegating host's name."""
    hidden = {"inventory_hostname": "localhost"}
    connection = opened(hidden, {"web1": {}})
    assert connection.get_option("zone") == "web1"
    with pytest.raises(AnsibleError, match="Set heliostat_zone"):
        opened(hidden | {"inventory_hostname_short": "web2"})


def test_the_nodes_user_logs_in_and_the_zones_user_is_who_ansible_knows(opened: Open, tmp_path: Path) -> None:
    """Ansible leaves become out where it finds the wanted user already there."""
    connection = opened({"heliostat_zlogin_user": "app"}, {"t8a": {"ansible_host": "192.0.2.1", "ansible_user": "operator"}})
    connection.set_options(
        task_keys={"timeout": 10, "remote_user": "keyword"},
        var_options={"heliostat_zone": "web1", "ansible_host": "192.0.2.1", "ansible_ssh_executable": str(tmp_path / "bare/ssh")},
    )
    assert connection.get_option("remote_user") == "root"
    connection.exec_command("true")
    assert ' User="keyword" ' in calls(tmp_path)[0]
    assert connection.get_option("remote_user") == "root"


# --- messages --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"heliostat_zone": "gone"}, "vServer gone on node t8a .192.0.2.1.: zlogin: zone 'gone' unknown: it is not configured there"),
        ({"heliostat_zone": "down"}, "vServer down on node t8a .*is 'installed'.*state running"),
        ({"heliostat_zone": "half"}, "vServer half on node t8a .*'incomplete'"),
        ({"heliostat_zone": "poor"}, "heliostat_zlogin_become"),
        ({"heliostat_zlogin_user": "nobody2"}, "vServer web1 on node t8a .*no such user"),
    ],
)
def test_what_zlogin_refuses_is_no_failure_of_the_command(opened: Open, variables: dict[str, Any], said: str) -> None:
    with pytest.raises(AnsibleConnectionFailure, match=said):
        opened(variables).exec_command("true")


@pytest.mark.parametrize("variables", [{"heliostat_zone": "a;b"}, {"heliostat_zone": "global"}, {"heliostat_zlogin_user": "a b"}])
def test_names_are_checked_before_anything_runs(opened: Open, tmp_path: Path, variables: dict[str, Any]) -> None:
    connection = opened(variables)
    for action in (lambda: connection.exec_command("true"), lambda: connection.fetch_file("/x", str(tmp_path / "x"))):
        with pytest.raises(AnsibleError, match=r"heliostat_zlogin_user|zone name"):
            action()
    assert not (tmp_path / "bare/log").exists()


def test_a_node_that_does_not_answer(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "bare/ssh").write_text("#!/bin/sh\necho 'ssh: connect to host 192.0.2.1 port 22: No route to host' >&2\nexit 255\n")
    with pytest.raises(AnsibleConnectionFailure, match=r"vServer web1: its node t8a .192.0.2.1. does not answer.*No route to host"):
        opened().exec_command("true")


# --- files -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["plain", "a b", "it's", "$(touch owned)", "`touch owned`", "a\nb", "-rf", "ünï", 'q"q', "a\\b", "*"])
def test_a_file_goes_there_and_comes_back(opened: Open, tmp_path: Path, name: str) -> None:
    connection, data = opened(profile=True), os.urandom(1000) + b"\0\r\n~.\n"
    (tmp_path / "source").write_bytes(data)
    connection.put_file(str(tmp_path / "source"), name)
    assert (tmp_path / "home" / name).read_bytes() == data
    connection.fetch_file(name, str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == data
    assert os.listdir(tmp_path / "home") == [name]


@pytest.mark.parametrize("size", [0, 1, zone_session.PIECE - 1, zone_session.PIECE, zone_session.PIECE + 1, 2 * zone_session.PIECE + 5])
def test_files_of_every_size(opened: Open, tmp_path: Path, size: int) -> None:
    connection, data = opened(), os.urandom(size)
    (tmp_path / "source").write_bytes(data)
    target = tmp_path / "target"
    target.write_bytes(b"longer" * size + b"longer")  # what was there is gone
    target.chmod(0o640)
    connection.put_file(str(tmp_path / "source"), str(target))
    assert target.read_bytes() == data
    assert target.stat().st_mode & 0o777 == 0o640
    connection.fetch_file(str(target), str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == data


@pytest.mark.parametrize(
    ("path", "said"), [("/nowhere/x", "No such file"), ("/dev/full", "No space left on device"), ("/", "directory|not a regular")]
)
def test_a_file_that_cannot_be_written(opened: Open, tmp_path: Path, path: str, said: str) -> None:
    (tmp_path / "source").write_bytes(bytes(3 * zone_session.BLOCK))
    with pytest.raises(AnsibleError, match=f"(?s)vServer web1 on node t8a .192.0.2.1.: {path} could not be written.*{said}") as caught:
        opened().put_file(str(tmp_path / "source"), path)
    assert not isinstance(caught.value, AnsibleConnectionFailure)
    assert "records" not in str(caught.value)


def test_a_file_that_cannot_be_sent(opened: Open, tmp_path: Path) -> None:
    with pytest.raises(AnsibleFileNotFound, match="vServer web1: there is no file"):
        opened().put_file(str(tmp_path / "none"), "/tmp/x")


@pytest.mark.parametrize("path", ["none", "/", "/nowhere/x"])
def test_a_file_that_cannot_be_read_leaves_the_target_alone(opened: Open, tmp_path: Path, path: str) -> None:
    (tmp_path / "target").write_text("kept")
    with pytest.raises(AnsibleError, match=f"vServer web1 on node t8a .192.0.2.1.: {path} could not be read.*not there, or not a regular"):
        opened().fetch_file(path, str(tmp_path / "target"))
    assert (tmp_path / "target").read_text() == "kept"


def test_a_transfer_that_lost_bytes_is_an_error(opened: Open, tmp_path: Path) -> None:
    connection = opened()
    (tmp_path / "source").write_bytes(b"0123456789")
    whole = connection.exec_command

    def shortened(cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        code, stdout, stderr = whole(cmd, in_data=in_data and in_data[:4], sudoable=sudoable)
        return code, stdout[:-4] if in_data is None else stdout, stderr

    connection.exec_command = shortened
    with pytest.raises(AnsibleError, match="has 4 bytes there, 10 were sent"):
        connection.put_file(str(tmp_path / "source"), "x")
    (tmp_path / "bare/home/x").write_bytes(b"0123456789")
    with pytest.raises(AnsibleError, match="only 6 bytes from 0 on came back"):
        connection.fetch_file("x", str(tmp_path / "y"))


def test_every_option_of_ssh_is_there() -> None:
    """What ansible-core's ssh asks for is defined, whatever the version."""
    assert set(yaml.safe_load(ssh.DOCUMENTATION)["options"]) == set(options()) - {"node_user"} | set(OTHERS)
    assert "version_added" not in str(options())
