# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module patch_reference: what it keeps, when it changes something, what it refuses and what it warns of."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail

from ansible_collections.heliostat.vdc.plugins.action import patch_reference as action
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch_set import PatchSet
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
from tests.benchmarks.patching_data import catalogue, dated

from .test_modules import run


def written(folder: Path, lines: int = 40, head: str = "Jun/01/12", name: str = "patchdiag.xref", seed: int = 1) -> Path:
    path = folder / name
    path.write_text(catalogue(lines, seed).text().replace("Jun/01/12 ##", f"{head} ##"))
    return path


def summary(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["as_of"], one["file"], one["revisions"], one["malformed"]


def test_a_reference_is_imported_once(url: str, tmp_path: Path) -> None:
    path = str(written(tmp_path))
    checked = run(action, url, check=True, file=path)
    assert (checked["changed"], summary(checked["default"])) == (True, ("2012-06-01", "patchdiag.xref", 40, 0))
    with open_repository(url) as repository:
        assert repository.patching.references() == []
    first = run(action, url, file=path)
    assert (first["changed"], summary(first["reference"]), first["malformed"]) == (True, summary(checked["reference"]), [])
    assert first["default"]["imported"] > "2026"
    second = run(action, url, file=path)
    assert (second["changed"], second["default"]) == (False, first["default"])
    assert run(action, url)["references"] == [first["default"]]
    assert "days old: what came out since then is not known" in second["warnings"][0]


def test_a_fresh_one_gives_no_warning(url: str, tmp_path: Path) -> None:
    today = dated(datetime.now(UTC).date())
    assert run(action, url, file=str(written(tmp_path, head=today)))["warnings"] == []
    assert "yet to come" in run(action, url, file=str(written(tmp_path, head="Jan/01/69")))["warnings"][0]


def test_an_older_one_is_kept_and_is_not_the_default(url: str, tmp_path: Path) -> None:
    newest = run(action, url, file=str(written(tmp_path)))["default"]
    older = run(action, url, file=str(written(tmp_path, head="May/01/12")), warn_after=100_000)
    assert (older["changed"], older["default"]) == (True, newest)
    assert [one["as_of"] for one in older["references"]] == ["2012-06-01", "2012-05-01"]
    (warning,) = older["warnings"]
    assert "is of 2012-05-01. It is kept, but the one of 2012-06-01 stays the default" in warning


def test_one_that_was_cut_off_between_two_lines(url: str, tmp_path: Path) -> None:
    run(action, url, file=str(written(tmp_path, lines=100)))
    cut = written(tmp_path, lines=80, head="Jul/01/12")
    for check in (True, False):
        (warning,) = run(action, url, check=check, file=str(cut), warn_after=100_000)["warnings"]
        assert warning.startswith("patchdiag.xref has 80 revisions, the one of 2012-06-01 has 100: was it cut off? If so, forget it")
    assert run(action, url, file=str(cut), warn_after=100_000)["warnings"] == []
    with open_repository(url) as repository:
        events = repository.events("patchdiag.xref")
    assert [one.message.partition(": ")[2][:19] for one in events] == ["as of 2012-07-01, 8", "as of 2012-06-01, 1"]


def test_of_one_day_the_longer_one_is_the_default(url: str, tmp_path: Path) -> None:
    """In whichever order they come: a download that was cut off does not take the place of a whole one."""
    cut = run(action, url, file=str(written(tmp_path, lines=80)), warn_after=100_000)
    assert cut["warnings"] == []
    whole = run(action, url, file=str(written(tmp_path, lines=100)), warn_after=100_000)
    assert (whole["default"], whole["warnings"]) == (whole["references"][0], [])
    assert [one["revisions"] for one in whole["references"]] == [100, 80]
    for check in (True, False):
        again = run(action, url, check=check, file=str(written(tmp_path, lines=60)), warn_after=100_000)
        assert again["default"] == whole["default"]
        shorter, kept = again["warnings"]
        assert "was it cut off?" in shorter
        assert "is of 2012-06-01 with 60 revisions. It is kept, but the one of 2012-06-01 with 100 revisions stays the default" in kept


def test_lines_that_cannot_be_read(url: str, tmp_path: Path) -> None:
    path = written(tmp_path)
    lines = path.read_text().splitlines()
    lines[5] = lines[5].replace("|10", "|")[:30]
    path.write_text("\n".join([*lines, *["garbage"] * 4]))
    found = run(action, url, file=str(path), warn_after=100_000)
    assert (found["reference"]["revisions"], found["reference"]["malformed"]) == (39, 5)
    assert [one["line"] for one in found["malformed"]] == [6, 43, 44, 45, 46]
    assert found["malformed"][-1]["why"] == "the file ends within this line"
    (warning,) = found["warnings"]
    assert "5 lines could not be read (line 6: it has " in warning
    assert "and 2 more). These patches are not known." in warning


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "nowhere.xref: No such file or directory"),
        (b"", "it is no cross-reference of patches"),
        (b"<html>\nPlease sign in\n", "line 1 is '<html>'"),
        (b"\x1f\x8b\x08\x00", "it is compressed by gzip. Unpack it"),
        (b"## PATCHDIAG TOOL CROSS-REFERENCE FILE AS OF Jun/01/12 ##\n1|2|3\n", "it has no patch: 1 lines could not be read"),
    ],
)
def test_files_that_are_refused(url: str, tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "nowhere.xref"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AnsibleActionFail) as error:
        run(action, url, file=str(path))
    assert said in str(error.value)
    assert run(action, url)["default"] == {}


def test_a_reference_is_forgotten_unless_a_set_needs_it(url: str, tmp_path: Path) -> None:
    kept = run(action, url, file=str(written(tmp_path)))["default"]
    with open_repository(url) as repository:
        repository.patching.record_set(PatchSet("q1", 1, "10", (PatchId("118001", 3),), reference=kept["digest"]))
    with pytest.raises(AnsibleActionFail, match="q1 version 1"):
        run(action, url, state="absent", digest=kept["digest"][:10])
    with open_repository(url) as repository:
        repository.patching.forget_set("q1", 1)
    for check in (True, False):
        assert run(action, url, check=check, state="absent", digest=kept["digest"][:10])["changed"] is True
    assert run(action, url, state="absent", digest=kept["digest"][:10])["changed"] is False


def test_a_depot(url: str, tmp_path: Path) -> None:
    depot = tmp_path / "depot"
    (depot / "119254-42" / "SUNWswmt").mkdir(parents=True)
    (depot / "119254-42" / "SUNWswmt" / "pkginfo").write_text("PKG=SUNWswmt\n")
    (depot / "119254-42" / "patchinfo").write_text("PATCHID=119254-42\nPATCH_PROPERTIES='rebootafter'\n")
    (depot / "127127-11.zip").write_bytes(b"no zip")
    (depot / "order").write_text("")
    for check in (True, False):
        found = run(action, url, check=check, depot=str(depot))
        assert found["archives"] == {
            "known": 2, "news": ["119254-42", "127127-11"], "gone": [], "others": ["order"], "unknown": [],
            "problems": {"127127-11": "127127-11.zip: it is damaged: File is not a zip file"},
        }  # fmt: skip
        assert (found["changed"], found["default"]) == (True, {})
        assert "1 patches cannot be used (127127-11.zip: it is damaged" in found["warnings"][0]
    assert run(action, url, depot=str(depot))["changed"] is False
    (depot / "127127-11.zip").unlink()
    assert run(action, url, depot=str(depot))["archives"]["gone"] == ["127127-11"]
    with open_repository(url) as repository:
        ((id, one),) = repository.patching.archives().items()
    assert (str(id), one.properties.reboot, one.properties.standard) == ("119254-42", "after", False)
    with pytest.raises(AnsibleActionFail, match=r"patch depot .*: No such file or directory"):
        run(action, url, depot=str(tmp_path / "none"))


def test_signed_patches_of_a_depot(url: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "119254-42.jar", "w") as archive:
        archive.writestr("119254-42/patchinfo", "PATCHID=119254-42\nPATCH_PROPERTIES=''\n")
        archive.writestr("119254-42/SUNWcsr/pkginfo", "PKG=SUNWcsr\n")
    found = run(action, url, depot=str(tmp_path))
    assert (found["archives"]["problems"], found["archives"]["known"]) == ({}, 1)
    (warning,) = found["warnings"]
    assert "119254-42 is signed, and nobody has verified that here (jarsigner -verify does)." in warning


def test_without_a_repository(empty_url: str, tmp_path: Path) -> None:
    with pytest.raises(AnsibleActionFail):
        run(action, empty_url, file=str(written(tmp_path)))
    with pytest.raises(AnsibleActionFail, match="so no reference can be kept"):
        run(action, empty_url, check=True, file=str(written(tmp_path)))
