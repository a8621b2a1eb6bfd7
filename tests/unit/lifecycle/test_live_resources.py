# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live values against stored ones: for every control what is said of it, and the step that brings the one to the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import pools, prctl, rcapadm
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import zone_definition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.live_resources import (
    CONTROLS,
    PHYSICAL,
    NodeLive,
    ZoneLive,
    live_steps,
    probes,
    read,
    states,
)
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.change import LIVE, WAITS
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneConfig

from .estate import S10, S11, context, vserver

#: Path, option, a value, its live form, another value, its live form.
LIMITS = [
    ("capped-cpu.ncpus", "cpu_cap", 2, 200, 3.5, 350),
    ("cpu-shares", "cpu_shares", 20, 20, 30, 30),
    ("capped-memory.swap", "swap", "6G", 6 << 30, "8G", 8 << 30),
    ("capped-memory.locked", "locked", "1G", 1 << 30, "2G", 2 << 30),
    ("max-lwps", "max_lwps", 500, 500, 600, 600),
    ("max-processes", "max_processes", 500, 500, 600, 600),
    ("max-shm-memory", "max_shm_memory", "1G", 1 << 30, "2G", 2 << 30),
    ("max-shm-ids", "max_shm_ids", 5, 5, 6, 6),
    ("max-sem-ids", "max_sem_ids", 5, 5, 6, 6),
    ("max-msg-ids", "max_msg_ids", 5, 5, 6, 6),
]
UNSET = {"zone.cpu-shares": (1,)}


def config(**resources: object) -> ZoneConfig:
    return zone_definition.wanted(vserver(resources=resources), context(base_units=400))


def kernel(**values: int) -> ZoneLive:
    """A kernel with these values (``zone_max_lwps=500``), otherwise as a zone without controls has it."""
    own = {f"zone.{name.removeprefix('zone_').replace('_', '-')}": (value,) for name, value in values.items()}
    return ZoneLive(dict.fromkeys(CONTROLS.values(), ()) | UNSET | own)


@pytest.mark.parametrize(("path", "option", "value", "live", "other", "other_live"), LIMITS, ids=[row[0] for row in LIMITS])
def test_every_control_stored_and_live(path: str, option: str, value: object, live: int, other: object, other_live: int) -> None:
    control = CONTROLS[path]
    same = ZoneLive({**kernel().controls, control: (live,)})
    another = ZoneLive({**kernel().controls, control: (other_live,)})
    stored = config(**{option: value})
    told = {name: states("web1", stored, NodeLive({"web1": one}))[path] for name, one in (("a", same), ("d", another), ("u", kernel()))}
    assert told == {"a": "applied", "d": f"differs live: {other_live}", "u": WAITS}
    assert path not in states("web1", config(), NodeLive({"web1": kernel()}))
    assert states("web1", config(), NodeLive({"web1": same}))[path] == f"differs live: {live}"

    def steps(before: ZoneConfig, after: ZoneConfig, one: ZoneLive) -> tuple[list[object], dict[str, str]]:
        made, outcomes = live_steps(vserver(), before, after, NodeLive({"web1": one}), context(S10))
        return [step.command for step in made], outcomes

    changed = config(**{option: other})
    assert steps(stored, changed, same) == ([prctl.replace("web1", control, other_live)], {path: LIVE})
    assert steps(changed, changed, same) == ([prctl.replace("web1", control, other_live)], {path: LIVE}), "taken up again"
    assert steps(changed, changed, another) == ([], {})
    assert steps(stored, changed, another) == ([], {path: LIVE}), "somebody did it already"
    first = prctl.replace if control == "zone.cpu-shares" else prctl.add
    assert steps(config(), stored, kernel()) == ([first("web1", control, live)], {path: LIVE})
    gone = prctl.replace("web1", control, 1) if control == "zone.cpu-shares" else prctl.remove("web1", control, live)
    assert steps(stored, config(), same) == ([gone], {path: LIVE})
    two = ZoneLive({**kernel().controls, control: (live, other_live)})
    made, outcomes = steps(stored, changed, two)
    assert made == [] and outcomes[path].startswith(f"impossible: {control} has the live values")
    unseen = ZoneLive({})
    assert steps(stored, changed, unseen) == ([], {path: f"impossible: prctl of node t8a does not show {control}"})
    blind = live_steps(vserver(), stored, changed, NodeLive(unknown={"web1": "no"}), context())
    assert blind == ((), {path: "impossible: its live value is not known: no"})


@pytest.mark.parametrize(
    ("shown", "rcapd", "state", "step", "outcome"),
    [
        ("4096M", True, "applied", False, LIVE),
        ("2048M", True, "differs live: 2048M", True, LIVE),
        ("", True, WAITS, True, LIVE),
        ("", False, "unknown: rcapd is disabled, so nothing enforces it", False, WAITS),
    ],
)
def test_the_memory_cap(shown: str, rcapd: bool, state: str, step: bool, outcome: str) -> None:
    live = NodeLive({"web1": ZoneLive(kernel().controls, shown)}, rcapd=rcapd)
    assert states("web1", config(memory="4G"), live)[PHYSICAL] == state
    made, outcomes = live_steps(vserver(), config(memory="3G"), config(memory="4G"), live, context(S10))
    assert [one.command for one in made] == ([rcapadm.cap("web1", 4 << 30)] if step else [])
    assert outcomes == {PHYSICAL: outcome}
    for one in made:
        assert one.wait is not None
        late = "id zone nproc vm rss cap at avgat pg avgpg\n5 web1 - 0K 0K {} 0K 0K 0K 0K\n"
        assert [one.wait.state(Output(0, late.format(cap))) for cap in ("2048M", "4096M")] == ["not yet", "seen"]
    assert live_steps(vserver(), config(memory="4G"), config(), live, context(S10)) == ((), {PHYSICAL: WAITS})


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        ({}, {"dedicated_cpus": "2"}, {"dedicated-cpu"}),
        ({"dedicated_cpus": "2"}, {"dedicated_cpus": "2-4"}, {"dedicated-cpu.ncpus"}),
        ({"pool": "a"}, {"pool": "b"}, {"pool"}),
        ({"scheduling_class": "TS"}, {}, {"scheduling-class"}),
    ],
)
def test_what_a_zone_is_bound_to_waits_for_its_boot(before: dict[str, object], after: dict[str, object], paths: set[str]) -> None:
    made, outcomes = live_steps(vserver(), config(**before), config(**after), NodeLive({"web1": kernel()}), context(S10))
    assert (made, outcomes) == ((), dict.fromkeys(paths, WAITS))


@given(st.dictionaries(st.sampled_from(LIMITS), st.booleans()), st.dictionaries(st.sampled_from(LIMITS), st.booleans()))
def test_after_the_steps_everything_is_applied(before: dict[tuple[object, ...], bool], after: dict[tuple[object, ...], bool]) -> None:
    """Whatever is live and whatever is stored: the steps, done to the letter, leave nothing to do and nothing that differs."""
    held = {**kernel().controls, **{CONTROLS[str(row[0])]: (int(row[5 if flag else 3]),) for row, flag in before.items()}}  # type: ignore[call-overload]
    stored = config(**{str(row[1]): row[4 if flag else 2] for row, flag in after.items()})
    made, outcomes = live_steps(vserver(), config(), stored, NodeLive({"web1": ZoneLive(held)}), context(S11))
    for step in made:
        words = [str(word) for word in step.command.argv]
        control, value = words[2], int(words[words.index("-v") + 1])
        assert ("-x" in words or "-r" in words) == bool(held[control])
        held[control] = () if "-x" in words else (value,)
    live = NodeLive({"web1": ZoneLive(held)})
    assert set(states("web1", stored, live).values()) <= {"applied"}
    assert live_steps(vserver(), stored, stored, live, context(S11)) == ((), {})
    assert set(outcomes.values()) <= {LIVE}


SHOWN = """\
zone: 3: web1
zone.cpu-shares usage 60 - - -
zone.cpu-shares privileged 60 - none -
zone.cpu-shares system 65535 max none -
zone.max-lwps privileged 900 - deny -
zone.max-lwps privileged 500 - deny -
zone.max-lwps system 2147483647 max deny -
zone.cpu-cap system 4294967295 inf deny -
"""
REPORT = """\
    id zone            nproc    vm   rss   cap    at avgat    pg avgpg
     3 web1                -   26M   38M 1024M    0K    0K    0K    0K
"""


def test_only_what_is_declared_is_asked() -> None:
    assert probes([vserver(resources={})]) == {}
    assert set(probes([vserver(resources={"memory": "1G"})])) == {"live web1", "rcapd", "caps"}
    assert set(probes([vserver(resources={"base_units": 5}), vserver("db1", resources={"max_lwps": 500})])) == {
        "live web1",
        "live db1",
        "default class",
    }
    assert probes([vserver(resources={"dedicated_cpus": 2})]) == {"sets": pools.active()}


def test_answers_are_read_and_absences_known() -> None:
    found = read(
        {
            "live web1": Output(0, SHOWN),
            "live db1": Output(1, "", "prctl: db1: unknown zone\n"),
            "live app1": Output(1, "", "prctl: app1: No controllable process found in task, project, or zone.\n"),
            "rcapd": Output(0, "                                      state: enabled (disabled at next boot)\n"),
            "caps": Output(0, REPORT),
            "default class": Output(1, "", "dispadmin: Default scheduling class is not set\n"),
            "sets": Output(1, "", "pooladm: couldn't open pools state file: Facility is not active\n"),
        }
    )
    controls = {"zone.cpu-shares": (60,), "zone.max-lwps": (500, 900), "zone.cpu-cap": ()}
    assert found.zones == {"web1": ZoneLive(controls, "1024M", False)}
    assert found.unknown == {"app1": "prctl: app1: No controllable process found in task, project, or zone."}
    assert (found.rcapd, found.default_class, found.sets) == (True, "", {})
    assert states("app1", config(max_lwps=500), found) == {"max-lwps": f"unknown: {found.unknown['app1']}"}
    assert states("db1", config(max_lwps=500), found) == {}


@pytest.mark.parametrize(
    ("key", "output"),
    [
        ("rcapd", Output(0, "something else\n")),
        ("rcapd", Output(1, "", "rcapadm: permission denied\n")),
        ("caps", Output(1, "", "rcapstat: can't read stat file header\n")),
        ("default class", Output(1, "", "dispadmin: Failed to open /etc/dispadmin.conf\n")),
        ("sets", Output(1, "", "pooladm: permission denied\n")),
        ("live web1", Output(0, "zone: 3: web1\nzone.cpu-shares 60\n")),
    ],
)
def test_a_failure_is_no_absence(key: str, output: Output) -> None:
    with pytest.raises((ParseError, CommandFailed)):
        read({key: output})


@given(st.integers(1 << 20, 1 << 45))
def test_a_cap_is_known_again_as_rcapstat_prints_it(size: int) -> None:
    kilobytes, unit = size >> 10, "K"
    for larger in ("M", "G"):
        if kilobytes >= 10000:
            kilobytes, unit = (kilobytes + 512) // 1024, larger
    assert rcapadm.same_cap(f"{kilobytes}{unit}", size)
    assert not rcapadm.same_cap(f"{kilobytes + 3}{unit}", size)
