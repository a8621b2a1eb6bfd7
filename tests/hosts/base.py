# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root file system that all hosts share, read-only below their own: made once by mmdebstrap, kept under what it is made of."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

CACHE = Path("/var/cache/heliostat-hosts")
PACKAGES = ("systemd-sysv", "dbus", "openssh-server", "iproute2", "procps")
#: Nothing that waits for a network manager, a login or a timer.
MASKED = (
    "apt-daily.timer", "apt-daily-upgrade.timer", "console-getty.service", "dev-hugepages.mount", "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "fstrim.timer", "getty.target", "sys-fs-fuse-connections.mount", "systemd-logind.service", "systemd-networkd.service",
    "systemd-networkd-wait-online.service", "systemd-resolved.service", "systemd-timesyncd.service",
)  # fmt: skip
_SSHD = "UseDNS no\nUsePAM no\nPermitRootLogin prohibit-password\nMaxSessions 50\n"


def codename() -> str:
    """Of the Debian we run on: hosts are of the same, so that what is built here runs there."""
    found = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    return found.get("VERSION_CODENAME", "").strip('"')


def missing() -> str:
    """Why no hosts can be made here; '' where they can."""
    if os.geteuid() != 0:
        return "containers with systemd need root"
    for program in ("systemd-nspawn", "mmdebstrap", "ip", "ssh-keygen"):
        if shutil.which(program) is None:
            return f"there is no {program}"
    return "" if codename() else "this is no Debian"


def _sources() -> list[str]:
    """Files that say where this machine has its Debian from; none: mmdebstrap's own default."""
    folder = Path("/etc/apt")
    found = [
        folder / "sources.list",
        *sorted((folder / "sources.list.d").glob("*.list")),
        *sorted((folder / "sources.list.d").glob("*.sources")),
    ]
    own = re.compile(rf"^(?:deb .*|Suites:.*)(?<=\s){codename()}(?:\s|$)", re.M)
    return [str(path) for path in found if path.is_file() and own.search(path.read_text())]


def base() -> Path:
    """The folder of the root file system, made where it is not there."""
    words = "\n".join([codename(), *PACKAGES, *MASKED, _SSHD, "1"])
    folder = CACHE / hashlib.sha256(words.encode()).hexdigest()[:16]
    if folder.is_dir():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True, mode=0o755)
    fresh = CACHE / f".{folder.name}.{os.getpid()}"
    command = ["mmdebstrap", "--quiet", "--variant=minbase", '--aptopt=APT::Install-Recommends "false"', "--include", ",".join(PACKAGES)]
    subprocess.run([*command, codename(), str(fresh), *_sources()], check=True, stdin=subprocess.DEVNULL)
    _furnish(fresh)
    try:
        fresh.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another run was first
            raise
        shutil.rmtree(fresh)
    return folder


def _furnish(fresh: Path) -> None:
    """What mmdebstrap leaves, made a host that is up in a second."""
    for unit in MASKED:
        (fresh / "etc/systemd/system" / unit).unlink(missing_ok=True)
        (fresh / "etc/systemd/system" / unit).symlink_to("/dev/null")
    (fresh / "etc/machine-id").write_text("")
    (fresh / "etc/ssh/sshd_config.d/tests.conf").write_text(_SSHD)
    (fresh / "etc/systemd/journald.conf").write_text("[Journal]\nStorage=volatile\n")
    (fresh / "root/.ssh").mkdir(mode=0o700, exist_ok=True)
    default = fresh / "etc/systemd/system/default.target"
    default.unlink(missing_ok=True)
    default.symlink_to("/lib/systemd/system/multi-user.target")
