# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several controllers at once, and controllers that are killed."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository

from .samples import facts

PRELUDE = """
import sys
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import HeliostatError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
from tests.unit.repository.samples import facts, guid, vserver
url, who = sys.argv[1], int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
"""


def controllers(url: str, program: str, number: int = 2) -> list[subprocess.Popen[str]]:
    """Processes that run ``program`` at the same moment."""
    words = [sys.executable, "-c", PRELUDE + textwrap.dedent(program), url]
    made = [
        subprocess.Popen([*words, str(who)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for who in range(number)
    ]
    for process in made:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in made:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    return made


def outcomes(processes: list[subprocess.Popen[str]]) -> list[str]:
    found = [process.communicate(timeout=60) for process in processes]
    assert [error for _, error in found] == [""] * len(found)
    return sorted(output.strip() for output, _ in found)


def test_two_make_the_repository_at_once(empty_url: str) -> None:
    made = outcomes(controllers(empty_url, "open_repository(url, create=True).close(); print('made')"))
    assert made == ["made", "made"]
    open_repository(empty_url).close()


def test_two_write_at_once_and_nothing_is_lost(url: str) -> None:
    program = """
        with open_repository(url) as repository:
            entry = repository.journal_begin("x", f"o{who}", None, "op")
            for number in range(25):
                given = {"compute_pool": "p", "networks": {"public": "net1"}, "address": ""}
                repository.record_node(f"n{who}-{number}", facts(100 * who + number), **given)
                repository.journal_step(entry, f"o{who}", "x", "x", 0, 0.1, "")
            repository.journal_end(entry, "done", True)
    """
    outcomes(controllers(url, program))
    with open_repository(url) as repository:
        assert len(repository.nodes("p")) == 50
        assert [len(repository.journal_steps(entry.id)) for entry in repository.journal()] == [25, 25]
        assert len(repository.luns()) == 4
        assert all(len(lun.visible) == 50 for lun in repository.luns())


def contest(url: str, call: str) -> list[str]:
    with open_repository(url) as repository:
        for number in (1, 2):
            given: dict[str, Any] = {"compute_pool": "production", "networks": {}, "address": ""}
            repository.record_node(f"n{number}", facts(number), **given)
    program = f"""
        with open_repository(url) as repository:
            try:
                print("won" if {call} else "no change")
            except HeliostatError as error:
                print(error)
    """
    return outcomes(controllers(url, program))


def test_two_take_one_lun(url: str) -> None:
    lost, won = contest(url, "repository.place_vserver(vserver(f'v{who}', 1, networks=()), f'n{who + 1}')")
    assert won == "won"
    assert "LUN 60060E8007C3A4000030C3A400000001 is used by v" in lost


def test_two_take_one_name(url: str) -> None:
    lost, won = contest(url, "repository.record_vserver(vserver('web1', who + 1), f'n{who + 1}', 'installed')")
    assert won == "won"
    assert "it is installed on node n" in lost


def test_two_take_one_lock(url: str) -> None:
    program = """
        with open_repository(url) as repository:
            try:
                with repository.lock("web1", owner=f"op{who}", reason="contest"):
                    print("won", flush=True)
                    sys.stdin.readline()
            except HeliostatError as error:
                print(error)
    """
    processes = controllers(url, program, number=4)
    for process in processes:
        assert process.stdout is not None
    first = [process.stdout.readline() for process in processes if process.stdout]
    assert first.count("won\n") == 1
    assert sum("web1 is locked by op" in line for line in first) == 3
    outcomes(processes)
    with open_repository(url) as repository:
        assert repository.locks() == []


def test_a_controller_killed_within_a_transaction(url: str) -> None:
    """What it had written is gone, what it had finished is there, and its unfinished operation is found."""
    program = """
        import os, signal
        from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository import vservers
        write = vservers._write_networks
        with open_repository(url) as repository:
            repository.record_node("n1", facts(), compute_pool="production", networks={}, address="")
            lock = repository.lock("web1", owner="anna", reason="deploy")
            lock.__enter__()
            repository.journal_begin("deploy", "web1", "n1", "anna")
            vservers._write_networks = lambda *given: (write(*given), os.kill(os.getpid(), signal.SIGKILL))
            repository.place_vserver(vserver(), "n1")
    """
    (process,) = controllers(url, program, number=1)
    assert process.wait(timeout=60) == -9
    process.communicate()
    with open_repository(url) as repository:
        assert [node.name for node in repository.nodes()] == ["n1"]
        assert repository.vservers() == []
        assert repository.rows("datasets") == []
        with repository.lock("web1", owner="anna", reason="again") as lock:
            assert lock.warning
            (entry,) = repository.unfinished("web1")
            assert (entry.operation, entry.pid) == ("deploy", process.pid)
            repository.journal_end(entry.id, "interrupted", True)
        assert repository.unfinished("web1") == []


def test_samples_are_taken_and_rolled_up_by_several_at_once(url: str) -> None:
    """Each takes other nodes' samples and rolls up what is due, whoever's it is."""
    program = """
        from datetime import UTC, datetime, timedelta
        from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.usage.sample import Sample
        with open_repository(url) as repository:
            for number in range(12):
                for node in ("a", "b"):
                    at = datetime(2026, 3, 10, 12, tzinfo=UTC) + timedelta(minutes=10 * number)
                    repository.usage.take(Sample(f"{node}{who}", at, 1, 600.0 * number + 1, 4, 1200.0 * number, 1), 1800)
                    repository.usage.roll_up()
    """
    outcomes(controllers(url, program, 3))
    with open_repository(url) as repository:
        assert repository.usage.roll_up() == 0
        rows = repository.rows("usage_years", {"metric": "cpu"})
    assert [(row["name"], row["covered"], row["samples"], row["average"]) for row in rows] == [
        (f"{node}{who}", 6600.0, 11, 2.0) for node in "ab" for who in range(3)
    ]
