# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter heartbeat_key, held against known keys and against what the daemons' own source derives."""

from __future__ import annotations

import hashlib
import hmac
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.heliostat.vdc.plugins.filter.heartbeat_key import FilterModule, heartbeat_key

ROOT = Path(__file__).resolve().parents[3]
MASTER = bytes(range(32)).hex()
OF_NODE_7 = "c240511d36984d775c5fc3f8ea35e1486ceb1476f55ff100fee185e5f080250e"

PROGRAM = """
#include <stdio.h>
#include <stdlib.h>
#include "wire/seal.h"

int main(int count, char **words)
{
    uint8_t master[SEAL_KEY_SIZE];
    uint8_t key[SEAL_KEY_SIZE];
    unsigned byte;

    for (int i = 0; i < SEAL_KEY_SIZE; i++) {
        if (sscanf(words[1] + 2 * i, "%2x", &byte) != 1) {
            return 1;
        }
        master[i] = (uint8_t)byte;
    }
    for (int word = 2; word < count; word++) {
        if (words[word][0] == 'm') {
            seal_monitors_key(master, key);
        } else {
            seal_node_key(master, (uint32_t)strtoul(words[word], NULL, 10), key);
        }
        for (int i = 0; i < SEAL_KEY_SIZE; i++) {
            printf("%02x", key[i]);
        }
        puts("");
    }
    return 0;
}
"""


@pytest.fixture(scope="module")
def daemons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program around the daemons' own seal.c."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler here")
    folder = tmp_path_factory.mktemp("heartbeat_key")
    (folder / "derive.c").write_text(PROGRAM)
    source = ROOT / "roles" / "heartbeat" / "files" / "src"
    files = [source / "wire" / "seal.c", source / "wire" / "hmac.c", ROOT / "tests" / "daemons" / "reference" / "sha256_reference.c"]
    includes = [f"-I{source}", f"-I{source / 'wire'}"]
    subprocess.run([compiler, "-std=c11", "-O1", *includes, "-o", "derive", "derive.c", *files], cwd=folder, check=True)
    return folder / "derive"


def test_the_key_of_a_node() -> None:
    assert heartbeat_key(MASTER, 7) == OF_NODE_7
    assert heartbeat_key(MASTER, "7") == OF_NODE_7
    assert heartbeat_key(MASTER.upper(), 7) == OF_NODE_7
    assert heartbeat_key(MASTER, 0x07000000) != OF_NODE_7


def test_the_key_of_the_monitors() -> None:
    assert heartbeat_key(MASTER, "monitors") == hmac.new(bytes(range(32)), b"heliostat monitors", hashlib.sha256).hexdigest()


def test_the_daemons_derive_the_same(daemons: Path) -> None:
    choose = random.Random(1)
    for _round in range(20):
        master = choose.randbytes(32).hex()
        whose = ["monitors", 1, 255, 256, 65536, 2**31, 2**32 - 1, choose.randrange(1, 2**32)]
        said = subprocess.run([daemons, master, *map(str, whose)], capture_output=True, text=True, check=True).stdout.split()
        assert said == [heartbeat_key(master, of) for of in whose]


@pytest.mark.parametrize("of", [0, -1, 2**32, "0", "", "monitor", "7 ", "0x7", "12345678901", 7.0, True, None, [7], "\u0667"])
def test_whose_key_it_is_must_be_said(of: object) -> None:
    with pytest.raises(AnsibleFilterError, match="neither the number of a node"):
        heartbeat_key(MASTER, of)


WRONG_MASTERS = ["", MASTER[:-1], MASTER + "0", MASTER[:-1] + "g", MASTER + "\n", " " + MASTER[1:], "0" * 64, 7, None, bytes(32)]


@pytest.mark.parametrize("master", WRONG_MASTERS)
def test_what_is_no_master_key_is_refused_and_not_shown(master: object) -> None:
    with pytest.raises(AnsibleFilterError) as refused:
        heartbeat_key(master, 7)
    assert MASTER[:8] not in str(refused.value)


def test_a_key_out_of_a_vault_need_be_no_str() -> None:
    class FromVault:
        def __str__(self) -> str:
            return MASTER

    assert heartbeat_key(FromVault(), 7) == OF_NODE_7


def test_ansible_finds_it() -> None:
    assert FilterModule().filters() == {"heartbeat_key": heartbeat_key}
