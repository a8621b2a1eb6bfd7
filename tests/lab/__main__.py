# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m tests.lab: start, stop, look at and break a simulated data centre."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import daemon
from .centre import size
from .client import CHECKOUT, DEMO, Lab, LabError
from .faults import KINDS


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m tests.lab", description="A simulated Solaris data centre on loopback addresses.")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--state", type=Path, default=CHECKOUT / ".lab", help="state folder (default: .lab of the checkout)")
    commands = top.add_subparsers(dest="command", required=True)
    start = commands.add_parser("start", parents=[common], help="start it (says so when it runs already)")
    start.add_argument("--centre", type=Path, default=DEMO, help="data-centre file of a new lab (default: the demo)")
    start.add_argument("--port", type=int, help="instead of the file's; 0: any free one, kept over restarts")
    commands.add_parser("stop", parents=[common], help="stop it; the machines keep what they have")
    commands.add_parser("status", parents=[common], help="table of machines, alarms and faults")
    alarms = commands.add_parser("alarms", parents=[common], help="what must never happen and did; exit 1 when there is any")
    alarms.add_argument("--clear", action="store_true")
    power = commands.add_parser("power", parents=[common], help="power of a machine")
    power.add_argument("action", choices=["on", "off", "reset", "panic", "boot", "status"])
    power.add_argument("machine")
    power.add_argument("--arguments", default="", help="of boot, as at the firmware's prompt: --arguments=-sx")
    power.add_argument("--wait", action="store_true", help="until its OS is up")
    clock = commands.add_parser("clock", parents=[common], help="the lab's clock")
    clock.add_argument("--speed", type=float, help="simulated seconds per second")
    clock.add_argument("--jump", type=float, help="seconds")
    load = commands.add_parser("load", parents=[common], help="what machines and zones use")
    load.add_argument("name", nargs="?", default="", help="machine or zone")
    load.add_argument("--cpu", type=float, help="CPUs at work")
    load.add_argument("--memory", type=size, help="bytes, or with K, M, G, T")
    shell = commands.add_parser("shell", parents=[common], help="ssh into a machine or service processor")
    shell.add_argument("host")
    shell.add_argument("words", nargs=argparse.REMAINDER, metavar="command")
    fault = commands.add_parser("fault", help="faults on demand").add_subparsers(dest="fault", required=True)
    add = fault.add_parser("add", parents=[common])
    add.add_argument("machine", help="machine's name, or a pattern such as '*'")
    add.add_argument("kind", choices=KINDS)
    add.add_argument("--match", default="", help="regular expression on the command line")
    add.add_argument("--rc", type=int, default=1)
    add.add_argument("--text", default="", help="what a failing command prints; what the fault strikes: pool, guid, port, zone")
    add.add_argument("--seconds", type=float, default=0.0, help="of the lab's clock")
    add.add_argument("--skip", type=int, default=0)
    add.add_argument("--after", action="store_true", help="a failing command does its work all the same")
    add.add_argument("--times", type=int, default=1, help="-1: for ever")
    fault.add_parser("list", parents=[common])
    fault.add_parser("clear", parents=[common])
    return top


def table(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def show_status(status: dict[str, Any]) -> None:
    rows = [["MACHINE", "ADDRESS", "MODEL", "RELEASE", "STATE", "ZONES", "POOLS", "SP"]]
    for machine in status["machines"]:
        state = machine["state"] + (" (quarantined)" if machine["quarantined"] else "")
        rows.append(
            [
                machine["name"],
                machine["address"],
                machine["model"],
                machine["release"],
                state,
                machine["zones"],
                str(machine["pools"]),
                machine["sp"],
            ]
        )
    for sp in status["processors"]:
        rows.append([sp["name"], sp["address"], sp["type"], "", "", "", "", ""])
    print(table(rows))
    print(f"isolation: {status['isolation']}, speed: {status['speed']:g}, faults: {status['faults']}, alarms: {status['alarms'] or 'none'}")
    if status["broken"]:
        print(f"command families that do not load: {', '.join(status['broken'])}")


def run(arguments: argparse.Namespace) -> int:
    state: Path = arguments.state.absolute()
    if arguments.command in ("start", "stop"):
        print(daemon.start(state, arguments.centre, arguments.port) if arguments.command == "start" else daemon.stop(state))
        return 0
    lab = Lab(state)
    if arguments.command == "status":
        show_status(lab.status())
    elif arguments.command == "alarms":
        if arguments.clear:
            lab.clear_alarms()
        alarms = lab.alarms()
        print("\n".join(f"{alarm['kind']}: {alarm['text']}" for alarm in alarms) or "no alarms")
        return 1 if alarms else 0
    elif arguments.command == "power":
        print(f"{arguments.machine}: {lab.power(arguments.machine, arguments.action, arguments.wait, arguments.arguments)}")
    elif arguments.command == "clock":
        print(lab.clock(arguments.speed, arguments.jump))
    elif arguments.command == "load":
        loads = lab.load(arguments.name, arguments.cpu, arguments.memory)
        print(
            table([["NAME", "CPU", "MEMORY"], *([name, f"{load['cpu']:g}", str(load["memory"])] for name, load in sorted(loads.items()))])
        )
    elif arguments.command == "shell":
        lab.status()
        os.execvp("ssh", ["ssh", "-F", str(lab.ssh_config), arguments.host, *arguments.words])
    elif arguments.fault == "add":
        fields = {name: getattr(arguments, name) for name in ("match", "rc", "text", "seconds", "skip", "times", "after")}
        lab.fault(arguments.machine, arguments.kind, **fields)
    elif arguments.fault == "clear":
        lab.clear_faults()
    else:
        rows = [["MACHINE", "KIND", "MATCH", "RC", "SKIP", "TIMES", "SECONDS", "TEXT"]]
        rows += [
            [str(fault[name]) for name in ("machine", "kind", "match", "rc", "skip", "times", "seconds", "text")] for fault in lab.faults()
        ]
        print(table(rows))
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    try:
        return run(parser().parse_args(argv))
    except (LabError, OSError, ValueError, KeyError, TypeError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
