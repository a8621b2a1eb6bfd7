# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module's documentation is true: its examples run as they stand, and what they return is what RETURN says."""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab.client import CHECKOUT

from .scripted_monitors import ALIVE, FENCED, place, says
from .test_patch_reference import lay_patches, save_system
from .world import Row, World

#: On Linux hosts, by test_heartbeat_hosts.py.
ELSEWHERE = {"heartbeat", "heartbeat_build", "patch_info", "patch_install"}
MODULES = sorted({path.stem for path in (Path(__file__).parents[2] / "plugins" / "modules").glob("[a-z]*.py")} - ELSEWHERE)
#: What Ansible itself documents or adds.
ANSIBLES = {"changed", "failed", "msg", "diff", "warnings", "deprecations", "invocation", "exception"}
#: What a reader of the examples has by then.
MEASURED: list[tuple[str, dict[str, Any]]] = [("vserver", {"name": "web1"}), *2 * [("usage", {"clock": "node", "longest": 86400})]]
XREF: tuple[str, dict[str, Any]] = ("patch_reference", {"file": "/srv/patches/patchdiag.xref"})
BEFORE: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "repository": [("repository", {"state": "backed_up", "path": "/var/backups/heliostat-2026-01-31"})],
    "migration": [("vserver", {"name": "web1"})],
    "patch_set": [XREF],
    "patch_target": [XREF, ("patch_set", {"name": "base", "state": "frozen", "nodes": ["t4a"], "add_requirements": True})],
    "status": [("vserver", {"name": "web1", "state": "defined"})],
    "usage_info": MEASURED,
    "usage_report": MEASURED,
    "vserver_info": [("vserver", {"name": "web1", "state": "defined"})],
    "vservers": [("vservers", {"names": ["web1", "web2"], "state": "defined"})],
}
#: Examples, counted from 0, that change nothing here: the nodes and the repository are there, the backup is of a moment ago, nobody
#: holds a lock. All others of a module that can change something do.
UNCHANGED = {"node": {0}, "patch_reference": {2}, "repository": {0, 1, 3, 4}, "vserver": {1}, "vservers": {1, 2}}
ACTING = {
    "dataset", "evacuation", "evacuation_plan", "maintenance", "migration", "node", "patch_reference", "patch_set", "patch_target",
    "placement", "quarantine", "recovery", "repository", "usage", "usage_report", "vserver", "vservers",
}  # fmt: skip


def documented(module: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    found = importlib.import_module(f"ansible_collections.heliostat.vdc.plugins.modules.{module}")
    return yaml.safe_load(found.EXAMPLES), yaml.safe_load(found.RETURN)


def run_examples(world: World, module: str) -> list[Row]:
    """The results of the examples' own tasks; files lie in this test's folder instead of in /var."""
    shutil.rmtree(world.folder / "www", ignore_errors=True)
    (world.folder / "backups").mkdir(exist_ok=True)
    for old in (world.folder / "backups").iterdir():
        old.unlink()
    if module == "recovery":
        world.lab.power("t8b", "off", wait=True)
    if module == "heartbeat_info":
        place(world, "t5a", 1)
        for number, (node, judged) in enumerate({"t8a": ALIVE, "t8b": FENCED}.items(), 17):
            says(world, "t5a", node, number, judged)
    if module in ("patch_analysis", "patch_reference"):
        lay_patches(world.folder / "patches")
        save_system(world.folder / "patches" / "db01")
    if module in ("patch_set", "patch_target"):
        lay_patches(world.folder / "patches")
        shutil.copy(CHECKOUT / "tests/lab/datacentres/patchdiag.xref", world.folder / "patches")
    before = [{f"heliostat.vdc.{name}": args} for name, args in BEFORE.get(module, [])]
    examples, _returned = documented(module)
    text = yaml.safe_dump(before + examples, sort_keys=False).replace("/var/backups", str(world.folder / "backups"))
    text = text.replace("/var/tmp", str(world.folder / "backups"))
    text = text.replace("/srv/patches", str(world.folder / "patches"))
    text = text.replace("/var/www", str(world.folder / "www"))
    run = world.play(world.book("t8a", yaml.safe_load(text)))
    assert run.rc == 0, run.output
    assert len(run.rows) == len(before) + len(examples), run.output
    return run.rows[len(before) :]


@pytest.mark.parametrize("module", MODULES)
def test_examples_do_what_they_say_and_return_what_is_documented(world: World, module: str) -> None:
    own = [row for row in run_examples(world, module) if row.action == f"heliostat.vdc.{module}"]
    assert own, "no example shows the module itself"
    changed = {number for number, row in enumerate(own) if row.changed}
    assert changed == (set(range(len(own))) - UNCHANGED.get(module, set()) if module in ACTING else set())
    _examples, returned = documented(module)
    for row in own:
        keys = {key for key in row.result if not key.startswith("_")} - ANSIBLES
        assert keys <= set(returned), f"not documented: {sorted(keys - set(returned))}"
        always = {key for key, entry in returned.items() if entry["returned"] == "always"}
        assert always <= keys, f"promised and not returned: {sorted(always - keys)}"
        for key in keys:
            assert isinstance(row.result[key], KINDS[returned[key]["type"]]), f"{key} is no {returned[key]['type']}"
    shown = {key for row in own for key in row.result}
    rare = {key for key, entry in returned.items() if entry["returned"] != "always"} - shown
    assert rare <= RARE.get(module, set()), f"no example shows {sorted(rare)}"


KINDS: dict[str, Any] = {"dict": dict, "list": list, "str": str, "int": int, "bool": bool, "raw": object}
#: Results that take a failure or another state than the examples have.
RARE = {
    "dataset": {"failures"},
    "evacuation": {"failures"},
    "migration": {"failures"},
    "placement": {"failures"},
    "quarantine": {"failures"},
    "rebalance": {"failures"},
    "recovery": {"failures"},
    "repository": {"lock"},
    "vserver": {"failures", "commands", "vservers", "incomplete", "states"},
    "vservers": {"failures", "vservers", "incomplete", "states"},
}


def test_the_journal_of_a_result_is_the_repositorys(world: World) -> None:
    row = world.task("t8a", "vserver", name="web1", state="defined")
    check = world.task("t8a", "vserver", "--check", name="web1", state="absent", destroy=["web1"])
    entry = row.result["journal"]["web1"]
    with world.repository() as repository:
        assert [step.what for step in repository.journal_steps(entry)] == row.steps != []
    assert check.changed
    assert check.result["journal"] == {}
