# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zfs: exact command lines, properties with their source, sizes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zfs
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import ZfsProperty


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        (zfs.get(["quota", "mountpoint"], "p/a"), ("zfs", "get", "-Hp", "-o", "name,property,value,source", "quota,mountpoint", "p/a")),
        (zfs.get(["quota"], "p", recursive=True), ("zfs", "get", "-Hp", "-r", "-o", "name,property,value,source", "quota", "p")),
        (zfs.get(["quota"]), ("zfs", "get", "-Hp", "-o", "name,property,value,source", "quota")),
        (zfs.create("p/a", {"quota": "10737418240"}), ("zfs", "create", "-o", "quota=10737418240", "p/a")),
        (zfs.set_property("p/a", "quota", "none"), ("zfs", "set", "quota=none", "p/a")),
        (zfs.destroy("p/a"), ("zfs", "destroy", "p/a")),
        (zfs.destroy("p/a", recursive=True), ("zfs", "destroy", "-r", "p/a")),
        (zfs.rename("p/a", "p/b"), ("zfs", "rename", "p/a", "p/b")),
        (zfs.mount("p/a"), ("zfs", "mount", "p/a")),
    ],
)
def test_command_lines(command: Command, argv: tuple[str, ...]) -> None:
    assert command.argv == argv


@pytest.mark.parametrize("name", ["", "-r", "/p", "p/", "p//a", "p a", "p;a", "p/$(id)", "p'", "p\na", "p/" + "a" * 300])
def test_names_are_refused(name: str) -> None:
    for make in (zfs.destroy, zfs.create, zfs.mount):
        with pytest.raises(InvalidDefinition):
            make(name)


@pytest.mark.parametrize(
    ("text", "size"), [("0", 0), ("512", 512), ("20.0G", 20 * 2**30), ("1.5T", 3 * 2**39), ("10m", 10 * 2**20), ("94.5K", 96768)]
)
def test_sizes(text: str, size: int) -> None:
    assert zfs.parse_size(text) == size


@given(st.integers(0, 2**63), st.sampled_from(["", "K", "M", "G", "T", "P", "E"]))
def test_whole_sizes_are_exact(number: int, unit: str) -> None:
    assert zfs.parse_size(f"{number}{unit}") == number * 1024 ** ["", "K", "M", "G", "T", "P", "E"].index(unit)


@pytest.mark.parametrize("text", ["", "-", "G", "1.5.2", "1 G", "none", "-1", "1X"])
def test_no_sizes(text: str) -> None:
    with pytest.raises(ParseError):
        zfs.parse_size(text)


def test_get_keeps_where_a_value_comes_from() -> None:
    text = "p\tquota\t0\tdefault\np/a\tquota\t1024\tlocal\np/a\tshare.nfs\ton\tinherited from p\np/a\ttype\tfilesystem\t-\n"
    found = zfs.parse_get(text)
    assert found["p/a"].properties == {
        "quota": ZfsProperty("1024", "local"),
        "share.nfs": ZfsProperty("on", "inherited", "p"),
        "type": ZfsProperty("filesystem"),
    }
    assert zfs.parse_get("") == {}


@pytest.mark.parametrize("text", ["p\tquota\t0", "p quota 0 default", "p\tquota\t0\tmagic", "cannot open 'p': dataset does not exist"])
def test_get_refuses(text: str) -> None:
    with pytest.raises(ParseError):
        zfs.parse_get(text)


def test_table_is_cut_at_its_headings() -> None:
    text = "NAME  PROPERTY  VALUE                  SOURCE\np/a   creation  Thu Jul  9  7:55 2009  -\n"
    assert zfs.parse_get_table(text)["p/a"].properties["creation"].value == "Thu Jul  9  7:55 2009"
    with pytest.raises(ParseError):
        zfs.parse_get_table(text.replace("p/a   ", "p/a-long-one "))


def test_list() -> None:
    (found,) = zfs.parse_list("p/a\t1.2G\t18G\t31K\tnone\t/a b\n").values()
    assert found.properties["mountpoint"].value == "/a b"
    assert zfs.parse_list("no datasets available\n") == {}
    with pytest.raises(ParseError):
        zfs.parse_list("p/a 1.2G 18G 31K none /a\n")


def test_failed_is_not_absent() -> None:
    assert zfs.is_absent(Output(1, stderr="cannot open 'p/a': dataset does not exist\n"))
    assert not zfs.is_absent(Output(1, stderr="cannot open 'p/a': permission denied\n"))
    assert not zfs.is_absent(Output(0, stdout="dataset does not exist"))
    assert zfs.refusal(Output(1, stderr="cannot unmount '/a': Device busy\n")) == ("/a", "Device busy")
    assert zfs.refusal(Output(1, stderr="out of memory\n")) is None
