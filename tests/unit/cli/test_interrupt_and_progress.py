"""Ctrl-C is a wish that is looked at; progress is plain lines where there is no terminal."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from kg.cli.interrupt import deferred_interrupt
from kg.cli.output import Progress


@pytest.fixture
def interruptible() -> Iterator[None]:
    """As in a terminal: a process that was started in the background is born deaf to Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_the_first_ctrl_c_is_a_wish_and_the_second_ends() -> None:
    with deferred_interrupt() as asked:
        assert not asked.is_set()
        os.kill(os.getpid(), signal.SIGINT)
        assert asked.wait(5)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_line_at_every_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    for done in range(101):
        progress.show(done, 100, "rows")
    progress.show(0, 0, "texts")
    progress.end()
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"{done} of 100 rows" for done in range(0, 101, 10)]
