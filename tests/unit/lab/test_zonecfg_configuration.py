# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's zonecfg: what ends up saved, and that what export prints is taken back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.zonecfg.dialect import NotSimulated
from tests.lab.zonecfg.document import ZoneDocument, config_of, document_of, same_file
from tests.lab.zonecfg.engine import Result, run
from tests.lab.zonecfg.session import Machine
from tests.lab.zonecfg.xmlfile import from_xml, to_xml

BASE = "create -b\nset zonepath=/zones/w\n"
NET = "add net\nset physical=net{0}\nset address=192.0.2.1{0}/24\nend\n"


def zonecfg(text: str, dialect: str = "illumos", mode: str = "file", **more: Any) -> Result:
    return run(text, mode=mode, zone_name="w", dialect=dialect, filename="-" if mode == "stdin" else "w.cfg", **more)


def made(text: str, dialect: str = "illumos") -> ZoneDocument:
    result = zonecfg(text, dialect)
    assert (result.exit_code, result.messages) == (0, [])
    assert result.document is not None
    return result.document


def exported(document: ZoneDocument, dialect: str) -> str:
    return zonecfg("export", dialect, "argv", existing=document).stdout


def test_the_sparse_default_of_solaris_10() -> None:
    document = made("create\nset zonepath=/zones/w\n", "s10")
    assert [resource["dir"] for resource in document["resources"]] == ["/lib", "/platform", "/sbin", "/usr"]


def test_the_default_of_solaris_11_as_captured_on_11_3() -> None:
    result = zonecfg("create\n", "s11.3")
    assert result.stdout == "create: Using system default template 'SYSdefault'\n"
    assert result.document is not None
    assert exported(result.document, "s11.3") == (
        "create -b\nset brand=solaris\nset zonepath=/system/zones/%{zonename}\nset autoboot=false\nset autoshutdown=shutdown\n"
        "set ip-type=exclusive\nadd anet\nset linkname=net0\nset lower-link=auto\nset configure-allowed-address=true\n"
        "set link-protection=mac-nospoof\nset mac-address=auto\nend\n"
    )


def test_info_of_11_4_is_silent_about_defaults() -> None:
    document = made("create\n", "s11.4")
    shown = zonecfg("info", "s11.4", "argv", existing=document).stdout
    assert shown == "zonename: w\nbrand: solaris\nanet:\n\tlinkname: net0\n\tconfigure-allowed-address: true\n"
    assert "\tvlan-id not specified\n" in zonecfg("info -a", "s11.4", "argv", existing=document).stdout


@pytest.mark.parametrize(
    "text",
    ["add ib-vhca\n", "add dedicated-cpu\nset cores=2\n", "remove anet 0\n", "set brand=solaris-kz\n", "create -t SYSsolaris-kz -F\n"],
)
def test_what_nobody_saw_solaris_11_do_is_refused(text: str) -> None:
    with pytest.raises(NotSimulated):
        zonecfg("create -b\n" + text, "s11")


def test_a_resource_left_open_at_the_end_saves_nothing() -> None:
    result = zonecfg(BASE + "add net\nset physical=net0\n")
    assert (result.exit_code, result.saved) == (1, "no zone")
    assert result.messages == ["On line 4 of w.cfg:", "Resource incomplete."]


def test_an_error_inside_a_resource_saves_nothing_of_a_new_zone() -> None:
    result = zonecfg(BASE + "add net\nset physical=net0\nset address=x_y\n")
    assert (result.exit_code, result.saved) == (1, "no zone")
    assert result.messages[-1] == "Configuration not saved."


def test_some_errors_do_not_stop_a_file() -> None:
    result = zonecfg(BASE + "add dedicated-cpu\nset ncpus=2\nend\nset autoboot=true\nadd capped-cpu\n")
    assert result.messages == ["On line 7 of w.cfg:", "The dedicated-cpu resource already exists."]
    assert (result.exit_code, result.saved) == (0, "created")


def test_an_installed_zone_keeps_its_path_without_an_exit_status() -> None:
    result = zonecfg("set zonepath=/other\nset autoboot=true\n", existing=made(BASE), zone_state="installed")
    assert result.messages == ["On line 1 of w.cfg:", "Zone w already installed; set zonepath not allowed."]
    assert (result.exit_code, result.saved) == (0, "changed")


@pytest.mark.parametrize(
    ("text", "state", "exit_code", "saved"),
    [
        ("delete\n", "configured", 1, "unchanged"),
        ("delete -F\n", "installed", 0, "deleted"),
        ("delete -F\n", "running", 1, "unchanged"),
        ("create -b\n", "configured", 1, "unchanged"),
        ("create -F -b\nset zonepath=/new\n", "configured", 0, "changed"),
        ("create -F -b\n", "installed", 0, "unchanged"),
        ("set autoboot=true\nrevert -F\ncommit\n", "configured", 0, "unchanged"),
        ("set zonename=other\n", "configured", 0, "deleted"),
        ("set zonename=SUNWx\n", "configured", 1, "unchanged"),
        ("set zonename=other\n", "running", 1, "unchanged"),
    ],
)
def test_whole_zones(text: str, state: str, exit_code: int, saved: str) -> None:
    result = zonecfg(text, existing=made(BASE), zone_state=state)
    assert (result.exit_code, result.saved) == (exit_code, saved)


def test_a_rename_keeps_the_state_and_refuses_a_name_in_use() -> None:
    machine = Machine(documents={"w": made(BASE), "x": {**made(BASE), "name": "x"}}, states={"w": "installed", "x": "configured"})
    taken = zonecfg("set zonename=x\n", machine=machine)
    assert taken.messages[1] == "x: Zone name already in use"
    zonecfg("set zonename=y\n", machine=machine)
    assert set(machine.documents) == {"x", "y"}
    assert machine.states["y"] == "installed"


def test_solaris_10_takes_a_second_resource_with_the_same_first_property_as_ambiguous() -> None:
    nets = "add net\nset physical=net0\nset address=192.0.2.1/24\nend\nadd net\nset physical=net0\nset address=192.0.2.2/24\nend\n"
    line = "remove net physical=net0 address=192.0.2.1/24\n"
    assert zonecfg(line, existing=made(BASE + nets)).saved == "changed"
    assert zonecfg(line, "s10", existing=made(BASE + nets, "s10")).messages[1] == "remove net: Insufficient specification"


def test_not_root_may_look_only() -> None:
    machine = Machine(documents={"w": made(BASE)}, states={"w": "configured"}, may_write=False)
    result = zonecfg("info zonepath; set autoboot=true", mode="argv", machine=machine)
    assert result.stdout == "zonepath: /zones/w\n"
    assert result.messages == ["w: cannot set in read-only mode."]
    assert result.saved == "unchanged"


def test_a_detached_zone_comes_back_with_create_a() -> None:
    left = made(BASE + NET.format(0) + "add fs\nset dir=/d\nset special=/s\nset type=lofs\nadd options [ro,nodevices]\nend\n", "s10")
    machine = Machine(detached=lambda path: from_xml(to_xml(left)) if path == "/moved/w" else None)
    result = zonecfg("create -a /moved/w\n", "s10", machine=machine)
    assert (result.exit_code, result.saved) == (0, "created")
    assert result.document is not None
    assert result.document["attributes"]["zonepath"] == "/moved/w"
    assert result.document["resources"] == left["resources"]


word = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)
size = st.integers(min_value=64, max_value=900).map("{}M".format)


@st.composite
def configurations(draw: st.DrawFn, dialect: str) -> str:
    """Command files whose export is taken back: no value that export prints without the quotes it would need."""
    lines = [BASE]
    lines += draw(
        st.lists(st.sampled_from(["set autoboot=true\n", "set bootargs=-v\n", "set pool=p1\n", "set max-lwps=300\n"]), unique=True)
    )
    for number in range(draw(st.integers(0, 3))):
        lines.append(NET.format(number))
    for name in draw(st.lists(word, unique=True, max_size=3)):
        value = draw(st.text(alphabet="abc 123-./", min_size=1, max_size=12))
        lines.append(f'add attr\nset name="{name}"\nset type=string\nset value="{value}"\nend\n')
    for name in draw(st.lists(word, unique=True, max_size=2)):
        options = draw(st.lists(st.sampled_from(["ro", "nosuid", "onerror=lock"]), max_size=3))
        adds = "".join(f'add options "{option}"\n' for option in options)
        lines.append(f"add fs\nset dir=/fs/{name}\nset special=/x/{name}\nset type=lofs\n{adds}end\n")
    for name in draw(st.lists(word, unique=True, max_size=2)):
        lines.append(f"add dataset\nset name=tank/{name}\nend\n")
    if draw(st.booleans()):
        extra = f"set swap={draw(size)}\n" if dialect != "s10" and draw(st.booleans()) else ""
        lines.append(f"add capped-memory\nset physical={draw(size)}\n{extra}end\n")
    if draw(st.booleans()) and "set pool=p1\n" not in lines:
        lines.append("add dedicated-cpu\nset ncpus=1-4\nset importance=5\nend\n")
    return "".join(lines)


@pytest.mark.parametrize("dialect", ["s10", "illumos", "s11.3"])
@given(data=st.data())
def test_export_is_taken_back(dialect: str, data: st.DataObject) -> None:
    text = data.draw(configurations(dialect))
    if dialect == "s11.3":
        text = text.replace("create -b\n", "create -b\nset ip-type=shared\n")
    if dialect == "s10":
        text = text.replace('set name="', 'set name="x')  # a keyword is no value there
    before = made(text, dialect)
    export = exported(before, dialect)
    again = zonecfg(export, dialect)
    assert (again.exit_code, again.messages) == (0, [])
    assert again.document is not None
    assert exported(again.document, dialect) == export


@pytest.mark.parametrize(
    ("dialect", "line"),
    [
        ("illumos", 'set bootargs="-m verbose"'),
        ("s10", 'set bootargs="-m verbose"'),
        ("illumos", 'set bootargs="-m;verbose"'),
        ("illumos", 'add device\nset match="/dev/dsk/c[01]"\nend'),
        ("s10", "add capped-memory\nset physical=1G\nset swap=1G\nend"),
    ],
)
def test_the_exports_known_not_to_be_taken_back(dialect: str, line: str) -> None:
    export = exported(made(f"{BASE}{line}\n", dialect), dialect)
    assert zonecfg(export, dialect).messages != []


def test_solaris_11_quotes_boot_arguments() -> None:
    document = made('create -b\nset bootargs="kz=d -m verbose"\n', "s11")
    assert 'set bootargs="kz=d -m verbose"\n' in exported(document, "s11")


@given(configurations("illumos"))
def test_documents_survive_the_truth_and_the_manifest(text: str) -> None:
    document = made(text)
    assert same_file(document_of("w", config_of(document)), document)
    assert exported(from_xml(to_xml(document)), "illumos") == exported(document, "illumos")
