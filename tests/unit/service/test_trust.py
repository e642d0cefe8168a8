"""How long what was seen of the index is believed, alone and beside other processes."""

from __future__ import annotations

from kg.service.trust import PATIENCE, SHARED_FOR, Trust


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def seen(alone: bool) -> tuple[Trust, Clock]:
    clock = Clock()
    trust = Trust(alone, clock)
    assert not trust.holds()
    trust.renew()
    assert trust.holds()
    return trust, clock


def test_alone_what_was_seen_holds_until_the_index_is_made_anew() -> None:
    trust, clock = seen(alone=True)
    clock.now += 1e9
    assert trust.holds()
    trust.end()
    assert not trust.holds()


def test_beside_others_it_holds_for_a_moment() -> None:
    trust, clock = seen(alone=False)
    clock.now += SHARED_FOR - 0.1
    assert trust.holds()
    clock.now += 0.2
    assert not trust.holds()


def test_alone_a_lag_is_always_made_up() -> None:
    trust, _ = seen(alone=True)
    assert trust.must_catch_up(3, 4)
    assert not trust.must_catch_up(4, 4)


def test_a_shared_index_is_caught_up_at_the_first_look() -> None:
    assert Trust(alone=False).must_catch_up(3, 4)


def test_a_shared_index_is_left_to_who_brings_it_up_while_it_moves() -> None:
    trust, clock = seen(alone=False)
    for held in range(3, 9):
        assert not trust.must_catch_up(held, 20)
        clock.now += PATIENCE - 1
    assert not trust.must_catch_up(8, 20)
    clock.now += 2
    assert trust.must_catch_up(8, 20), "who brought it up is gone"
    assert not trust.must_catch_up(20, 20)
    assert not trust.must_catch_up(20, 21)
