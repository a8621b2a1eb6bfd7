# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the repository remembers of patches, on both engines: references, archives, sets that stay as they were frozen, results."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused, RepositoryError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Archive, Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch_set import PatchSet, PatchTarget, SetVersion
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.result import PatchResult
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.database import Database
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.location import normalised
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import restore_repository
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.records import ReferenceRecord
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository

from .samples import facts

A1, A2, B1, IDR = (PatchId.parse(one) for one in ("119254-42", "119254-66", "127127-11", "IDR148363-26"))
AT = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SET = PatchSet("q1", 1, "10", (B1, A2), frozen=True, baseline=date(2026, 1, 31), reference="", description="first quarter")


@pytest.fixture
def patched(repository: Repository) -> Repository:
    """With two nodes and a frozen set."""
    for number in (1, 2):
        repository.record_node(f"n{number}", facts(number), compute_pool=None, networks={}, address="")
    repository.patching.record_set(SET)
    return repository


def record(content: bytes, as_of: date = date(2026, 3, 1), **more: Any) -> ReferenceRecord:
    values: dict[str, Any] = {"file": "patchdiag.xref", "revisions": 3, "recommended": 2, "security": 1, "withdrawn": 0, "malformed": 1}
    return ReferenceRecord(hashlib.sha256(content).hexdigest(), as_of, **values | more)


def keep(repository: Repository, content: bytes, as_of: date) -> str:
    one = record(content, as_of)
    assert repository.patching.keep_reference(one, content)
    return one.digest


def test_references_the_newest_is_used(repository: Repository) -> None:
    march = keep(repository, b"march", date(2026, 3, 1))
    keep(repository, b"january", date(2026, 1, 1))
    assert [one.as_of.month for one in repository.patching.references()] == [3, 1]
    newest = repository.patching.reference()
    assert newest is not None
    assert (newest.digest, newest.malformed, newest.imported is not None) == (march, 1, True)
    assert repository.patching.reference("ffff") is None
    assert repository.patching.reference(march[:12].upper()) == newest
    assert repository.patching.reference_file(march) == b"march"
    assert repository.patching.keep_reference(record(b"march"), b"march") is False
    assert repository.rows("patch_references")[0].keys() == {
        "digest", "as_of", "file", "revisions", "recommended", "security", "withdrawn", "malformed", "imported"
    }  # fmt: skip


def test_a_reference_that_is_asked_for_too_shortly(repository: Repository) -> None:
    digests = sorted(keep(repository, b"%d" % number, date(2026, 1, 1)) for number in range(17))
    double = next(first[0] for first, second in itertools.pairwise(digests) if first[0] == second[0])
    with pytest.raises(Refused, match=f"references begin with {double}: .*Say more"):
        repository.patching.reference(double)


def test_check_keeps_nothing(patched: Repository) -> None:
    before, patching = patched.export(), patched.patching
    assert patching.keep_reference(record(b"x"), b"x", check=True)
    assert patching.keep_archives("/depot", [Archive(A1, "/depot", "a", 1, "c")], check=True) == ([A1], [])
    assert patching.record_set(replace(SET, version=2), check=True)
    assert patching.record_target(PatchTarget("t", ("n1",), (SET.key,)), check=True)
    assert patching.note_installed("n1", [A1], check=True) == ([A1], [])
    assert patching.note_results([PatchResult("n1", A1, "failed", AT)], check=True)
    assert patched.export() == before


def test_a_reference_that_is_not_what_it_was(repository: Repository, url: str) -> None:
    digest = keep(repository, b"march", date(2026, 3, 1))
    other = keep(repository, b"january", date(2026, 1, 1))
    with pytest.raises(RepositoryError, match="its digest is not that of its content"):
        repository.patching.keep_reference(record(b"x"), b"y")
    with pytest.raises(RepositoryError, match="keeps no cross-reference 00"):
        repository.patching.reference_file("00")
    database = Database(normalised(url))
    change = text("UPDATE patch_reference SET content = (SELECT content FROM patch_reference WHERE digest = :other) WHERE digest = :digest")
    database.write(lambda c: c.execute(change, {"digest": digest, "other": other}))
    with pytest.raises(RepositoryError, match=r"is not what was imported\. Import its file again"):
        repository.patching.reference_file(digest)
    database.write(lambda c: c.execute(text("UPDATE patch_reference SET content = 'eJ'")))
    with pytest.raises(RepositoryError, match="cannot be read: "):
        repository.patching.reference_file(digest)
    database.close()


def test_a_reference_is_kept_while_a_set_was_made_with_it(repository: Repository) -> None:
    digest = keep(repository, b"march", date(2026, 3, 1))
    repository.patching.record_set(replace(SET, reference=digest))
    with pytest.raises(Refused, match="patch sets were made with it \\(q1 version 1\\)"):
        repository.patching.forget_reference(digest)
    repository.patching.forget_set("q1", 1)
    assert repository.patching.forget_reference(digest)
    assert repository.patching.forget_reference(digest) is False


def test_a_depot_as_it_was_read_last(repository: Repository) -> None:
    reboots = Properties("patchinfo", "immediate", reconfigure=True, single_user=True, deferred=True, all_zones=True)
    first = Archive(A1, "/depot", "119254-42.zip", 1 << 40, "c0ffee", reboots)
    second = Archive(B1, "/depot", "127127-11.zip", 5, "c0", Properties("readme"))
    broken = Archive(A2, "/depot", "119254-66.zip", 1, "c1", problem="is damaged\x00")
    assert repository.patching.keep_archives("/depot", [first, second, broken]) == ([A1, A2, B1], [])
    assert repository.patching.keep_archives("/depot", [first, second, broken]) == ([], [])
    known = repository.patching.archives()
    assert (known[A1], known[B1], known[A2].problem) == (first, second, "is damaged\\x00")
    assert repository.patching.archives([B1, IDR]) == {B1: second}
    assert {row["number"]: row["standard"] for row in repository.rows("patch_archives", {"number": ["127127"]})} == {"127127": True}
    assert repository.rows("patch_archives")[0]["standard"] is False
    assert repository.patching.keep_archives("/other", [replace(second, depot="/other")]) == ([B1], [])
    assert repository.patching.keep_archives("/depot", [first]) == ([], [A2])
    assert repository.patching.archives([B1])[B1].depot == "/other"


def test_a_frozen_set_stays(repository: Repository) -> None:
    patching = repository.patching
    open_set = replace(SET, frozen=False)
    assert patching.record_set(open_set)
    assert patching.record_set(open_set) is False
    assert patching.record_set(replace(open_set, patches=(A2,)))
    assert patching.record_set(SET), "freezing is a change"
    assert patching.record_set(SET) is False
    for other in (replace(SET, patches=(A2, B1)), replace(SET, frozen=False), replace(SET, description="x")):
        with pytest.raises(Refused, match="q1 version 1 is frozen and stays as it is"):
            patching.record_set(other)
    with pytest.raises(Refused, match="q1 version 2 names a patch twice"):
        patching.record_set(replace(SET, version=2, patches=(A1, A1)))
    assert patching.record_set(replace(SET, version=2, patches=(IDR,), frozen=False))
    assert patching.sets() == [SET, replace(SET, version=2, patches=(IDR,), frozen=False)]
    assert patching.set("q1") == patching.sets()[1]
    assert patching.set("q1", 1) == SET
    assert patching.set("q1", 3) is None
    assert patching.set("q2") is None
    assert repository.rows("patch_sets", {"version": 1})[0]["baseline"] == "2026-01-31"
    assert [row["number"] for row in repository.rows("patch_set_patches")] == ["127127", "119254", "IDR148363"]


def test_the_number_of_a_version_that_was_taken_away_is_not_given_again(
    repository: Repository, new_url: Callable[[], str], tmp_path: Path
) -> None:
    patching = repository.patching
    for version in (1, 2, 3):
        patching.record_set(replace(SET, version=version))
    assert patching.last_gone("q1") == 0
    assert patching.forget_set("q1", 3, check=True)
    assert patching.last_gone("q1") == 0
    assert patching.forget_set("q1", 3)
    assert patching.forget_set("q1", 1)
    assert (patching.last_gone("q1"), patching.last_gone("q2")) == (3, 0)
    for version in (1, 3):
        with pytest.raises(Refused, match=f"q1 version {version} would not be a new version: numbers up to 3 were given before"):
            patching.record_set(replace(SET, version=version, patches=(A1,)))
    assert patching.record_set(replace(SET, version=2)) is False
    assert patching.record_set(replace(SET, name="q2"))
    assert patching.record_set(replace(SET, version=4))
    repository.backup(tmp_path / "backup")
    other = new_url()
    restore_repository(other, tmp_path / "backup")
    with Repository(Database(normalised(other))) as copy:
        assert copy.patching.last_gone("q1") == 3


def test_targets(patched: Repository) -> None:
    patching = patched.patching
    second = replace(SET, version=2, frozen=False)
    patching.record_set(second)
    wanted = PatchTarget("web", ("n1", "n2"), (second.key, SET.key), "the web servers")
    assert patching.record_target(wanted)
    assert patching.record_target(replace(wanted, nodes=("n2", "n1", "n2"))) is False
    assert patching.targets() == [wanted]
    assert patching.record_target(replace(wanted, sets=(SET.key, second.key)))
    assert patching.record_target(replace(wanted, nodes=("n2",), sets=(second.key,)))
    assert patching.target("web") == replace(wanted, nodes=("n2",), sets=(second.key,))
    with pytest.raises(Refused, match="no patch set q9 version 1"):
        patching.record_target(replace(wanted, sets=(SetVersion("q9", 1),)))
    with pytest.raises(Refused, match=r"not in the repository: n7\. Register"):
        patching.record_target(replace(wanted, nodes=("n1", "n7")))
    with pytest.raises(Refused, match="q1 version 2 belongs to targets: web"):
        patching.forget_set("q1", 2)
    assert patching.forget_target("web")
    assert patching.forget_target("web") is False
    assert patching.forget_set("q1", 2)
    assert patching.forget_set("q1", 2) is False


def test_what_a_node_has_and_since_when(patched: Repository) -> None:
    patching = patched.patching
    assert patching.note_installed("n1", [A2, IDR]) == ([A2, IDR], [])
    since = patching.installed()["n1"][IDR]
    assert patching.note_installed("n1", [IDR, B1]) == ([B1], [A2])
    assert patching.note_installed("n1", [B1, IDR]) == ([], [])
    assert patching.installed(["n1", "n2"]).keys() == {"n1"}
    assert patching.installed()["n1"].keys() == {B1, IDR}
    assert patching.installed()["n1"][IDR] == since
    assert patching.installed(["n2"]) == {}
    assert patched.rows("patches")[0]["standard"] is None
    with pytest.raises(Refused, match="node n9 is not in the repository"):
        patching.note_installed("n9", [A2])


def test_only_the_last_result_is_kept(patched: Repository) -> None:
    patching = patched.patching
    failed = PatchResult("n1", A2, "failed", AT, "exit code 18: no space", "x" * 10_000 + "end", 1_770_000_000, SET.key, 7)
    waits = PatchResult("n2", A2, "pending_reboot", AT, global_only=True)
    assert patching.note_results([failed, waits])
    first, second = patching.results()
    assert (first.log[-4:], len(first.log)) == ("xend", 8192)
    assert (replace(first, log=failed.log), second) == (failed, waits)
    assert patching.note_results([replace(waits, at=datetime(2026, 3, 11, tzinfo=UTC))]) is False
    assert patching.results(["n2"])[0].at.day == 11
    assert patching.note_results([replace(failed, state="installed", reason="")])
    assert [(one.node, one.state) for one in patching.results(set_name="q1")] == [("n1", "installed")]
    row = patched.rows("patch_results")[0]
    assert (row["node"], row["outcome"], row["patch_set"], row["version"], row["journal_id"]) == ("n1", "installed", "q1", 1, 7)
    with pytest.raises(Refused, match="q1 version 1 is kept: it was rolled out to n1"):
        patching.forget_set("q1", 1)
    with pytest.raises(RepositoryError, match="no patch set q9 version 1"):
        patching.note_results([replace(waits, set=SetVersion("q9", 1))])
    assert patched.forget_node("n2")
    assert [one.node for one in patching.results()] == ["n1"]


def test_backup_and_restore_keep_all_of_it(patched: Repository, new_url: Callable[[], str], tmp_path: Path) -> None:
    patching = patched.patching
    digest = keep(patched, bytes(range(256)) * 99, date(2026, 3, 1))
    patching.keep_archives("/depot", [Archive(A1, "/depot", "a", 1, "c")])
    patching.record_target(PatchTarget("web", ("n1",), (SET.key,)))
    patching.note_installed("n1", [A2])
    patching.note_results([PatchResult("n1", A2, "failed", AT, set=SET.key)])
    patched.backup(tmp_path / "backup")
    other = new_url()
    report, _changed = restore_repository(other, tmp_path / "backup")
    assert "patch set q1 version 1" in report.returned
    assert "patch target web" in report.returned
    with Repository(Database(normalised(other))) as copy:
        assert copy.patching.reference_file(digest) == bytes(range(256)) * 99
        assert copy.patching.sets() == [SET]
        assert copy.patching.results() == patching.results()
        assert copy.patching.installed() == patching.installed()
