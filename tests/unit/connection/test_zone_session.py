# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What passes two shells arrives as it was meant: real shells judge."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.zlogin import refusal
from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import zone_session
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition

from . import zone

anything = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=40)
awkward = st.one_of(anything, st.text("'\"\\`$(){};&|<>*?!~#%-=\n\t x/", min_size=1, max_size=12))


@pytest.fixture(scope="module")
def zlogin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zone.build(tmp_path_factory.mktemp("zone"))[1]


def inside(zlogin: Path, command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    line = zone_session.login("web1", command).replace("/usr/sbin/zlogin", str(zlogin), 1)
    return subprocess.run(["/bin/sh", "-c", line], input=stdin, capture_output=True, check=False)


@settings(max_examples=80, deadline=None)
@given(words=st.lists(awkward, min_size=1, max_size=4))
def test_every_word_arrives_as_it_is(zlogin: Path, words: list[str]) -> None:
    done = inside(zlogin, " ".join(["printf", "'%s\\0'", *map(shell.quote, words)]))
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().split("\0")[:-1] == words


@settings(max_examples=30, deadline=None)
@given(words=st.lists(awkward, min_size=1, max_size=3), text=anything)
def test_our_own_scripts_arrive_on_standard_input(zlogin: Path, words: list[str], text: str) -> None:
    script = shell.render([Command.of("printf", "%s\\0", *words), Command.of("cat", stdin=text)], "MARK")
    done = inside(zlogin, "/bin/sh", script.encode())
    first, second = shell.split(done.stdout.decode(), done.stderr.decode(), "MARK", 2)
    assert first.stdout.split("\0")[:-1] == words
    assert second.stdout.rstrip("\n") == text.rstrip("\n")


@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=300))
def test_bytes_pass_both_ways(zlogin: Path, data: bytes) -> None:
    assert inside(zlogin, "cat", data).stdout == data


@settings(max_examples=60, deadline=None)
@given(name=awkward.filter(lambda text: text.strip("/") not in ("", ".", "..") and len(text.encode()) < 200), data=st.binary(max_size=200))
def test_a_file_of_any_name_goes_there_and_comes_back(zlogin: Path, name: str, data: bytes) -> None:
    path = name.replace("/", "_")
    where = zlogin.parent / "home" / path
    done = inside(zlogin, zone_session.write(path, 0, empty=not data), data)
    assert (done.returncode, done.stdout.split()) == (0, [str(len(data)).encode()])
    assert where.read_bytes() == data
    assert where.stat().st_mode & 0o777 == 0o600
    done = inside(zlogin, zone_session.read(path, 0, "MARK"))
    assert done.stdout == b"MARK\n%d\n" % len(data) + data
    where.unlink()


def test_both_streams_and_the_exit_code() -> None:
    assert zone_session.login("web1", "id", "app", "pfexec").startswith(
        "/usr/bin/env LC_ALL=C /usr/bin/pfexec /usr/sbin/zlogin -l app web1 '"
    )
    assert zone_session.login("web1", "id", become="sudo").startswith("/usr/bin/env LC_ALL=C sudo -n /usr/sbin/zlogin web1 '")


@pytest.mark.parametrize(
    ("command", "code"),
    [("exit 0", 0), ("exit 3", 3), ("exit 254", 254), ("exit 255", 254), ("kill -9 $$", 137), ("kill -15 $$", 143), ("if", 2)],
)
def test_exit_codes(zlogin: Path, command: str, code: int) -> None:
    """zlogin answers 0 for a command that a signal ended; the shell around it does not."""
    done = inside(zlogin, f"echo out; echo err >&2\n{command}")
    assert done.returncode == code
    assert command == "if" or (done.stdout, done.stderr.splitlines()[0]) == (b"out\n", b"err")


def test_nothing_of_the_nodes_environment_comes_along(zlogin: Path) -> None:
    assert inside(zlogin, "echo ${LC_ALL-none}").stdout == b"none\n"


def test_a_full_disk_is_said_and_all_input_read(zlogin: Path) -> None:
    data = bytes(zone_session.PIECE)
    done = inside(zlogin, zone_session.write("/dev/full", 0), data)
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr


def test_a_piece_may_be_written_twice(zlogin: Path) -> None:
    first, second = b"a" * zone_session.BLOCK, b"b" * 10
    for offset, data in ((0, first), (len(first), second), (len(first), second)):
        done = inside(zlogin, zone_session.write("twice", offset), data)
    assert done.stdout.split() == [b"65546"]
    assert (zlogin.parent / "home/twice").read_bytes() == first + second


@pytest.mark.parametrize("name", ["", "global", "-l", "a b", "a;b", "$(x)", "SUNWx", "a" * 64, "web1\n"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidDefinition, match="zone name"):
        zone_session.login(name, "id")


@pytest.mark.parametrize("user", ["", "-l", "a b", "$(x)", "root;id", "root\n"])
def test_what_is_no_user_is_refused(user: str) -> None:
    with pytest.raises(InvalidDefinition, match="heliostat_zlogin_user"):
        zone_session.login("web1", "id", user)


def test_an_unknown_way_to_privileges_is_refused() -> None:
    with pytest.raises(InvalidDefinition, match="none, pfexec, sudo"):
        zone_session.login("web1", "id", become="doas")


@pytest.mark.parametrize(
    ("rc", "stderr", "said"),
    [
        (1, "zlogin: zone 'web1' unknown\n", "not configured there"),
        (1, "Warning: host key\nzlogin: zone 'web1' unknown\n", "not configured there"),
        (1, "zlogin: login allowed only to running zones (web1 is 'installed').\n", "bring it to state running"),
        (1, "zlogin: login allowed only to running zones (web1 is 'shutting_down').\n", "bring it to state running"),
        (1, "zlogin: cannot login to a zone which is 'incomplete'\n", "bring it to state running"),
        (1, "zlogin: You lack sufficient privilege to run this command (all privs required)\n", "heliostat_zlogin_become"),
        (1, "zlogin: operator is not authorized for  failsafe or non-interactive login to  web1 zone.\n", "solaris.zone.manage"),
        (1, "zlogin: 'zlogin' may only be used from the global zone\n", "the node is one where zones run"),
        (1, "zlogin: could not enter zone web1: Not owner\n", "zlogin failed on the node"),
        (1, "su: Unknown id: app\n", "heliostat_zlogin_user"),
        (127, "/usr/bin/env: '/usr/sbin/zlogin': No such file or directory\n", "Is it a Solaris node?"),
        (127, "env: /usr/sbin/zlogin: No such file or directory\n", "Is it a Solaris node?"),
    ],
)
def test_what_zlogin_itself_refused(rc: int, stderr: str, said: str) -> None:
    found = refusal("web1", "app", Output(rc, "", stderr))
    assert found is not None
    assert said in found
    assert stderr.strip().splitlines()[-1].rstrip(".") in found


@pytest.mark.parametrize(
    ("rc", "stdout", "stderr"),
    [
        (0, "", "zlogin: zone 'web1' unknown\n"),
        (1, "x", "zlogin: zone 'web1' unknown\n"),
        (1, "", "zlogin: zone 'web2' unknown\n"),
        (2, "", "zlogin: zone 'web1' unknown\n"),
        (1, "", ""),
        (1, "", "su: Unknown id: other\n"),
        (127, "", "sh: zlogin: not found\n"),
    ],
)
def test_a_commands_own_failure_is_not_taken_for_one_of_zlogin(rc: int, stdout: str, stderr: str) -> None:
    assert refusal("web1", "app", Output(rc, stdout, stderr)) is None
