"""Killed at any moment of a write, the index is what it was before or after, never between."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from search_cards import around, card

from kg.graph.ladybug.views import EmbeddedViews
from kg.graph.protocol import Filters

pytestmark = pytest.mark.integration

WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import numpy as np
from search_cards import around, card
from kg.graph.ladybug.views import EmbeddedViews
views = EmbeddedViews(Path(sys.argv[1]))
print("open", flush=True)
for n in range(views.sequence() + 1, 100_000):
    documents = [card(f"s{(n * 7 + i) % 90:02d}", title=str(n)) for i in range(20)]
    views.apply(n, documents, around(20), [f"s{(n * 13 + i) % 90:02d}" for i in range(5)])
    print(n, flush=True)
"""


def expected_at(sequence: int) -> dict[str, str]:
    """Title of each document after so many writes."""
    titles: dict[str, str] = {}
    for n in range(1, sequence + 1):
        for i in range(5):
            titles.pop(f"s{(n * 13 + i) % 90:02d}", None)
        for i in range(20):
            titles[f"s{(n * 7 + i) % 90:02d}"] = str(n)
    return titles


def test_a_kill_leaves_a_whole_state_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    from search_cards import STAMP

    first = EmbeddedViews(tmp_path)
    first.reset(STAMP)
    first.apply(0, [card("s00")], around(1), ["s00"])
    first.apply(0, [], np.zeros((0, 8), np.float32), ["s00"])
    first.close()
    chance = np.random.default_rng(3)
    support = str(Path(__file__).parents[2] / "support")
    acknowledged = 0
    for _ in range(12):
        command = [sys.executable, "-c", WRITER, str(tmp_path), support]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3])
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        time.sleep(chance.uniform(0.0, 0.25))
        process.send_signal(signal.SIGKILL)
        heard = [line for line in process.stdout.read().splitlines() if line.isdigit()]
        process.stdout.close()
        process.wait()
        acknowledged = int(heard[-1]) if heard else acknowledged
        views = EmbeddedViews(tmp_path)
        assert views.sequence() >= acknowledged
        expected = expected_at(views.sequence())
        found = {d.id: d.title for d in views.documents(views.matching(Filters(), 999))}
        assert found == expected
        assert views.count() == len(expected)
        assert len(views.by_words(["ash"], Filters(), 999)) == len(expected)
        acknowledged = views.sequence()
        views.close()
    assert acknowledged > 5
