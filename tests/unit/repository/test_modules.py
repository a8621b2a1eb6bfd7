# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two modules: what they change, and what they say in check and diff mode."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.task import Task
from ansible.template import Templar

from ansible_collections.heliostat.vdc.plugins.action import repository as action
from ansible_collections.heliostat.vdc.plugins.action import repository_info as info_action
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.migrations import REVISIONS
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository

from .samples import facts, vserver
from .test_inventory import COLLECTIONS
from .test_opening import migrated

HEAD = REVISIONS[-1]


def run(plugin: Any, url: str, *, check: bool = False, diff: bool = True, **args: Any) -> dict[str, Any]:
    """The module on the controller, as a task gives it."""
    task = Task()
    task.action, task.args, task.check_mode, task.diff = "heliostat.vdc.x", args, check, diff
    loader = DataLoader()
    context = SimpleNamespace(check_mode=check, diff=diff)
    module = plugin.ActionModule(
        task, SimpleNamespace(_shell=SimpleNamespace(tmpdir="", cleanup=False)), context, loader, Templar(loader=loader), None
    )
    result: dict[str, Any] = module.run(task_vars={"heliostat_repository": url, "inventory_hostname": "t8a"})
    return json.loads(json.dumps(result))


def both(plugin: Any, url: str, **args: Any) -> dict[str, Any]:
    """Check mode and then the run: they have to say the same."""
    checked = run(plugin, url, check=True, **args)
    done = run(plugin, url, **args)
    assert checked == done
    return done


def test_present_makes_it_once(empty_url: str) -> None:
    first = both(action, empty_url)
    assert (first["changed"], first["revision"]) == (True, HEAD)
    assert (first["diff"]["before"], first["diff"]["after"]) == ("", f"schema {HEAD}\n")
    second = both(action, empty_url)
    assert second["changed"] is False
    assert "diff" not in second


def test_present_leaves_an_older_schema_to_upgraded(empty_url: str) -> None:
    migrated(empty_url, "0003")
    with pytest.raises(AnsibleActionFail, match=r"older schema 0003.*state=upgraded"):
        run(action, empty_url)
    assert both(action, empty_url, state="upgraded")["diff"]["before"] == "schema 0003\n"
    assert both(action, empty_url, state="upgraded")["changed"] is False


def test_upgraded_makes_nothing(empty_url: str) -> None:
    with pytest.raises(AnsibleActionFail, match=r"does not exist. Run heliostat.vdc.repository state=present"):
        run(action, empty_url, state="upgraded")


def test_backup_and_restore(url: str, tmp_path: Path) -> None:
    path = str(tmp_path / "backup")
    with open_repository(url) as repository:
        repository.record_vserver(vserver(), None, "defined")
    assert both(action, url, state="backed_up", path=path)["changed"] is True
    with pytest.raises(AnsibleActionFail, match=r"exists. Choose another path, or replace it with force=true"):
        run(action, url, state="backed_up", path=path)
    assert both(action, url, state="restored", path=path)["changed"] is False
    with open_repository(url) as repository:
        repository.forget_vserver("web1")
        repository.record_vserver(vserver("db1", 2), None, "defined")
    with pytest.raises(AnsibleActionFail, match="would be lost: vserver db1"):
        run(action, url, state="restored", path=path)
    done = both(action, url, state="restored", path=path, force=True)
    assert (done["changed"], done["lost"], done["returned"]) == (True, ["vserver db1"], ["vserver web1"])
    assert (done["diff"]["before"], done["diff"]["after"]) == ("vserver db1\n", "vserver web1\n")
    assert "Discover them again" in done["warnings"][0]


def test_export_changes_when_something_else_is_in_it(url: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    assert both(action, url, state="exported", path=str(path))["changed"] is True
    assert path.stat().st_mode & 0o777 == 0o600
    assert both(action, url, state="exported", path=str(path))["changed"] is False
    with open_repository(url) as repository:
        repository.record_vserver(vserver(), None, "defined")
    done = both(action, url, state="exported", path=str(path))
    assert "web1" in done["diff"]["after"]
    assert "web1" not in done["diff"]["before"]
    assert list(tmp_path.glob(".export*")) == []


def test_unlocked(url: str) -> None:
    assert both(action, url, state="unlocked", object="web1")["changed"] is False
    with open_repository(url) as repository, repository.lock("web1", owner="anna", reason="x"):
        done = both(action, url, state="unlocked", object="web1")
    assert (done["changed"], done["lock"]["owner"], done["lock"]["pid"]) == (True, "anna", os.getpid())


@pytest.mark.parametrize("args", [{"state": "absent"}, {"state": "restored"}, {"state": "unlocked"}, {"surprise": 1}])
def test_wrong_options(url: str, args: dict[str, Any]) -> None:
    with pytest.raises(AnsibleError):
        run(action, url, **args)


def test_questions(url: str) -> None:
    with open_repository(url) as repository:
        for number in (1, 2):
            repository.record_node(f"n{number}", facts(number), compute_pool=f"p{number}", networks={}, address="")
    found = both(info_action, url, kind="nodes", filters={"compute_pool": ["p2", "p3"]})
    assert [row["name"] for row in found["rows"]] == ["n2"]
    assert (found["changed"], "result" in found) == (False, False)
    assert both(info_action, url, kind="nodes", limit=1)["rows"][0]["name"] == "n1"
    assert both(info_action, url, kind="nodes", query="[?memory>`1`].name | sort(@)")["result"] == ["n1", "n2"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"kind": "nodes", "filters": {"colour": "red"}}, "nodes cannot be filtered by 'colour'"),
        ({"kind": "nodes", "query": "[?name=="}, r"query '\[\?name=='"),
        ({"kind": "nodes", "query": "abs(@)"}, r"query 'abs\(@\)'"),
        ({"kind": "nodes", "limit": -1}, "limit -1"),
    ],
)
def test_wrong_questions(url: str, args: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleActionFail, match=message):
        run(info_action, url, **args)


def test_on_the_command_line(empty_url: str, tmp_path: Path) -> None:
    """Loaded by Ansible itself, on a host that cannot be reached: the modules run on the controller."""
    inventory = tmp_path / "hosts"
    inventory.write_text("unreachable ansible_host=192.0.2.1 ansible_connection=ssh\n")
    settings = os.environ | {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "HELIOSTAT_REPOSITORY": empty_url,
        "ANSIBLE_HOST_PATTERN_MISMATCH": "ignore",
    }
    ansible = [str(Path(sys.executable).with_name("ansible")), "unreachable", "-i", str(inventory)]
    outputs = []
    for words in (["-m", "heliostat.vdc.repository"], ["-m", "heliostat.vdc.repository_info", "-a", "kind=nodes"]):
        done = subprocess.run([*ansible, *words], capture_output=True, text=True, env=settings, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        outputs.append(done.stdout)
    assert outputs[0].startswith("unreachable | CHANGED")
    assert json.loads(outputs[1].partition("=>")[2])["rows"] == []
