# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets as pools: what a tree of vdevs is, what may be created, taken over, given away, destroyed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.storage import zfs as dataset
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, ParseError, Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk, Pool, Vdev
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Dataset

from .declared import Case, cases, pool_of
from .estate import LUNS, context, nothing, pool

L1, L2, L3, L4 = (LUNS[f"lun{number}"] for number in range(1, 5))
MIRROR = Dataset("web1", (L1, L2), "mirror")


def disk(guid: str) -> Vdev:
    return Vdev(f"c0t{guid}d0", "disk", "ONLINE")


def shown(steps) -> list[str]:
    return [shell.show(step.command) for step in steps]


@pytest.mark.parametrize(
    ("layout", "luns", "words"),
    [
        ("single", (L1,), f"c0t{L1}d0"),
        ("mirror", (L1, L2), f"mirror c0t{L1}d0 c0t{L2}d0"),
        ("stripe", (L1, L2), f"c0t{L1}d0 c0t{L2}d0"),
        ("stripe_of_mirrors", (L1, L2, L3, L4), f"mirror c0t{L1}d0 c0t{L2}d0 mirror c0t{L3}d0 c0t{L4}d0"),
    ],
)
def test_a_pool_is_created_in_its_layout(layout, luns: tuple[str, ...], words: str) -> None:
    steps, warnings = dataset.present(Dataset("web1", luns, layout), "web1", nothing(), context())
    assert (shown(steps), warnings) == ([f"zpool create -O mountpoint=none web1 {words}"], [])


def test_the_nodes_own_device_name_is_used() -> None:
    other = nothing(disks={L1: Disk("c7t600d3", L1), L2: Disk(f"c0t{L2}d0", L2)})
    assert shown(dataset.present(MIRROR, "web1", other, context())[0]) == [
        f"zpool create -O mountpoint=none web1 mirror c7t600d3 c0t{L2}d0"
    ]


@settings(max_examples=100, deadline=None)
@given(cases())
def test_a_pool_made_as_declared_is_seen_as_declared(case: Case) -> None:
    for declared in case.vserver.datasets:
        made = pool_of(declared)
        actual = nothing(pools={declared.name: made})
        assert dataset.layout(made) == declared.layout
        assert tuple(dataset.members(made.vdevs, actual)) == declared.luns
        assert dataset.present(declared, case.vserver.name, actual, case.context) == ([], [])


def test_members_are_guids_where_they_can_be() -> None:
    spare = Vdev("spare-0", "spare", "ONLINE", (disk(L1), Vdev("c7t600d3", "disk"), Vdev("c1t0d0s0", "disk")))
    tree = (Vdev("mirror-0", "mirror", "ONLINE", (spare, disk(L2))), Vdev("logs", "logs", children=(Vdev("c2t0d0", "disk"),)))
    assert dataset.members(tree, nothing(disks={L3: Disk("c7t600d3", L3)})) == [L1, L3, "c1t0d0s0", L2, "c2t0d0"]
    assert dataset.layout(Pool("web1", "ONLINE", tree)) == "mirror", "logs, cache and spares are no part of the layout"
    mixed = Pool("web1", "ONLINE", (disk(L1), Vdev("mirror-1", "mirror", children=(disk(L2), disk(L3)))))
    assert dataset.layout(mixed) == "disk+mirror"


def test_a_log_device_does_not_make_another_dataset() -> None:
    have = pool("web1", "lun1", "lun2")
    logged = replace(have, vdevs=(*have.vdevs, Vdev("logs", "logs", children=(disk(L3),))))
    assert dataset.present(MIRROR, "web1", nothing(pools={"web1": logged}), context()) == ([], [])
    with pytest.raises(Refused, match=f"LUN {L3} is in pool web1, imported on node t8a"):
        dataset.present(Dataset("other", (L3,)), "other", nothing(pools={"web1": logged}), context())


@pytest.mark.parametrize(
    "offered",
    [
        pool("web1", "lun1", "lun2", last_host="t8b"),
        pool("web1", "lun1", "lun2", status="The pool was last accessed by another system."),
    ],
)
def test_a_pool_that_was_not_exported_is_never_imported(offered: Pool) -> None:
    with pytest.raises(Refused, match="never exported, it may be in use there"):
        dataset.present(MIRROR, "web1", nothing(importable=(offered,)), context())


def test_what_zpool_import_says() -> None:
    assert dataset.offered(Output(1, "", "")) == ()
    assert dataset.offered(Output(0, "", "no pools available to import\n")) == ()
    with pytest.raises(CommandFailed, match="'zpool import' failed with exit code 1: cannot discover pools: permission denied"):
        dataset.offered(Output(1, "", "cannot discover pools: permission denied\n"))
    with pytest.raises(CommandFailed, match="exit code 127"):
        dataset.offered(Output(127, "", "zpool: not found\n"))
    with pytest.raises(ParseError):
        dataset.offered(Output(0, "something else\n"))


def test_giving_away_and_destroying() -> None:
    have = nothing(pools={"web1": pool("web1", "lun1", "lun2")})
    assert shown(dataset.exported(MIRROR, "web1", have, context())) == ["zpool export web1"]
    assert shown(dataset.destroyed(MIRROR, "web1", have, context())) == ["zpool destroy web1"]
    assert dataset.exported(MIRROR, "web1", nothing(), context()) == dataset.destroyed(MIRROR, "web1", nothing(), context()) == []


def test_an_exported_pool_is_imported_to_be_destroyed_and_only_a_safe_one() -> None:
    away = pool("web1", "lun1", "lun2", pool_id="7")
    assert shown(dataset.destroyed(MIRROR, "web1", nothing(importable=(away,)), context())) == ["zpool import web1", "zpool destroy web1"]
    for offer, message in (
        (replace(away, last_host="t8b"), "last used by t8b and never exported"),
        (pool("web1", "lun3", "lun4"), "a pool of this name lies on"),
        (replace(away, state="UNAVAIL"), "is UNAVAIL"),
    ):
        with pytest.raises(Refused, match=message):
            dataset.destroyed(MIRROR, "web1", nothing(importable=(offer,)), context())
    with pytest.raises(Refused, match="offered 2 pools of this name"):
        dataset.destroyed(MIRROR, "web1", nothing(importable=(away, replace(away, pool_id="8"))), context())


def test_a_pool_that_names_no_host_is_forced_only_when_nobody_else_can_have_it() -> None:
    """Any proof would do for it: whose it is follows from the others not having it."""
    offer = pool("web1", "lun1", "lun2", pool_id="7", status="The pool was last accessed by another system.")
    have = nothing(importable=(offer,))
    proven = {"proof": "its power is off", "dead": frozenset({"t8b"})}
    silent = {L2: "node t5a does not answer (and why)"}
    with pytest.raises(Refused, match=r"does not say by which\. node t5a does not answer \(and why\), and could use it"):
        dataset.present(MIRROR, "web1", have, context(**proven, unknown=silent))
    (step,), _warnings = dataset.present(MIRROR, "web1", have, context(**proven, without={L1: ["t8a", "t5a"], L2: ["t5b (dead)"]}))
    assert (step.command.argv, step.why) == (
        ("zpool", "import", "-f", "web1"),
        "pool 7, last used by another system that it does not name, not on t5a, t5b (dead), by force: its power is off",
    )
    named = nothing(importable=(replace(offer, last_host="t8b"),))
    (step,), _warnings = dataset.present(MIRROR, "web1", named, context(**proven, unknown=silent))
    assert step.why == "pool 7, last used by t8b, by force: its power is off"


def test_a_pool_that_only_has_the_name_is_neither_given_away_nor_destroyed() -> None:
    foreign = nothing(pools={"web1": Pool("web1", "ONLINE", (Vdev("c1t0d0s0", "disk", "ONLINE"),))})
    for act in (dataset.exported, dataset.destroyed):
        with pytest.raises(Refused, match=r"the pool of this name lies on c1t0d0s0, declared are .* Nothing was done\."):
            act(MIRROR, "web1", foreign, context())


def test_a_broken_mirror_can_still_be_given_away() -> None:
    gone = Vdev("11223344556677889900", "disk", "UNAVAIL")
    broken = nothing(pools={"web1": Pool("web1", "DEGRADED", (Vdev("mirror-0", "mirror", "DEGRADED", (disk(L1), gone)),))})
    assert shown(dataset.exported(MIRROR, "web1", broken, context())) == ["zpool export web1"]
