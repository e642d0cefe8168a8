"""Writing jobs run in line, survive a bug, and stop where nothing is half done."""

from __future__ import annotations

import threading

import pytest

from kg.errors import Busy, Interrupted
from kg.service.jobs import Follower, Jobs, Stop


def test_jobs_run_in_order_and_a_bug_does_not_end_the_line() -> None:
    done: list[int] = []
    jobs = Jobs(10)

    def fail(_: Stop) -> None:
        raise ValueError("a bug")

    jobs.add(lambda _: done.append(1))
    jobs.add(fail)
    jobs.add(lambda _: done.append(2))
    assert jobs.wait(5)
    jobs.close()
    assert done == [1, 2]


def test_too_many_waiting_jobs_are_refused() -> None:
    go = threading.Event()
    started = threading.Event()
    jobs = Jobs(1)

    def hold(_: Stop) -> None:
        started.set()
        go.wait(5)

    jobs.add(hold)
    assert started.wait(5)
    jobs.add(lambda _: None)
    with pytest.raises(Busy):
        jobs.add(lambda _: None)
    go.set()
    jobs.close()


def test_closing_stops_the_running_job_at_its_next_safe_point() -> None:
    started = threading.Event()
    ended: list[str] = []
    jobs = Jobs(5)

    def work(stop: Stop) -> None:
        started.set()
        try:
            while True:
                stop.check()
        except Interrupted:
            ended.append("in order")

    jobs.add(work)
    assert started.wait(5)
    jobs.add(lambda _: ended.append("never"))
    jobs.close()
    assert ended == ["in order"]


def test_a_follower_has_done_its_work_after_the_last_nudge() -> None:
    written: list[int] = []
    followed: list[int] = []
    with Follower(lambda: followed.append(len(written))) as follower:
        for number in range(3):
            written.append(number)
            follower.nudge()
        follower.finish()
    assert followed[-1] == 3
    assert len(followed) <= 3


def test_a_follower_tells_what_went_wrong_and_does_no_more() -> None:
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        raise ValueError("the disk is full")

    with Follower(fail) as follower:
        follower.nudge()
        with pytest.raises(ValueError, match="the disk is full"):
            follower.finish()
        follower.nudge()
    assert calls == [1]


def test_a_follower_that_was_never_nudged_does_nothing() -> None:
    calls: list[int] = []
    with Follower(lambda: calls.append(1)) as follower:
        follower.finish()
    assert calls == []
