# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folders of simulated machines: what all of them share (programs, stubs) and each one's own root tree.

STATE/base/tools       copies of the real programs a machine may use, and bash for the stubs
STATE/base/stub        the stub
STATE/base/usr/...     links: simulated names to the stub, real names to tools
STATE/machines/N/root  the root of machine N
STATE/pools/GUID/...   the files of a pool, wherever it is imported
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import uuid
from pathlib import Path

from . import names, stub
from .commands.honest import OFFERED, PACKAGED
from .truth import Machine

FOLDERS = [
    "etc",
    "etc/zones",
    "etc/ssh",
    "etc/default",
    "etc/zfs",
    "etc/svc",
    "var/tmp",
    "var/adm",
    "var/svc/log",
    "var/svc/manifest/site",
    "var/run",
    "var/log",
    "var/sadm/pkg",
    "var/sadm/install",
    "tmp",
    "root",
    "zones",
    "export",
    "export/home",
    "export/home/operator",
    "export/archives",
    "export/shared",
    "dev/dsk",
    "dev/rdsk",
    "dev/zvol",
    "usr/lib",
    "usr/xpg4",
    "usr/platform",
    "opt",
    "system/volatile",
    "devices",
    "mnt",
    ".lab",
]


#: What makes a zone's root the root; no machine has them in its PATH.
ENTERING = ("unshare", "mount", "chroot", "env")


def find(program: str) -> str | None:
    """The real path of a host program, through links (awk is often a link to mawk)."""
    path = shutil.which(program, path="/usr/bin:/bin:/usr/local/bin:/usr/sbin:/sbin:" + os.environ.get("PATH", ""))
    return os.path.realpath(path) if path else None


def variant(machine: Machine) -> str:
    """The folder of BASE that holds a machine's commands: its release, and the packages it has."""
    return "+".join([machine.release, *sorted({package for package, _ in PACKAGED.values() if getattr(machine, package) is not None})])


def build_base(state: Path, simulated: set[str], releases: set[str], namespaces: bool) -> None:
    """(Re)build STATE/base for the commands now registered; bash is essential on Debian and required here."""
    base = state / "base"
    tools = base / "tools"
    tools.mkdir(parents=True, exist_ok=True)
    copied = False
    for program in [*names.REAL, "bash", "sh", *(ENTERING if namespaces else ())]:
        source = find(program)
        target = tools / program
        if source and not target.exists():
            shutil.copyfile(source, target)
            target.chmod(0o755)
            copied = True
    if namespaces and (copied or not (base / ".copied").exists()):
        copy_libraries(base)
        (base / ".copied").touch()
    inside = Path("/.lab/base") if namespaces else base
    machine_file = "/.lab/machine" if namespaces else "${LAB_MACHINE_FILE:?lab: not on a machine}"
    script = base / "stub"
    script.write_text(stub.text(str(inside / "tools/bash"), machine_file, str(inside / "tools")))
    script.chmod(0o755)
    for release in releases:
        link_commands(base, release, simulated, inside)


def link_commands(base: Path, kind: str, simulated: set[str], inside: Path) -> None:
    """BASE/VARIANT/usr/{bin,sbin}: every name that the release has, as a link to its real program or to the stub. BASE/VARIANT/PACKAGE:
    the commands of a package, for folders of its own."""
    release, *packages = kind.split("+")
    top = base / kind
    shutil.rmtree(top, ignore_errors=True)
    for folder in ("usr/bin", "usr/sbin", *packages):
        (top / folder).mkdir(parents=True)
    known = names.known()
    for name in simulated:
        known.setdefault(name, "usr/bin")
    missing = (names.absent(release) - simulated) | {name for name, releases in OFFERED.items() if release not in releases}
    known |= {name: folder for name, (_, folder) in PACKAGED.items()}
    missing |= {name for name, (package, folder) in PACKAGED.items() if package not in packages or not folder}
    for name in [*names.REAL, "sh"]:
        if name not in simulated and (base / "tools" / name).exists():
            known.pop(name, None)
            (top / "usr/bin" / name).symlink_to(inside / "tools" / name)
    for name, folder in known.items():
        if name not in missing:
            (top / folder / name).symlink_to(inside / "stub")
    for name, (package, _) in PACKAGED.items():
        if package in packages:
            (top / package / name).symlink_to(inside / "stub")


def copy_libraries(base: Path) -> None:
    """Copies the shared libraries and the loader of the tools to their own paths under BASE, so that no host folder is mounted."""
    listing = subprocess.run(["ldd", *map(str, sorted((base / "tools").iterdir()))], capture_output=True, text=True, check=False).stdout
    for path in sorted(set(re.findall(r"(/\S+\.so\S*)", listing))):
        target = base / path.lstrip("/")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(os.path.realpath(path), target)
            target.chmod(0o755)


def build_root(state: Path, machine: Machine, namespaces: bool) -> Path:
    """The machine's root tree, made when it is not there yet; files that follow from the truth are written anew."""
    root = state / "machines" / machine.name / "root"
    if not (root / ".lab").exists():
        for folder in FOLDERS:
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "bin").symlink_to("usr/bin")
        (root / "sbin").symlink_to("usr/sbin")
        (root / "usr/bin").symlink_to(f"../.lab/base/{variant(machine)}/usr/bin")
        (root / "usr/sbin").symlink_to(f"../.lab/base/{variant(machine)}/usr/sbin")
        (root / "usr/xpg4/bin").symlink_to(f"../../.lab/base/{variant(machine)}/usr/bin")
        (root / "etc/passwd").write_text(PASSWD)
        (root / "etc/group").write_text(
            "root::0:root\nother::1:root\nbin::2:root,daemon\nsys::3:root,bin,adm\nadm::4:root,daemon\nstaff::10:\n"
        )
        (root / "etc/vfstab").write_text(VFSTAB)
        (root / "etc/hosts").write_text(f"::1 localhost\n127.0.0.1 localhost {machine.name} loghost\n")
        for brand in machine.brands:
            (root / "usr/lib/brand" / brand).mkdir(parents=True, exist_ok=True)
        for device in DEVICES:
            (root / "dev" / device).touch()
    for package, folder in [(name, folder) for name, folders in PACKAGE_FOLDERS.items() if getattr(machine, name) for folder in folders]:
        place = root / folder
        if not place.is_symlink():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to("../" * folder.count("/") + f".lab/base/{variant(machine)}/{package}")
    for name, target in (("base", state / "base"), ("pools", state / "pools")):
        link = root / ".lab" / name
        if link.is_symlink():
            link.unlink()
        elif link.exists():
            link.rmdir()
        if namespaces:
            link.mkdir()
        else:
            link.symlink_to(target)
    for folder in sorted((state / "base").glob("*lib*")):  # /lib, /lib64: where the loader looks
        if not (root / folder.name).is_symlink():
            (root / folder.name).symlink_to(f".lab/base/{folder.name}")
    for folder in sorted((state / "base/usr").glob("lib*/*-linux-*")):
        link = root / folder.relative_to(state / "base")
        if not link.is_symlink():
            link.parent.mkdir(exist_ok=True)
            link.symlink_to("/.lab/base/" + str(folder.relative_to(state / "base")))
    if namespaces and not (root / BOOT_ID).exists():
        new_boot(state, machine, namespaces)
    if machine.vcs:
        (root / "etc/VRTSvcs/conf").mkdir(parents=True, exist_ok=True)
        (root / "etc/VRTSvcs/conf/sysname").write_text(machine.name + "\n")
    (root / "etc/release").write_text(machine.release_text)
    (root / "etc/nodename").write_text(machine.name + "\n")
    return root


def new_boot(state: Path, machine: Machine, namespaces: bool) -> None:
    """What a boot leaves of no earlier one: /var/run is empty, and a program that was compiled for the host reads another boot id."""
    root = state / "machines" / machine.name / "root"
    for entry in (root / "var/run").iterdir():
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    if namespaces:
        (root / BOOT_ID).parent.mkdir(parents=True, exist_ok=True)
        (root / BOOT_ID).write_text(f"{uuid.uuid4()}\n")


#: As the host's kernel names it (random(4)).
BOOT_ID = "proc/sys/kernel/random/boot_id"

#: Where a package keeps its commands beside /usr/sbin.
PACKAGE_FOLDERS = {"vxvm": ("opt/VRTS/bin", "etc/vx/bin"), "suncluster": ("usr/cluster/bin",), "vcs": ("opt/VRTSvcs/bin",)}

DEVICES = ("null", "zero", "tty", "random", "urandom")

PASSWD = """root:x:0:0:Super-User:/root:/sbin/sh
daemon:x:1:1::/:
bin:x:2:2::/usr/bin:
sys:x:3:3::/:
adm:x:4:4:Admin:/var/adm:
operator:x:100:10:Operator:/export/home/operator:/bin/sh
nobody:x:60001:60001:NFS Anonymous Access User:/:
"""

VFSTAB = """#device\tdevice\tmount\tFS\tfsck\tmount\tmount
#to mount\tto fsck\tpoint\ttype\tpass\tat boot\toptions
#
/devices\t-\t/devices\tdevfs\t-\tno\t-
/proc\t-\t/proc\tproc\t-\tno\t-
ctfs\t-\t/system/contract\tctfs\t-\tno\t-
objfs\t-\t/system/object\tobjfs\t-\tno\t-
fd\t-\t/dev/fd\tfd\t-\tno\t-
swap\t-\t/tmp\ttmpfs\t-\tyes\t-
"""
