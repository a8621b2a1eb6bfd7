# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What patchadd and patchrm print and end with; the notes that a roll-out keeps on its node."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patch_batch, patch_notes, patchadd, patchadd_output, patchrm
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId

#: Recorded lines (Solaris 10 but for the third): what they say of which patch.
LINES = [
    ("Patch 121430-37 has been successfully installed.", "121430-37", "installed", ""),
    ("Requested patch 140860-01 is already installed on the system.", "140860-01", "already", ""),
    ("Patch number 105050-01 has been successfully installed.", "105050-01", "installed", ""),
    ("No Packages from patch 139943-01 are installed on the system.", "139943-01", "no_package", ""),
    ("           0 All packages from patch 118731-01 are patched by higher revision patches.", "118731-01", "obsoleted", ""),
    ("Patch 120001-02 is obsoleted by patch 120009-01.", "120001-02", "obsoleted", "by 120009-01"),
    (
        "           0 For patch 120410-31, required patch 121975-01 will not be installed because it updates no packages on this system.",
        "120410-31",
        "requires",
        "required patch 121975-01 will not be installed because it updates no packages on this system",
    ),
]


@pytest.mark.parametrize(("line", "patch", "word", "why"), LINES, ids=[word for _, _, word, _ in LINES])
def test_what_patchadd_says_of_a_patch(line: str, patch: str, word: str, why: str) -> None:
    text = f"Validating patches...\n\nDone!\n{line}\nSee /var/sadm/patch/{patch}/log for details\n"
    assert patchadd_output.parse(text) == (patchadd.Told(PatchId.parse(patch), word, why),)  # type: ignore[arg-type]


#: Recorded, or of the published scripts: lines that name no patch, or only its number, when 120001-02 is installed alone.
NAMELESS = [
    ("A later version of 120001 has already been installed", "obsoleted", "by a later revision"),
    ("ERROR: This patch is incompatible with patch 120009-01\nwhich has already been applied to the system.", "incompatible",
     "incompatible with patch 120009-01"),
    ("ERROR: This patch requires patch 120008-01\nwhich has not been applied to the system.", "requires", "requires patch 120008-01"),
    ("This patch is obsoleted by patch 120009-01 which has already\nbeen applied to this system.", "obsoleted", "by patch 120009-01"),
    ("Pkgadd of SUNWcsr.u package failed with error code 1.\nSee /tmp/log.120001-02 for reason for failure.", "failed",
     "Pkgadd of SUNWcsr.u package failed with error code 1"),
    ("The prepatch script exited with return code 3.\n\nPatchadd is terminating.", "failed",
     "The prepatch script exited with return code 3"),
    ("The postpatch script exited with return code 9.\nBacking out patch:", "failed", "The postpatch script exited with return code 9"),
    ("ERROR: This patch requires the following patches\nwhich have not been applied to the system:\n     120008-01 120007-02\n",
     "requires", "requires the following patches: 120008-01 120007-02"),
    ("Insufficient space in /var/sadm/pkg to save old files.\nSpace required in kilobytes:  10\n", "failed",
     "Insufficient space in /var/sadm/pkg to save old files"),
    ("The following errors were reported by pkgadd dryrun...\n\n  Installation failed due to lack of space reported by pkgadd dryrun\n",
     "failed", "Installation failed due to lack of space reported by pkgadd dryrun"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "word", "why"), NAMELESS)
def test_lines_without_a_patch_are_of_the_only_one(lines: str, word: str, why: str) -> None:
    patch, other = PatchId("120001", 2), PatchId("120002", 1)
    assert patchadd_output.parse(f"Patching zone z1\n{lines}\n", [patch]) == (patchadd.Told(patch, word, why, "z1"),)  # type: ignore[arg-type]
    told = () if lines.startswith("A later") else (patchadd.Told(None, word, why),)  # type: ignore[arg-type]
    assert patchadd_output.parse(lines.partition("\nSee")[0], [other, PatchId("120003", 1)]) == told
    named = (patchadd.Told(patch, word, why),) if "See /tmp" in lines else told  # type: ignore[arg-type]
    assert patchadd_output.parse(lines) == named


def test_of_several_patches_a_line_counts_where_a_name_follows_before_the_next_begins() -> None:
    run = [PatchId("120001", 2), PatchId("120002", 1)]
    text = (
        "Checking installed patches...\nThe prepatch script exited with return code 3.\nPatchadd is terminating.\n"
        "Checking installed patches...\nSee /tmp/log.120002-01 for more details.\n"
        "Installing patch packages...\n\n"
        "Pkgadd of SUNWcsr package failed with error code 1.\nSee /tmp/log.120002-01 for reason for failure.\n"
        "Checking installed patches...\nThe postpatch script exited with return code 5.\nBacking out patch:\n\n"
        "See /var/sadm/patch/120001-02/log for more details.\n"
        "Pkgadd of SUNWcsu package failed with error code 2.\nPatch 120003-01 has been successfully installed.\n"
        "See /var/sadm/patch/120003-01/log for more details.\n"
    )
    assert [(str(told.patch), told.word, told.why) for told in patchadd_output.parse(text, run)] == [
        ("None", "failed", "The prepatch script exited with return code 3"),
        ("120002-01", "failed", "Pkgadd of SUNWcsr package failed with error code 1"),
        ("120001-02", "failed", "The postpatch script exited with return code 5"),
        ("120003-01", "installed", ""),
    ]
    later = "A later version of 120002 has already been installed\nA later version of 120009 has already been installed\n"
    assert [str(told.patch) for told in patchadd_output.parse(later, run)] == ["120002-01"]


FIRST, SECOND, THIRD = (PatchId.parse(word) for word in ("120001-02", "120002-01", "120003-05"))
BEGUN = "Checking installed patches...\nExecuting prepatch script...\n"
PREPATCH = f"{BEGUN}The prepatch script exited with return code 3.\n\nPatchadd is terminating.\n"
LACKS = f"{BEGUN}ERROR: This patch requires patch 120001-02\nwhich has not been applied to the system.\n\nPatchadd is terminating.\n"
STRANGE = f"{BEGUN}something that nobody\nwrote down\n\nPatchadd is terminating.\n"
WENT_IN = f"{BEGUN}\nPatch 120002-01 has been successfully installed.\nSee /var/sadm/patch/120002-01/log for details\n\n"


def order(*patches: PatchId) -> str:
    return "Approved patches will be installed in this order:\n\n" + "".join(f"{patch} " for patch in patches) + "\n\n\n"


def whys(text: str) -> list[tuple[str, str]]:
    told = patchadd_output.parse(text, [FIRST, SECOND, THIRD])
    return [(str(one.patch), one.why) for one in told if one.word != "installed"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (order(FIRST, SECOND, THIRD) + PREPATCH + WENT_IN + LACKS,
         [("120001-02", "The prepatch script exited with return code 3"), ("120003-05", "requires patch 120001-02")]),
        (order(FIRST, SECOND) + STRANGE + WENT_IN, [("120001-02", "something that nobody wrote down")]),
        (order(FIRST, SECOND, THIRD) + PREPATCH + WENT_IN, [("None", "The prepatch script exited with return code 3")]),
        (order(SECOND, FIRST) + PREPATCH + WENT_IN, [("None", "The prepatch script exited with return code 3")]),
        (PREPATCH + WENT_IN + PREPATCH, [("None", "The prepatch script exited with return code 3")] * 2),
        (order(FIRST, SECOND) + PREPATCH + WENT_IN + "Patching zone z1\n" + PREPATCH,
         [("120001-02", "The prepatch script exited with return code 3"), ("None", "The prepatch script exited with return code 3")]),
        (f"{BEGUN}The prepatch script exited with return code 3.\nWARNING: Skipping patch 120003-05 \n\n{WENT_IN}",
         [("120003-05", "The prepatch script exited with return code 3")]),
        (f"{BEGUN}Patch 120003-05 has already been applied.\nWARNING: Skipping patch 120003-05\n\n", [("120003-05", "")]),
        (f"{BEGUN}no room anywhere\nSkipping patch 120003-05\n", [("120003-05", "no room anywhere")]),
        ("Patchadd found nothing\n\nPatchadd is terminating.\n", []),
    ],
    ids=["order", "unknown words", "too few begun", "another order", "no order", "zone", "skipped", "told before", "skipped, unknown words",
         "nothing begun"],
)  # fmt: skip
def test_of_which_patch_a_failure_is_that_does_not_name_it(text: str, found: list[tuple[str, str]]) -> None:
    assert whys(text) == found


def test_the_check_of_a_zone_has_its_name_in_front() -> None:
    text = (
        "z-1: For patch 120002-01, required patch 120001-02 does not exist.\n"
        "global: For patch 120003-01, required patch 120001-02 does not exist.\n"
    )
    assert [(str(told.patch), told.word, told.why, told.zone) for told in patchadd_output.parse(text)] == [
        ("120002-01", "requires", "required patch 120001-02 does not exist", "z-1"),
        ("120003-01", "requires", "required patch 120001-02 does not exist", ""),
    ]


@pytest.mark.parametrize(
    ("line", "word", "why"),
    [
        ("Patch 120001-02 does not exist.", "not_installed", ""),
        ("Patch 120001-02 is required to be installed by patch 120002-01", "required", "patch 120002-01"),
        ("Patch 120001-02 is required by patch 120002-01.", "required", "patch 120002-01"),
    ],
)
def test_what_patchrm_refuses(line: str, word: str, why: str) -> None:
    text = f"Checking installed patches...\n{line}\nit cannot be backed out until patch 120002-01 is backed out.\n"
    assert patchrm.parse(text) == (patchrm.Told(PatchId("120001", 2), word, why),)  # type: ignore[arg-type]


def test_lines_are_of_the_zone_that_was_named_before_them() -> None:
    text = (
        "Patching global zone\nAdding patches...\n\nPatch 120001-02 has been successfully installed.\nDone!\n"
        "Patching non-global zones...\n\nPatching zone z1\nAdding patches...\nPatch 120001-02 has been successfully installed.\n"
    )
    assert [(told.zone, told.word) for told in patchadd_output.parse(text)] == [("", "installed"), ("z1", "installed")]


@given(st.text(max_size=300))
def test_output_of_anything_is_read_over(text: str) -> None:
    """Scripts of patches print what they like between patchadd's lines."""
    assert all(told.patch is None or str(told.patch) in text for told in patchadd_output.parse(text))
    assert {told.patch for told in patchadd_output.parse(text, [PatchId("120001", 2)]) if str(told.patch) not in text} <= {
        PatchId("120001", 2)
    }
    assert all(str(told.patch) in text for told in patchrm.parse(text))


def test_exit_codes_have_words() -> None:
    assert patchadd.meaning(25) == "a required patch is not applied"
    assert patchadd.meaning(137) == "patchadd was ended by signal 9"
    assert "nobody has written down" in patchadd.meaning(14)
    assert "installed" in patchadd.meaning(patchadd.NO_PACKAGE)
    assert (patchrm.word(0), patchrm.word(2), patchrm.word(15), patchrm.word(7)) == ("removed", "not_installed", "required", "failed")


def test_command_lines() -> None:
    first, second = PatchId("120001", 2), PatchId("120002", 1)
    assert patchadd.several("/d", [first, second], global_only=True, backout=False).argv == (
        "patchadd", "-G", "-d", "-M", "/d", "120001-02", "120002-01",
    )  # fmt: skip
    assert patchadd.one("/d", first).argv == ("patchadd", "-t", "/d/120001-02")


def test_what_patchrm_says_of_zones() -> None:
    """As recorded: non-global zones first, the global one last."""
    text = (
        "Removing patches from non-global zones\n\nRemoving patches from zone z1\nRemoving patch 120001-02...\n\nDone!\n"
        "Patch 120001-02 has been backed out.\n\nRemoving patches from global zone\nPatch 120001-02 has been backed out.\n"
    )
    assert [(told.zone, told.word) for told in patchrm.parse(text)] == [("z1", "removed"), ("", "removed")]


HEAD = "==heliostat-patching=="
BOOT = "unix:0:system_misc:boot_time\t1767600000\n"
NOTES = (
    f"\n{HEAD} ran\nz1\nz2\n\n{HEAD} ailing\n\n{HEAD} pdo.none\n\n{HEAD} batch.2/ids\n120001-02\n120002-01\n\n{HEAD} batch.2/boot\n{BOOT}"
    f"\n{HEAD} batch.2/rest\nreboot\n\n{HEAD} batch.2/log\nDone!\n\n{HEAD} batch.2/rc\n1\n\n{HEAD} batch.10/ids\n120012-07\n"
    f"\n{HEAD} batch.10/boot\n{BOOT}\n{HEAD} batch.10/rest\nalone\n"
)


def test_notes_of_a_roll_out() -> None:
    notes = patch_notes.parse(Output(0, NOTES))
    assert (notes.ran, notes.ailing, notes.pdo, notes.next) == (("z1", "z2"), (), True, 11)
    ended, begun = notes.batches
    assert (ended.number, [str(one) for one in ended.patches], ended.waits, ended.alone, ended.rc) == (
        2, ["120001-02", "120002-01"], True, False, "1",
    )  # fmt: skip
    assert (begun.number, begun.boot, begun.alone, begun.rc, begun.log) == (10, 1767600000, True, None, "")
    assert patch_notes.parse(Output(0, "")) == patch_notes.Notes()


@pytest.mark.parametrize(
    ("more", "gone"),
    [("", False), ("life\nalive\n", False), ("life\ngone\n", True), (f"life\ngone\n\n{HEAD} batch.10/left\n", False)],
    ids=["not told", "alive", "ended", "asked for the reboot"],
)
def test_whether_the_script_of_single_user_is_alive(more: str, gone: bool) -> None:
    """It ends by itself once it has asked for its reboot."""
    notes = patch_notes.parse(Output(0, NOTES + (f"\n{HEAD} batch.10/{more}" if more else "")))
    assert [one.gone for one in notes.batches] == [False, gone]


@pytest.mark.parametrize("text", [f"{HEAD} passwd\nroot\n", f"\n{HEAD} batch.1/boot\nnever\n", f"\n{HEAD} batch.1/ids\n12-1\n"])
def test_notes_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ParseError):
        patch_notes.parse(Output(0, text))
    with pytest.raises(CommandFailed):
        patch_notes.parse(Output(1, "", "permission denied"))


def listing(*services: str) -> str:
    return "".join(f"{service}\n" for service in services)


ONLINE = "online - svc:/milestone/multi-user-server:default"
OFFLINE = "offline - svc:/milestone/multi-user-server:default"
NOW = "unix:0:system_misc:boot_time\t1767700000\n"


@pytest.mark.parametrize(
    ("rc", "text", "word"),
    [
        (0, BOOT + BOOT + listing(ONLINE), "down soon"),
        (0, BOOT + NOW + listing(ONLINE), "up"),
        (0, BOOT + NOW + listing(ONLINE, "offline online svc:/system/zones:default"), "booting"),
        (0, BOOT + NOW + listing(OFFLINE), "booting"),
        (0, BOOT + NOW + listing(OFFLINE, "maintenance - svc:/network/nfs/server:default"), "held up"),
        (1, "", "booting"),
        (0, "never\n" + NOW, "unreadable"),
    ],
)
def test_how_far_a_node_is_back(rc: int, text: str, word: str) -> None:
    assert patch_batch.Back()(Output(rc, text)) == word
