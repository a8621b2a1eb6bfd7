# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program inside a zone: the zone's root is its /, its environment is zlogin's, not the caller's (zlogin.c, prep_env).

In ``namespaces`` the zone's root gets the machine's programs and devices by bind mounts of a mount namespace that ends with the
program, and becomes its root. In ``paths`` absolute paths in the line are rewritten to the zone's root, those of programs and devices
to the machine's.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from . import filesystem
from .truth import Machine, Zone

if TYPE_CHECKING:
    from .isolation import Isolation

TOOLS = "/.lab/base/tools"
OF_THE_MACHINE = ("usr", "dev", ".lab")
ENTER = f"""R=$1; shift
for folder in {" ".join(OF_THE_MACHINE)}; do {TOOLS}/mount --rbind "/$folder" "$R/$folder" || exit 125; done
exec {TOOLS}/chroot "$R" "$@"
"""


def root(zone: Zone) -> str:
    """The zone's root as its machine names it."""
    return f"{zone.zonepath}/root"


def account(machine: Machine, zone: Zone, user: str) -> tuple[str, str] | None:
    """(home, shell) of a user of the zone's own /etc/passwd."""
    try:
        lines = filesystem.read_file(machine, f"{root(zone)}/etc/passwd").splitlines()
    except OSError:
        return None
    fields = next((line.split(":") for line in lines if line.split(":")[0] == user), None)
    return (fields[5] or "/", fields[6] or "/sbin/sh") if fields is not None and len(fields) == 7 else None


def environment(machine: Machine, zone: Zone, user: str, session: str, term: str) -> dict[str, str]:
    """What a program finds that zlogin and su started."""
    found = account(machine, zone, user)
    env = {"PATH": "/usr/sbin:/usr/bin" if user == "root" else "/usr/bin:", "HOME": "/", "SHELL": "/sbin/sh"}
    if found is not None:
        env |= {"LOGNAME": user, "HOME": found[0], "SHELL": found[1], "MAIL": f"/var/mail/{user}"}
    env |= {"TERM": term} if term else {}
    return env | {"LAB_ZONE": zone.name, "LAB_USER": user, "LAB_SESSION": session}


def places(machine: Machine) -> list[str]:
    """The host's names of the roots of the machine's zones."""
    return [str(filesystem.resolve(machine, root(zone))) for zone in machine.zones.values() if zone.zonepath]


def prepare(machine: Machine, zone: Zone) -> Path:
    """The zone's root on the host, with what a program needs there. Raises OSError when it is not there."""
    top, place = filesystem.root(machine), filesystem.resolve(machine, root(zone))
    for folder in (*OF_THE_MACHINE, "tmp", "var/tmp"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    for link in (path for path in top.iterdir() if path.is_symlink() and re.fullmatch(r"s?bin|lib\w*", path.name)):
        if not os.path.lexists(place / link.name):
            (place / link.name).symlink_to(os.readlink(link))
    return place


def program(isolation: Isolation, machine: Machine, zone: Zone, argv: list[str], env: dict[str, str]) -> tuple[list[str], str]:
    """(argv, folder) that run ``argv`` inside the zone, in the user's home, when the machine's shell starts them. Raises OSError."""
    place = prepare(machine, zone)
    line = " ".join(shlex.quote(word) for word in argv)
    home = shlex.quote(env["HOME"])
    if isolation.mode == "namespaces":
        words = [f"{name}={value}" for name, value in env.items()]
        entered = ["/bin/sh", "-c", f"cd {home} 2>/dev/null; exec {line}"]
        enter = [f"{TOOLS}/unshare", "-m", "--propagation", "unchanged", f"{TOOLS}/sh", "-c", ENTER, "enter", root(zone)]
        return [*enter, f"{TOOLS}/env", "-i", *words, *entered], ""
    top = str(filesystem.root(machine))
    values = {"LAB_MACHINE_FILE": f"{top}/.lab/machine", "LAB_ROOT": top} | env
    values["PATH"] = ":".join(top + folder for folder in env["PATH"].split(":") if folder)
    words = [f"{name}={value}" for name, value in values.items()]
    entered = [f"{top}/bin/sh", "-c", outward(f"cd {home} 2>/dev/null; exec {line}", top, place)]
    return [f"{top}/usr/bin/env", "-i", *words, *entered], str(place)


def outward(text: str, top: str, place: Path) -> str:
    """Absolute paths as the zone means them -> as the host names them."""
    own = sorted((name for name in os.listdir(place) if name not in (*OF_THE_MACHINE, "bin", "sbin")), key=len, reverse=True)
    devices = "dev/(?:null|zero|tty|random|urandom|fd|std(?:in|out|err))(?![\\w])"

    def moved(match: re.Match[str]) -> str:
        name = match[1]
        return f"{top}/{name}" if name in (*OF_THE_MACHINE, "bin", "sbin") else f"{place}/{name}"

    names = "|".join(map(re.escape, [*own, *OF_THE_MACHINE, "bin", "sbin"]))
    return re.sub(rf"(?<![\w./*?\]}})-])/(?!{devices})({names})(?![\w.-])", moved, text)
