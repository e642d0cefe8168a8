"""The support matrix in the docs says what the contract suite runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration


def test_the_support_matrix_is_current() -> None:
    script = Path(__file__).parents[3] / "scripts" / "engines.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
