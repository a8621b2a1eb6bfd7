# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The option of every module that uses the configuration repository."""

    DOCUMENTATION = r"""
options:
  repository:
    description:
      - URL of the configuration repository, C(sqlite:///PATH) or C(postgresql://USER@HOST/DATABASE).
      - Taken from the variable C(heliostat_repository) where it is not given, then from the environment variable
        E(HELIOSTAT_REPOSITORY). Where none is set it is C(sqlite:///~/.heliostat/repository.db) of the user who runs Ansible.
      - Keep the password of a PostgreSQL user in C(~/.pgpass) of that user, or the URL in Ansible Vault.
    type: str
requirements:
  - SQLAlchemy >= 2.0, on the controller
  - alembic >= 1.12, on the controller
  - psycopg >= 3.1, on the controller, for PostgreSQL
"""
