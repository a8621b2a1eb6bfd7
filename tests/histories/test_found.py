# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Histories that once went wrong, each as short as it can be told; and that a run is broken where it should be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from . import agreement, declarations
from .estate import Estate, Strike
from .running import present


@pytest.fixture(scope="module")
def made() -> Iterator[Estate]:
    with present() as estate:
        yield estate


@pytest.fixture
def estate(made: Estate) -> Iterator[Estate]:
    made.reset()
    yield made
    assert made.laboratory.centre.alarms == []


def declare(estate: Estate, name: str) -> dict[str, Any]:
    pool = declarations.POOL[name]
    estate.declared[name] = {
        "compute_pool": pool,
        "datasets": [{"name": name, "luns": declarations.luns(name)[:1]}],
        "filesystems": [{"type": "root", "dataset": name}],
        "networks": [{"network": "management", "address": declarations.address(name, "management")}],
        "resources": {"memory": "1G"},
    }
    return estate.declared[name]


def home(estate: Estate, name: str) -> str:
    return str(estate.records()[0][name].node)


def test_what_was_never_deployed_does_not_move(estate: Estate) -> None:
    """It would be on its way between nodes for ever: nothing of it arrives, and nothing of it can go back."""
    declare(estate, "web")
    assert not estate.task("placement", names=["web"]).failed
    done = estate.task("migration", names=["web"])
    assert done.failed
    assert "never brought up" in done.message
    assert estate.records()[1] == {}
    assert not any(one.failed for one in estate.deploy(["web"]))


def test_a_zone_whose_storage_is_elsewhere_has_not_come_home(estate: Estate) -> None:
    """Its recovery imports the pool and cannot attach; then its node comes back, where the zone is still called installed."""
    declare(estate, "web")
    assert not any(one.failed for one in estate.deploy(["web"]))
    source = home(estate, "web")
    if source != "t5a":  # of the older release
        pytest.skip(f"web was placed on {source}")
    estate.laboratory.power_off(source)
    assert "Attach Failed" in estate.task("recovery", node=source).message
    estate.laboratory.power_on(source)
    target = estate.records()[1]["web"].target
    assert estate.task("migration", names=["web"], target=target).failed
    assert "web" in agreement.held(estate.laboratory, target)
    assert "web" in estate.records()[1], "the repository says that it is at home"
    assert not estate.task("quarantine", source, state="released").failed
    back = estate.task("migration", names=["web"], target=source)
    assert not back.failed, back.message
    assert agreement.as_believed(estate, "web", estate.records()[0]["web"], "running")


def test_stopping_what_was_never_deployed_makes_nothing_of_it(estate: Estate) -> None:
    declare(estate, "web")
    estate.task("placement", names=["web"])
    done = estate.task("vservers", names=["web"], state="halted", scope="run_state")
    assert estate.records()[0]["web"].state == "defined"
    assert any("never brought up" in warning for warning in done.result["warnings"])


def test_a_node_of_another_platform_keeps_nobody_else_from_moving(estate: Estate) -> None:
    declare(estate, "web")
    estate.deploy(["web"])
    done = estate.task("migration", names=["web"], target="t4d")
    assert "cannot go to node t4d" in done.message
    assert "pkg" not in done.message
    assert estate.records()[1] == {}


@pytest.mark.parametrize("kind", ["kill", "cut", "power"])
def test_a_broken_run_is_told_and_continued(estate: Estate, kind: Any) -> None:
    declare(estate, "web")
    estate.deploy(["web"])
    node, told = home(estate, "web"), agreement.seen(estate.laboratory)
    strike = Strike(kind, at=1, ran=0)
    done = estate.task("vservers", node, strike=strike, names=["web"], state="halted")
    assert strike.struck
    assert done.killed if kind == "kill" else done.failed
    if kind == "power":
        assert not estate.laboratory.answers(node)
        estate.laboratory.power_on(node)
    else:
        assert agreement.seen(estate.laboratory) == told
    assert not estate.task("vservers", node, names=["web"], state="halted").failed
    assert agreement.zone_state(estate.laboratory, node, "web") == "installed"


def test_the_lock_of_a_killed_run_is_taken_over(estate: Estate) -> None:
    declare(estate, "web")
    placed = estate.task("placement", names=["web"])
    node = placed.result["placements"]["web"]
    assert estate.task("vservers", node, strike=Strike("kill", at=4, ran=1), names=["web"]).killed
    again = estate.task("vservers", node, names=["web"])
    assert not again.failed, again.message
    assert any("taken over" in warning for warning in again.result["warnings"])


def test_what_was_begun_goes_on_where_its_storage_is(estate: Estate) -> None:
    """Its first deployment is killed between its pool and its zone, the repository is lost, and another node is emptier by then."""
    declare(estate, "web")
    placed = estate.task("placement", names=["web"])
    node = placed.result["placements"]["web"]
    assert estate.task("vservers", node, strike=Strike("kill", at=3, ran=2), names=["web"]).killed
    assert "web" in agreement.held(estate.laboratory, node)
    estate.new_repository()
    for other in sorted(estate.wires, key=lambda name: name == node):
        assert not estate.task("node", other).failed
    declare(estate, "app")
    for name in ("app", "web"):
        assert not any(one.failed for one in estate.deploy([name]))
    assert home(estate, "app") == node
    assert home(estate, "web") == node


def test_a_lost_marker_is_seen(estate: Estate) -> None:
    """The judge of this folder can say no."""
    declare(estate, "web")
    estate.deploy(["web"])
    agreement.mark(estate.laboratory, "web")
    agreement.check(estate, {"web": "running"}, {"web"})
    for path in agreement.found(estate.laboratory, "web"):
        path.unlink()
    with pytest.raises(AssertionError, match="the data of web is gone"):
        agreement.check(estate, {"web": "running"}, {"web"})
    with pytest.raises(AssertionError, match="web should be halted"):
        agreement.check(estate, {"web": "halted"}, set())


@pytest.mark.parametrize("manager", ["zfs", "svm", "vxvm"])
def test_wherever_the_power_goes_during_a_deployment_the_next_one_finishes_it(estate: Estate, manager: str) -> None:
    """A root that nobody mounts at boot shows neither that it is empty nor that its zone has no identity yet."""
    struck = at = 0
    while struck == at:
        at += 1
        estate.reset()
        declared = declare(estate, "pay") | {"brand": "native", "ip_type": "shared"}
        if manager != "zfs":
            declared["datasets"][0] |= {"manager": manager, "layout": "mirror", "luns": declarations.luns("pay")[:2]}
            declared["filesystems"][0]["size"] = "6G"
        estate.declared["pay"] = declared
        strike = Strike("power", at, 3)
        estate.deploy(["pay"], strike)
        struck += strike.struck
        node = home(estate, "pay")
        if strike.struck:
            estate.laboratory.power_on(node)
        again = [one.message for one in estate.deploy(["pay"]) if one.failed]
        assert not again, f"power cut at round trip {at}: {again}"
        assert agreement.zone_state(estate.laboratory, node, "pay") == "running"
    assert struck > 10


@pytest.mark.parametrize("manager", ["zfs", "vxvm"])
def test_wherever_the_power_goes_during_a_removal_with_the_data_the_next_one_finishes_it(estate: Estate, manager: str) -> None:
    """Between the end of a dataset and its note in the repository, it is neither there nor forgotten."""
    struck = at = 0
    while struck == at:
        at += 1
        estate.reset()
        declared = declare(estate, "pay") | {"brand": "native", "ip_type": "shared"}
        declared["datasets"][0] |= {"manager": manager, "layout": "mirror", "luns": declarations.luns("pay")[:2]}
        if manager != "zfs":
            declared["filesystems"][0]["size"] = "6G"
        estate.declared["pay"] = declared
        assert not any(one.failed for one in estate.deploy(["pay"]))
        node = home(estate, "pay")
        strike = Strike("power", at, 0)
        removal = {"names": ["pay"], "state": "absent", "destroy": ["pay"], "force": True}
        estate.task("vservers", node, strike=strike, **removal)
        struck += strike.struck
        if strike.struck:
            estate.laboratory.power_on(node)
            again = estate.task("vservers", **removal)
            assert not again.failed, f"power cut at round trip {at}: {again.message}"
        anew = [one.message for one in estate.deploy(["pay"]) if one.failed]
        assert not anew, f"power cut at round trip {at}: {anew}"
    assert struck > 5
