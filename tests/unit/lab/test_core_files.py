# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that move with their pool, data-centre files, and the pieces that need no running machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.lab import centre, filesystem, generate, judge, names
from tests.lab.client import DEMO, Lab, LabError
from tests.lab.isolation import Paths
from tests.lab.simulation import load_families
from tests.lab.stdin import reads_stdin
from tests.lab.store import Store
from tests.lab.truth import DataCentre


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A state folder without a running lab; the module's own place is put back."""
    before = filesystem._Place.state, filesystem._Place.namespaces
    filesystem.configure(tmp_path, True)
    for name in ("t8a", "t8b"):
        (tmp_path / "machines" / name / "root").mkdir(parents=True)
    yield tmp_path
    filesystem._Place.state, filesystem._Place.namespaces = before


def demo() -> DataCentre:
    return centre.read(DEMO).truth()


def test_files_of_a_pool_move_with_it(place: Path) -> None:
    machines = demo().machines
    here, there = machines["t8a"], machines["t8b"]
    filesystem.mount(here, "42", "data", "/data")
    filesystem.mount(here, "42", "data/web", "/data/web")
    filesystem.write_file(here, "/data/web/index", "kept")
    assert filesystem.mounted(here, "/data/web") == ("42", "data/web")
    for point in ("/data/web", "/data"):
        filesystem.unmount(here, point)
    assert list(filesystem.resolve(here, "/data").iterdir()) == []
    filesystem.mount(there, "42", "data", "/elsewhere")
    filesystem.mount(there, "42", "data/web", "/elsewhere/web")
    assert filesystem.read_file(there, "/elsewhere/web/index") == "kept"
    with pytest.raises(OSError, match="No such file"):
        filesystem.read_file(here, "/data/web/index")


def test_a_folder_with_entries_is_not_mounted_over(place: Path) -> None:
    machine = demo().machines["t8a"]
    (place / "machines/t8a/root/data").mkdir()
    (place / "machines/t8a/root/data/file").touch()
    with pytest.raises(OSError, match="not empty"):
        filesystem.mount(machine, "42", "data", "/data")
    with pytest.raises(OSError, match="Invalid argument"):
        filesystem.unmount(machine, "/data")


def test_links_never_lead_out_of_the_machine(place: Path) -> None:
    machine = demo().machines["t8a"]
    root = place / "machines/t8a/root"
    (root / "etc").mkdir()
    (root / "etc/link").symlink_to("/../../etc/passwd")
    assert filesystem.resolve(machine, "/etc/../../../etc/link") == root / "etc/passwd"
    (root / "loop").symlink_to("/loop")
    with pytest.raises(OSError, match="symbolic links"):
        filesystem.resolve(machine, "/loop")


def test_the_judge_knows_a_zone_without_uuid_by_the_pool_of_its_path() -> None:
    data = demo()
    zone = {"state": "running", "zonepath": "/zones/web", "brand": "solaris"}
    pools = [{"name": "web", "guid": "42", "tree": [], "datasets": {"web": {"properties": {"mountpoint": "/zones/web"}}}}]
    raw = centre.read(DEMO).data
    for name in ("t8a", "t8b"):
        raw["machines"][name]["zones"] = {"web": {"name": "web", "uuid": "", **zone}}
    data = centre.make_truth(raw | {"pools": [pools[0] | {"imported_by": "t8a"}]})
    assert list(judge.findings(data)) == []  # two zones of one name on different pools are two zones
    data.machines["t8b"].imported.append("42")
    for uuids in (("", ""), ("a", "b"), ("a", "a")):
        for name, uuid in zip(("t8a", "t8b"), uuids, strict=True):
            data.machines[name].zones["web"].uuid = uuid
        assert sorted(kind for kind, _ in judge.findings(data)) == ["double_import", "double_run"]
    data.machines["t8b"].running = False
    assert list(judge.findings(data)) == []


def test_the_truth_is_the_same_after_writing_and_reading(tmp_path: Path) -> None:
    data = demo()
    Store(tmp_path).save(data)
    assert Store(tmp_path).load() == data


def test_a_centre_file_with_an_unknown_field_is_refused() -> None:
    raw = yaml.safe_load(DEMO.read_text())
    raw["machines"]["t8a"]["colour"] = "blue"
    with pytest.raises(TypeError, match="colour"):
        centre.make_truth(raw)


def test_demo_is_what_the_inventory_expects() -> None:
    data = demo()
    assert {name: machine.release for name, machine in data.machines.items()} == {
        "t8a": "s11.4",
        "t8b": "s11.4",
        "t5a": "s11.3",
        "t4a": "s10",
    }
    seen = {name: sum(name in lun.visible_to for lun in data.luns.values()) for name in data.machines}
    assert seen == {"t8a": 16, "t8b": 16, "t5a": 6, "t4a": 8}
    assert {lun.array for guid, lun in data.luns.items() if int(guid[-2:], 16) % 2} == {"array-1"}
    assert all(data.pools[machine.imported[0]].name == "rpool" for machine in data.machines.values())
    macs = [nic.mac for machine in data.machines.values() for nic in machine.nics]
    assert len(set(macs)) == 16


def test_generated_centres_run_and_are_always_the_same() -> None:
    raw = generate.centre(3, 4)
    assert raw == generate.centre(3, 4)
    data = centre.make_truth(raw)
    assert len(data.luns) == 12
    assert all(len(machine.zones) == 4 and len(machine.imported) == 5 for machine in data.machines.values())
    assert list(judge.findings(data)) == []
    zone = data.machines["n002"].zones["v002003"]
    special = {resource["special"] for resource in zone.config["resources"] if resource["kind"] == "fs"}
    pool = next(pool for pool in data.pools.values() if pool.name == zone.name)
    assert special <= pool.datasets.keys(), "what the configuration names is there"
    assert pool.datasets[f"{zone.name}/zone"].properties["mountpoint"] == zone.zonepath


def test_every_family_loads() -> None:
    assert load_families() == []


def test_names_of_real_and_simulated_programs_are_apart() -> None:
    assert not set(names.REAL) & {"python", "python3", "perl", "bash", "systemctl", "sh"}
    assert not {"python", "python3", "perl", "bash"} & set(names.known())
    assert "beadm" in names.absent("s10")
    assert "lucreate" in names.absent("s11.4")


@pytest.mark.parametrize(
    ("line", "reads"),
    [
        ("zonecfg -z web -f -", True),
        ("zonecfg -z web", True),
        ("zonecfg -z web -f /tmp/x", False),
        ("zonecfg -z web info", False),
        ("svccfg -s ssh listprop", False),
        ("svccfg", True),
        ("zfs receive a/b", True),
        ("zfs list", False),
        ("zlogin web cat", False),
    ],
)
def test_who_reads_stdin(line: str, reads: bool) -> None:
    name, *args = line.split()
    assert reads_stdin(name, args) is reads


def test_paths_mode_rewrites_only_the_machines_folders(tmp_path: Path) -> None:
    isolation = Paths(tmp_path)
    root = tmp_path / "machines/m/root"
    for folder in ("etc", "var", "zones", "dev", "usr"):
        (root / folder).mkdir(parents=True)
    line = "cat /etc/release 2>/dev/null >/var/x; echo 'a/etc/b' 1/etc s/var/x/ \"/zones/z\" /nowhere/etc --dir=/usr/bin /dev/dsk /etcetera"
    wanted = (
        f"cat {root}/etc/release 2>/dev/null >{root}/var/x; echo 'a/etc/b' 1/etc s/var/x/ \"{root}/zones/z\" /nowhere/etc "
        f"--dir={root}/usr/bin {root}/dev/dsk /etcetera"
    )
    assert isolation.outward("m", line) == wanted
    assert isolation.inward("m", wanted) == line
    assert isolation.inward("m", str(root)) == "/"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab where operator needs a password on t8a, and has no privilege at all on t8b."""
    raw = yaml.safe_load(DEMO.read_text())
    raw["machines"]["t8a"]["operator"] = {"password": "sesame"}
    raw["machines"]["t8b"]["operator"] = {"pfexec": False, "sudo": False, "password": "sesame"}
    file = tmp_path_factory.mktemp("guarded") / "centre.yml"
    file.write_text(yaml.safe_dump(raw, sort_keys=False))
    with Lab.start(centre=file, state_dir=file.parent / "lab") as lab:
        yield lab


def test_sudo_asks_for_the_password_as_ansible_expects(guarded: Lab) -> None:
    line = "sudo -H -S -p '[sudo via ansible, key=abc] password:' -u root /bin/sh -c 'echo BECOME-SUCCESS-abc; id; cat'"
    done = guarded.ssh("t8a", line, user="operator", stdin="sesame\nrest of the input\n")
    assert done.stderr == "[sudo via ansible, key=abc] password:"
    assert done.stdout == "BECOME-SUCCESS-abc\nuid=0(root) gid=0(root)\nrest of the input\n"
    wrong = guarded.ssh("t8a", "sudo -S id", user="operator", stdin="open\n")
    assert wrong.returncode == 1
    assert "Sorry, try again." in wrong.stderr
    assert wrong.stdout == ""
    assert guarded.ssh("t8a", "sudo -n id", user="operator").stderr == "sudo: a password is required\n"


def test_without_privilege_nobody_becomes_root(guarded: Lab) -> None:
    assert guarded.ssh("t8b", "pfexec id", user="operator").stdout == "uid=100(operator) gid=10(staff)\n"
    assert guarded.ssh("t8b", "sudo -n id", user="operator").returncode == 1
    assert guarded.ssh("t8b", "su root -c id", user="operator", stdin="wrong\n").stderr == "Password: \nsu: Sorry\n"


def test_a_pool_and_its_files_go_from_one_machine_to_another(guarded: Lab) -> None:
    disk = "c0t60060E8007C3F2000030C3F200000101d0"
    made = guarded.ssh(
        "t8a",
        f"zpool create data {disk} && zfs create data/web && echo kept > /data/web/f && cat /data/web/f && zpool export data; ls /data",
    )
    assert made.stdout.splitlines()[-1] == "kept", made.stderr
    moved = guarded.ssh("t8b", "zpool import data && cat /data/web/f")
    assert moved.stdout == "kept\n", moved.stderr
    assert guarded.alarms() == []
    guarded.power("t8b", "off")
    assert guarded.ssh("t8a", "zpool import -f data && cat /data/web/f").stdout == "kept\n"
    guarded.clock(speed=1000)
    guarded.power("t8b", "on", wait=True)
    assert guarded.alarms() == []
    assert guarded.ssh("t8b", "cat /data/web/f").returncode != 0


def test_the_client_says_when_there_is_no_lab(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no lab is running"):
        Lab(tmp_path).status()
    with pytest.raises(LabError, match="nowhere"):
        Lab.start(centre=tmp_path / "nowhere.yml", state_dir=tmp_path / "lab")


def test_machine_type_is_kept_by_patches(guarded: Lab) -> None:
    with pytest.raises(LabError, match="has no colour"):
        guarded.patch("machines/t8a/colour", "blue")
    guarded.patch("machines/t8a/zones/new", {"name": "new"})
    assert guarded.truth("t8a")["zones"]["new"]["state"] == "configured"
