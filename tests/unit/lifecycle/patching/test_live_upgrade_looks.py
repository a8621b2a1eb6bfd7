# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patching by Live Upgrade: what a node is asked, and how its answers are read."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import live_upgrade as commands
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching import environment
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.environment import Ran
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.live_upgrade import Inside, Known
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import At, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.proof import Zone

from .upgrading import BE, KERNEL, LUSTATUS, NODE, SSH, operation

SHOWREV = "Patch: 141742-02 Obsoletes:  Requires:  Incompatibles:  Packages: SUNWsshu\n"


def answers(**more: Output) -> dict[At, Output]:
    found = {
        "id": Output(0, "uid=0(root) gid=0(root)\n"), "environments": Output(0, LUSTATUS), "patches": Output(0, SHOWREV),
        "zones": Output(0, "0:global:running:/::native:shared\n"),
        "mounts": Output(0, "/ on rpool/ROOT/zfsroot read/write/setuid/devices/dev=4010002 on Mon Nov  9 10:11:12 2026\n"),
        "room": Output(0, "Filesystem kbytes used avail capacity Mounted on\nrpool/ROOT/zfsroot 140000000 2400000 110000000 3% /\n"),
        "boot": Output(0, "unix:0:system_misc:boot_time\t1000\n"), "jobs": Output(0), "architecture": Output(0, "sparc\n"),
        "marks": Output(0), "ran": Output(2), "depot": Output(0, "== /patches/118833-36\n/patches/118833-36/SUNWckr.u\n"),
        "packages": Output(0, "system SUNWckr Core\n"),
        "tried": Output(2, stderr="cat: cannot open"), **more,
    }  # fmt: skip
    return {At("n1", name): output for name, output in found.items()}


def test_our_environment_is_mounted_for_one_look() -> None:
    whole = operation()
    first = whole.read(None, answers())
    assert [key.probe for key in whole.look(first)] == ["mount", "inside", "index", "marks", "unmount"]
    second = {
        "mount": Output(0, f"/.alt.{BE}\n"),
        "inside": Output(0, SHOWREV),
        "index": Output(2),
        "marks": Output(0),
        "unmount": Output(0),
    }
    known = whole.read(first, {At("n1", name): output for name, output in second.items()})
    assert known.seen is not None
    assert known.seen.depot == {KERNEL: frozenset({"SUNWckr"})}
    assert (known.seen.pool, known.seen.free, known.seen.boot, known.seen.inside) == (
        "rpool",
        110000000 * 1024,
        1000,
        Has({SSH: ("SUNWsshu",)}),
    )
    assert whole.look(known) == {}
    died = whole.read(first, {At("n1", name): output for name, output in {**second, "marks": Output(0, f".{SSH} /.alt.{BE}\n")}.items()})
    assert died.seen is not None
    assert died.seen.inside == Has({}), "luupgrade was cut off in the middle of it"
    with pytest.raises(CommandFailed, match="lumount"):
        whole.read(first, {At("n1", name): output for name, output in {**second, "mount": Output(1, stderr="ERROR: mounted")}.items()})


def test_zones_and_marks_are_asked() -> None:
    there = Output(
        0, "0:global:running:/::native:shared\n1:web:running:/zones/web::native:shared\n-:old:configured:/zones/old::native:shared\n"
    )
    asked = answers(
        zones=there,
        marks=Output(0, f".{SSH} \n"),
        ran=Output(0, f"zfsroot {BE}\n1000\nweb\n"),
        environments=Output(0, LUSTATUS.replace(BE, "x")),
    )
    first = operation().read(None, asked)
    assert [key.probe for key in operation().look(first)] == ["zone web", "patches web", "packages web", "marks of zones"]
    assert first.seen is not None
    assert first.seen.ran == Ran("zfsroot", BE, 1000, ("web",))
    second = {
        "zone web": Output(0, "create -b\nset zonepath=/zones/web\n"), "patches web": Output(0),
        "packages web": Output(0, "system SUNWsshu SSH\n"), "marks of zones": Output(0, f".{KERNEL} /zones/web/root\n"),
    }  # fmt: skip
    known = operation().read(first, {At("n1", name): output for name, output in second.items()}).seen
    assert known is not None
    assert known.cut_off == {SSH: ("",), KERNEL: ("web",)}
    assert known.inside_zones == {"web": Zone((), frozenset({"SUNWsshu"}))}
    assert (known.sound.has(SSH), known.own.has(SSH), known.lacking(SSH)) == (False, True, ("web",))


def test_a_zone_that_lives_on_another_node_now_is_not_brought_up_here() -> None:
    head, rows = LUSTATUS.splitlines(keepends=True)[:3], f"{'zfsroot':26} yes no no yes -\n{BE:26} yes yes yes no -\n"
    asked = answers(
        environments=Output(0, "".join(head) + rows),
        zones=Output(0, "0:global:running:/::native:shared\n-:db:installed:/zones/db::lx:shared\n-:web:installed:/zones/web::lx:shared\n"),
        ran=Output(0, f"zfsroot {BE}\n1000\ndb\nweb\n"),
    )
    for elsewhere, expected in (
        ((), ["boot zone db", "boot zone web", "forget what ran"]),
        (("web",), ["boot zone db", "forget what ran"]),
    ):
        found = operation(elsewhere=frozenset(elsewhere)).read(None, asked).seen
        assert found is not None
        (plan,) = operation().plan(Known(found))
        assert [step.what for step in plan.steps] == expected


def test_what_a_killed_run_left_mounted_is_unmounted_first() -> None:
    for point in (f"/.alt.{BE}", "/a"):
        mounted = answers()[At("n1", "mounts")].stdout + f"{point} on rpool/ROOT/{BE} read/write on Mon Nov  9 10:11:12 2026\n"
        first = operation().read(None, answers(mounts=Output(0, mounted)))
        assert [key.probe for key in operation().look(first)] == ["free", "mount", "inside", "index", "marks", "unmount"]


def test_nothing_is_mounted_while_a_job_of_ours_works_on_it() -> None:
    busy = operation().read(None, answers(jobs=Output(0, f"{environment.patched(BE)}\n")))
    assert operation().look(busy) == {}


def test_silent_node() -> None:
    whole = operation()
    silent = whole.read(None, {})
    assert (whole.look(silent), whole.plan(silent)) == ({}, [])
    assert "does not answer" in whole.refusals(silent)["n1"]


def test_inside_is_judged_by_what_showrev_says() -> None:
    there, end = Inside((SSH,)), "heliostat: marks of patchadd\n"
    assert there(Output(0, SHOWREV + end)) == "in"
    assert Inside((KERNEL, SSH))(Output(0, SHOWREV + end)) == "lacking 118833-36"
    assert there(Output(1)).startswith("unknown")
    assert there(Output(0, "what?\n" + end)).startswith("unknown")
    assert there(Output(0, SHOWREV)).startswith("unknown"), "the marks were not read"
    assert there(Output(0, SHOWREV.replace("141742-02", "141742-07") + end)) == "in"


def test_a_patch_that_luupgrade_cut_off_is_not_in_though_showrev_lists_it() -> None:
    text = f"{SHOWREV}heliostat: marks of patchadd\n.141742-02 /.alt.{BE}\n"
    assert Inside((SSH,))(Output(0, text)) == "cut off at 141742-02"
    assert Inside((KERNEL, SSH))(Output(0, text)) == "lacking 118833-36; cut off at 141742-02"
    (plan,) = operation().plan(Known(NODE))
    (see,) = (step for step in plan.steps if step.what.startswith("see that boot environment") and "has" in step.what)
    assert see.wait is not None
    assert see.wait.probe == commands.proof(BE)
