# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which patches can be taken out again, and in which order: by what a node says, as patchrm would say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.backout import Removal, holders, removal, saved, saved_files
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import Installed


def ids(words: str) -> tuple[PatchId, ...]:
    return tuple(PatchId.parse(word) for word in words.split())


def patch(name: str, requires: str = "", obsoletes: str = "", packages: str = "SUNWpsr") -> Installed:
    return Installed(PatchId.parse(name), ids(obsoletes), ids(requires), packages=tuple(packages.split()))


def kept(patches: Sequence[Installed], *without: str) -> set[str]:
    """Every file that can be kept is an undo.Z, except for some patches."""
    lacking = set(ids(" ".join(without)))
    return {path for one in patches if one.id not in lacking for path in saved_files([one]) if path.endswith("/undo.Z")}


def out(wanted: str, installed: Sequence[Installed], *without: str) -> Removal:
    return removal(ids(wanted), installed, kept(installed, *without))


KERNEL, NFS, MAIL = patch("118833-36"), patch("120011-14", "118833-36"), patch("121975-01", "120011-10")


def test_what_requires_goes_before_what_is_required() -> None:
    found = out("118833-36 120011-14 121975-01", [KERNEL, NFS, MAIL])
    assert found.order == ids("121975-01 120011-14 118833-36")
    assert not found.refused


def test_what_is_not_there_is_nothing_to_do() -> None:
    assert out("118833-36 125000-01", [KERNEL]) == Removal(ids("118833-36"), ids("125000-01"))


def test_refused_while_something_that_stays_requires_it() -> None:
    found = out("118833-36 125000-01", [KERNEL, NFS, MAIL, patch("125000-01")])
    assert found.order == ids("125000-01")
    assert found.refused == {KERNEL.id: "is required by 120011-14, installed and staying. Take that out too, or leave both"}


def test_a_refusal_holds_all_that_it_requires() -> None:
    found = out("118833-36 120011-14 121975-01", [KERNEL, NFS, MAIL], "121975-01")
    assert found.order == ()
    assert found.refused[MAIL.id].startswith("cannot be taken out: package SUNWpsr kept no old files of it")
    assert found.refused[NFS.id].startswith("is required by 121975-01")
    assert found.refused[KERNEL.id].startswith("is required by 120011-14")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (patch("120011-20"), "replaced"),  # a higher revision of the same
        (patch("130000-01", obsoletes="120011-14"), "replaced"),
        (patch("130000-01", obsoletes="120011-20"), "replaced"),
        (patch("130000-01", obsoletes="120011-13"), None),
        (patch("130000-01", "120011-14"), "required"),
        (patch("130000-01", "120011-02"), "required"),  # any revision at least as high would do: this one is there
        (patch("130000-01", "120011-15"), None),  # that one cannot be required of this
        (patch("130000-01", "119000-03"), "required"),  # this one obsoletes 119000-04, and does its work
        (patch("130000-01", "119000-05"), None),
        (patch("120011-13"), None),
        (patch("130000-01"), None),
    ],
)
def test_what_holds_a_patch(other: Installed, why: str | None) -> None:
    one = patch("120011-14", obsoletes="119000-04")
    assert holders(one, [one, other]) == ([(other.id, why)] if why else [])


def test_a_replaced_one_goes_after_the_one_that_replaced_it() -> None:
    old, new = patch("120011-14"), patch("120011-20")
    files = {"/var/sadm/pkg/SUNWpsr/save/120011-14/obsolete.Z", "/var/sadm/pkg/SUNWpsr/save/120011-20/undo.Z"}
    assert removal(ids("120011-14 120011-20"), [old, new], files).order == ids("120011-20 120011-14")
    alone = removal(ids("120011-14"), [old, new], files)
    assert alone.order == ()
    assert "a newer patch replaced its files" in alone.refused[old.id]
    # nobody who replaced it is to be seen: patchrm would refuse it too
    assert "a newer patch replaced its files" in removal(ids("120011-14"), [old], files).refused[old.id]


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        (["SUNWa/save/120011-14/undo.Z", "SUNWb/save/120011-14/undo"], ("undo", "")),
        (["SUNWa/save/120011-14/remote", "SUNWb/save/120011-14/undo.Z"], ("undo", "")),
        (["SUNWa/save/120011-14/undo.Z", "SUNWb/save/120011-14/obsolete"], ("obsolete", "")),
        (["SUNWa/save/120011-14/undo.Z"], ("", "SUNWb")),
        (["SUNWb/save/120011-13/undo.Z", "SUNWa/save/120011-14/undo.Z"], ("", "SUNWb")),
        ([], ("", "SUNWa")),
    ],
)
def test_old_files_are_kept_by_every_package_or_not_at_all(files: list[str], kind: tuple[str, str]) -> None:
    assert saved(patch("120011-14", packages="SUNWa SUNWb"), {f"/var/sadm/pkg/{file}" for file in files}) == kind


def test_left_in_a_zone_only() -> None:
    found = removal([MAIL.id], [KERNEL], set(), {"web1": {MAIL.id}, "web2": set(), "db1": {MAIL.id, KERNEL.id}})
    assert found.refused == {MAIL.id: "is out of the global zone, and still in zone db1, web1. Take it out there (patchrm in the zone)"}
    assert found.absent == ()


def test_patches_that_hold_each_other_stay() -> None:
    one, other, third = patch("120011-14", "120012-14"), patch("120012-14", "120011-14"), patch("125000-01")
    found = out("120011-14 120012-14 125000-01", [one, other, third])
    assert found.order == (third.id,)
    assert found.refused[one.id] == "has to go after 120012-14, which cannot go before it"


NUMBERS = [f"{number}" for number in range(120000, 120005)]


@st.composite
def systems(draw: st.DrawFn) -> list[Installed]:
    """Patches that require and replace only such as came before them."""
    found: list[Installed] = []
    for number in draw(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=7)):
        before = [one.id for one in found]
        revision = 1 + max((one.revision for one in before if one.number == number), default=0)
        others = st.lists(st.sampled_from(before), max_size=2, unique=True) if before else st.just([])
        found.append(Installed(PatchId(number, revision), tuple(draw(others)), tuple(draw(others)), packages=("SUNWpsr",)))
    return found


def patchrm(one: PatchId, system: Mapping[PatchId, Installed]) -> None:
    """What patchrm would refuse, said in another way than the planner says it."""
    gone = system[one]
    for other in system.values():
        if other.id == one:
            continue
        assert not (other.id.number == one.number and other.id.revision > one.revision), f"{one} was replaced by {other.id}"
        assert not any(name.number == one.number and name.revision >= one.revision for name in other.obsoletes), "replaced"
        for need in other.requires:
            assert not (need.number == one.number and need.revision <= one.revision), f"{one} is required by {other.id}"
            assert not any(need.number == name.number and need.revision <= name.revision for name in gone.obsoletes), "required"


@given(systems(), st.data())
def test_every_step_is_one_that_patchrm_takes_and_an_interrupted_one_goes_on(system: list[Installed], data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.sampled_from([one.id for one in system]), unique=True))
    found = removal(wanted, system, kept(system))
    assert {*found.order, *found.refused} == set(wanted)
    left = {one.id: one for one in system}
    for number, step in enumerate(found.order):
        patchrm(step, left)
        again = removal(wanted, list(left.values()), kept(list(left.values())))
        assert again.order == found.order[number:]  # killed before this step and run again
        assert again.absent == tuple(one for one in wanted if one not in left)
        assert again.refused == found.refused
        del left[step]
    for one in found.refused:  # nothing is refused that could have gone
        with pytest.raises(AssertionError):
            patchrm(one, left)
