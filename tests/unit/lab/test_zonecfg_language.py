# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's zonecfg: what it reads, what it says, which line it names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.zonecfg import rules
from tests.lab.zonecfg.dialect import DIALECTS, ILLUMOS, NotSimulated
from tests.lab.zonecfg.engine import Result, run
from tests.lab.zonecfg.lexer import Lexer
from tests.lab.zonecfg.privileges import wrong_privilege

BASE = "create -b\nset zonepath=/zones/w\n"


def zonecfg(text: str, dialect: str = "illumos", mode: str = "file", **more: object) -> Result:
    return run(text, mode=mode, zone_name="w", dialect=dialect, filename="-" if mode == "stdin" else "w.cfg", **more)  # type: ignore[arg-type]


def kinds(text: str) -> list[tuple[str, str]]:
    lexer = Lexer(text, ILLUMOS)
    found = []
    while (token := lexer.next()) is not None:
        found.append((token.kind, token.value))
    return found


def test_hash_is_a_comment_only_where_a_command_could_start() -> None:
    assert kinds("# a\n  # b\nset#c\n") == [("NL", "\n"), ("NL", "\n"), ("SET", "set"), ("TOKEN", "#c"), ("NL", "\n")]


def test_a_quote_left_open_ends_with_the_line_which_is_not_counted() -> None:
    lexer = Lexer('set bootargs="-v\nverify\n', ILLUMOS)
    tokens = [lexer.next() for _ in range(4)]
    assert tokens[3] is not None
    assert tokens[3].value == "-v\n"
    assert lexer.line == 1


def test_words_are_keywords_outside_of_lists_only() -> None:
    assert kinds("add options [net,(name=net)]") == [
        ("ADD", "add"), ("LOCAL", "options"), ("LSQB", "["), ("TOKEN", "net"), ("COMMA", ","), ("LPAR", "("), ("LOCAL", "name"),
        ("EQUAL", "="), ("TOKEN", "net"), ("RPAR", ")"), ("RSQB", "]"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("set colour=blue", "syntax error on line 3 at '='"),
        ("clear colour", "syntax error on line 2 of w.cfg"),  # the usage of clear: its line is one too small
        ("info colour", "syntax error on line 2 of w.cfg"),
        ("clear", "syntax error on line 3 of w.cfg"),
        ("set autoboot=true now", "syntax error on line 3 at 'now'"),
        ("set autoboot=", "syntax error on line 4 at '\\n'"),
        ("Set autoboot=true", "syntax error on line 3 at 'S'"),
        ("commit now", "syntax error on line 3 of w.cfg"),
        ('add value (priv="a")', "syntax error on line 3 at '\"'"),
    ],
)
def test_syntax_errors_name_the_line_the_real_parser_has_reached(line: str, message: str) -> None:
    result = zonecfg(f"{BASE}{line}\nset autoboot=true\n")
    assert result.messages == [message, "<usage text>"]
    assert (result.exit_code, result.saved) == (1, "created")  # the part before the error is kept
    assert result.document is not None
    assert result.document["attributes"]["autoboot"] == "false"


def test_from_standard_input_and_arguments_errors_do_not_stop_it() -> None:
    for mode, message in (("stdin", "syntax error on line 3 at 'f'"), ("argv", "syntax error at 'f'")):
        result = zonecfg(f"{BASE}foo\nset autoboot=true\n", mode=mode)
        assert result.messages[0] == message
        assert result.exit_code == 1
        assert result.document is not None
        assert result.document["attributes"]["autoboot"] == "true"


def test_a_last_line_without_newline_is_dropped_without_a_word() -> None:
    result = zonecfg(BASE + "set autoboot=true")
    assert (result.exit_code, result.messages) == (0, [])
    assert result.document is not None
    assert result.document["attributes"]["autoboot"] == "false"


def test_a_dos_file_fails_on_its_first_line() -> None:
    result = zonecfg(BASE.replace("\n", "\r\n"))
    assert (result.exit_code, result.saved) == (1, "no zone")


def test_the_line_is_named_once_a_line() -> None:
    result = zonecfg(BASE + "add rctl\nset name=zone.max-lwps\nadd value (priv=x)\nend\n")
    assert result.messages[:4] == ["On line 5 of w.cfg:", "limit not specified", "action not specified", "On line 6 of w.cfg:"]


def test_keywords_are_values_in_illumos_only() -> None:
    text = BASE + "add attr\nset name=net\nset type=string\nset value=fs\nend\n"
    assert zonecfg(text).exit_code == 0
    assert zonecfg(text, "s10").messages[0] == "syntax error on line 4 at 'net'"


def test_every_usage_that_was_asked_for_leaves_the_exit_status_alone() -> None:
    result = zonecfg(BASE + "commit -?\nhelp create\nhelp\n")
    assert (result.exit_code, result.saved) == (0, "created")
    assert "create [-F] [ -a <path> | -b | -t <template> ]" in result.stdout


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [("1", 1), ("1k", 1024), ("1.5G", 3 << 29), ("512M", 1 << 29), ("2T", 2 << 40), ("1MB", None), ("-1M", None), ("", 0), ("1P", None)],
)
def test_memory(text: str, bytes_: int | None) -> None:
    assert rules.memory(text) == bytes_


@pytest.mark.parametrize(("number", "text"), [(512, "512"), (1536, "1.5K"), (1 << 30, "1G"), (524288000, "500M"), (10752, "11K")])
def test_scaled(number: int, text: str) -> None:
    assert rules.scaled(number) == text


@given(st.integers(min_value=1, max_value=1023), st.sampled_from("KMGT"))
def test_whole_sizes_are_printed_as_they_were_written(number: int, unit: str) -> None:
    amount = rules.memory(f"{number}{unit.lower()}")
    assert amount is not None
    assert rules.scaled(amount) == f"{number}{unit}"


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("192.0.2.1", True), ("192.0.2.1/33", False), ("2001:db8::1", False), ("2001:db8::1/64", True), ("2001:db8::1/129", False),
        ("web-1.example", True), ("-web", False), ("web_1", False), ("300.0.2.10/24", True), ("", False),
    ],
)  # fmt: skip
def test_addresses(address: str, good: bool) -> None:
    assert (rules.address_error(address, is_router=False) is None) == good


@pytest.mark.parametrize(
    ("name", "family", "ip_type", "good"),
    [
        ("e1000g0:1", "s10", "shared", False), ("anything", "s10", "shared", True), ("bge", "illumos", "shared", False),
        ("bge0", "illumos", "shared", True), ("bge0:1", "illumos", "shared", False), ("0net0", "illumos", "exclusive", False),
        ("vnic_1.2", "illumos", "exclusive", True), ("a" * 31 + "1", "illumos", "exclusive", False),
    ],
)  # fmt: skip
def test_interfaces(name: str, family: str, ip_type: str, good: bool) -> None:
    assert (rules.interface_error(name, family, ip_type) is None) == good


@pytest.mark.parametrize(
    ("limitpriv", "ip_type", "wrong"),
    [
        ("default", "shared", None), ("default,dtrace_proc", "shared", None), ("default,sys_config", "shared", "sys_config"),
        ("default,!proc_fork", "shared", "proc_fork"), ("basic", "shared", "sys_mount"),
        ("default,sys_ip_config", "shared", "sys_ip_config"),
        ("default", "exclusive", None), ("basic,sys_mount", "exclusive", "sys_ip_config"), ("default,zone", "shared", "zone"),
        ("basic,default", "shared", "default"), ("default,PRIV_SYS_TIME", "shared", None),
    ],
)  # fmt: skip
def test_limitpriv(limitpriv: str, ip_type: str, wrong: str | None) -> None:
    assert wrong_privilege(limitpriv, ip_type) == wrong


@pytest.mark.parametrize("hostid", ["80f0c086", "0x123", "0", "FFFFFFFE"])
def test_hostids(hostid: str) -> None:
    assert rules.hostid_error(hostid) is None


@pytest.mark.parametrize(
    ("hostid", "code"), [("ffffffff", "invalid_property"), ("12 3", "invalid_property"), ("", "invalid_property"), ("1" * 11, "too_big")]
)
def test_bad_hostids(hostid: str, code: str) -> None:
    assert rules.hostid_error(hostid) == code


@given(st.text(alphabet='abset =[](),;"#\n\\0', max_size=60), st.sampled_from(sorted(DIALECTS)), st.sampled_from(["file", "argv", "stdin"]))
def test_no_text_breaks_it(text: str, dialect: str, mode: str) -> None:
    try:
        result = zonecfg(BASE + text, dialect, mode)
    except NotSimulated:
        return
    assert result.exit_code in (0, 1)
    assert (result.exit_code == 0) or result.messages
