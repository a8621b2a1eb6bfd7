# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read out of the engines' lines, and what is made of samples. The lines are what the programs really printed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import pytest

from tests.benchmarks.page import BEGIN, END, merged

from . import alarms, cost, figures, lines, processor
from .__main__ import PAGE, PARTS
from .lines import Word
from .watch import Watch
from .wire import rules

COROSYNC = "notice  [TOTEM ] A new membership (1.3d) was formed. Members"
HEARTBEAT = "Nov 21 15:29:14 n1 heartbeat: [8316]: "
TERMINATED = "Nov 21 17:56:18.136 n1 pacemaker-controld  [10723] (handle_fence_notification) \tnotice: Peer n3 was terminated"
STATE = '{{"time":"2026-11-21T16:50:26.511Z","sequence":11,"monitor":1,"event":"{}","node":3,"name":"n3","from":"probing","to":"{}"}}'


@pytest.mark.parametrize(
    ("parse", "line", "words"),
    [
        (lines.corosync, f"{COROSYNC} joined: 2 3", [Word("n2", "back"), Word("n3", "back")]),
        (lines.corosync, f"{COROSYNC} left: 3", [Word("n3", "lost")]),
        (lines.corosync, f"{COROSYNC} joined: 2 left: 1 3", [Word("n2", "back"), Word("n1", "lost"), Word("n3", "lost")]),
        (lines.corosync, COROSYNC, []),
        (lines.corosync, "notice  [TOTEM ] Failed to receive the leave message. failed: 3", []),
        (
            lines.pacemaker,
            f"{TERMINATED} (off) by n1 on behalf of pacemaker-controld.10765@n2: OK | event=17f74a99",
            [Word("n3", "fenced")],
        ),
        (lines.pacemaker, f"{TERMINATED} (reboot) by n1 on behalf of stonith_admin.7@n1: OK", []),
        (lines.heartbeat, f"{HEARTBEAT}WARN: node n3: is dead", [Word("n3", "lost")]),
        (lines.heartbeat, f"{HEARTBEAT}info: Status update for node n3: status active", [Word("n3", "back")]),
        (lines.heartbeat, f"{HEARTBEAT}info: Status update for node n3: status init", []),
        (lines.heartbeat, f"{HEARTBEAT}info: Link n3:path1 dead.", []),
        (lines.keepalived, "Sat Nov 21 15:29:22 2026: (v) Entering MASTER STATE", [Word("n3", "lost")]),
        (lines.keepalived, "Sat Nov 21 15:29:31 2026: (v) Entering BACKUP STATE", [Word("n3", "back")]),
        (lines.keepalived, "Sat Nov 21 15:29:31 2026: (v) Receive advertisement timeout", []),
        (lines.ours, STATE.format("state", "unreachable"), [Word("n3", "lost")]),
        (lines.ours, STATE.format("state", "alive"), [Word("n3", "back")]),
        (lines.ours, STATE.format("state", "suspect"), [Word("n3", "suspect")]),
        (lines.ours, STATE.format("path", "late"), []),
        (lines.ours, '{"event":"acting","from":"observing","to":"acting"}', []),
        (lines.ours, "heliostat-agent sender[7]: vote: to monitor 1", []),
        (lines.ours, "[1]", []),
    ],
)
def test_a_line_of_an_engine(parse: Callable[[str], list[Word]], line: str, words: list[Word]) -> None:
    assert parse(line) == words


def test_samples_that_never_came_are_told() -> None:
    assert figures.spread([3.0, 1.0, 2.0]) == "1.00 / 2.00 / 3.00"
    assert figures.spread([1.0, None]) == "1.00 / 1.00 / 1.00 (1 of 2 never)"
    assert figures.spread([None]) == "never (1 of 1)"
    assert figures.spread([]) == "not measured"


def test_a_target_needs_every_sample() -> None:
    assert figures.within([1.0, 1.5, 2.0], 1.5, 2.0)
    assert not figures.within([1.0, 1.5, 2.1], 1.5, 2.0)
    assert not figures.within([1.0, 1.6, 1.9], 1.5, 2.0)
    assert not figures.within([1.0, None], 1.5, 2.0)
    assert not figures.within([], 1.5, 2.0)


def test_stamps_of_the_service_processor() -> None:
    assert processor.stamped("5000000000 asked\n7500000000 told\n9000000000 told\n", "told", 1.0) == 6.5
    assert processor.stamped("5000000000 asked\n", "told", 1.0) is None


def test_memory_of_two_that_share_a_program() -> None:
    def mapping(inode: int, resident: int, anonymous: int) -> str:
        return f"5581-5582 r-xp 00001000 fe:00 {inode}    /a\nRss:  {resident} kB\nPss:  1 kB\nAnonymous:  {anonymous} kB\n"

    one = mapping(7, 1024, 0) + mapping(0, 512, 0)
    two = mapping(7, 768, 256) + mapping(0, 512, 512)
    assert cost.memory([one, two]) == cost.Memory(2.75, 2.25)


def test_groups_of_conditions() -> None:
    assert alarms.groups("loss1+loss5=2,delay") == [(["loss1", "loss5"], 2.0), (["delay"], None)]
    with pytest.raises(ValueError, match="rain is none of"):
        alarms.groups("loss1+rain")
    for words in (alarms.LOAD, alarms.NETWORK):
        assert alarms.groups(words)


def test_loss_is_counted_in_thousandths_and_all_is_no_chance() -> None:
    assert "numgen random mod 1000 < 50 drop" in rules({"n3p1": 50})
    assert "numgen" not in rules({"n3p1": 1000})
    assert rules({"n3p1": 1000, "n3p2": 1000}).count("hook") == 4


def test_a_section_takes_the_place_of_its_like() -> None:
    page = f"before\n{BEGIN}\n### Two\n\nold\n\n### Gone\n\nold\n\n{END}after\n"
    assert merged(page, {"Two": "### Two\n\nnew"}, ("One", "Two")) == "### Two\n\nnew\n"
    assert merged(page, {"One": "### One\n\nnew"}, ("One", "Two")) == "### One\n\nnew\n\n### Two\n\nold\n"


def test_the_page_has_the_parts_in_their_order() -> None:
    between = PAGE.read_text().partition(BEGIN)[2].partition(END)[0]
    titles = [line.removeprefix("### ") for line in between.splitlines() if line.startswith("### ")]
    assert titles == [title for title in PARTS.values() if title in titles]
    assert titles


def test_words_carry_the_time_they_were_heard_at() -> None:
    watch = Watch(lines.keepalived)
    reading, writing = os.pipe()
    with os.fdopen(reading) as stream, os.fdopen(writing, "w", buffering=1) as said:
        watch.follow(stream)
        before = time.monotonic()
        threading.Timer(0.1, said.write, ("(v) Entering MASTER STATE\n",)).start()
        at = watch.wait(Word("n3", "lost"), before, 5)
        assert at is not None and at >= before + 0.1
        assert watch.wait(Word("n3", "lost"), at + 1, 0) is None
        assert watch.said("lost", before) == [(at, "n3")]
        said.close()
