# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated service processor: OpenIPMI's ipmi_sim, spoken to by the stock fence_ipmilan. What it switches off is killed."""

from __future__ import annotations

import shutil
from pathlib import Path

from .hosts import Hosts
from .watch import Watch

PROGRAMS = ("ipmi_sim", "fence_ipmilan")
PORT = 9623
PASSWORD = "secret"
REAL = Path(shutil.which("fence_ipmilan") or "/usr/sbin/fence_ipmilan")

LAN = """\
name "sp"
set_working_mc 0x20
startlan 1
addr {address} {port}
priv_limit admin
allowed_auths_callback none md2 md5 straight
allowed_auths_user none md2 md5 straight
allowed_auths_operator none md2 md5 straight
allowed_auths_admin none md2 md5 straight
guid a123456789abcdefa123456789abcdef
endlan
chassis_control "{folder}/chassis"
user 2 true "admin" "{password}" admin 10 none md2 md5 straight
"""
EMULATION = """\
mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
mc_enable 0x20
"""
# Called with "get power" or "set power 0"; the machine's processes are those in the file pids.
CHASSIS = """\
#!/bin/sh
case "$*" in
*"get power") echo "power:$(cat {folder}/power)" ;;
*"set power 0") date "+%s%N told" >> {folder}/asked; kill -KILL $(cat {folder}/pids) 2> /dev/null; echo 0 > {folder}/power ;;
*"set power 1") echo 1 > {folder}/power ;;
*) exit 1 ;;
esac
exit 0
"""
# Before fence_ipmilan itself, because its own start (an interpreter's) is not the daemon's time.
AGENT = """\
#!/bin/sh
began=$(date +%s%N)
words=$(cat)
case "$words" in
*action=off*) echo "$began asked" >> {folder}/asked ;;
esac
printf '%s\\n' "$words" | {folder}/fence_ipmilan "$@"
"""


def missing() -> list[str]:
    return [program for program in PROGRAMS if shutil.which(program) is None]


def words(address: str) -> dict[str, str]:
    """What the fence agent is to be told."""
    known = {"ip": address, "ipport": str(PORT), "username": "admin", "password": PASSWORD, "lanplus": "1", "cipher": "3"}
    return known | {"power_wait": "0"}


def password(folder: Path) -> Path:
    file = folder / "password"
    file.write_text(f"{PASSWORD}\n")
    file.chmod(0o600)
    return file


def prepare(folder: Path, address: str) -> Path:
    """Writes its files, it will listen there; returns the fence agent."""
    (folder / "lan.conf").write_text(LAN.format(folder=folder, address=address, port=PORT, password=PASSWORD))
    (folder / "emulation").write_text(EMULATION)
    shutil.copy(REAL, folder / "fence_ipmilan")  # the agent may stand in its place
    for name, text in (("chassis", CHASSIS), ("fence", AGENT)):
        (folder / name).write_text(text.format(folder=folder))
        (folder / name).chmod(0o755)
    switch_on(folder, [])
    return folder / "fence"


def switch_on(folder: Path, pids: list[int]) -> None:
    """The machine runs, by these processes; nothing was asked yet."""
    (folder / "power").write_text("1\n")
    (folder / "asked").write_text("")
    (folder / "pids").write_text(" ".join(map(str, pids)))


def start(hosts: Hosts, name: str, watch: Watch) -> None:
    folder = hosts.folder
    words = ["ipmi_sim", "-c", f"{folder}/lan.conf", "-f", f"{folder}/emulation", "-s", f"{folder}/processor", "-n"]
    process = hosts.spawn(name, words)
    assert process.stdout is not None
    watch.follow(process.stdout, parse=False)


def stamped(text: str, word: str, ahead: float) -> float | None:
    """When that was first written: lines are ``NANOSECONDS WORD``, of the wall clock, so many seconds ahead of the monotonic one."""
    for line in text.splitlines():
        nanoseconds, _, written = line.partition(" ")
        if written == word:
            return int(nanoseconds) / 1e9 - ahead
    return None
