"""What a graph was asked is kept until it is written, and never across a write."""

from __future__ import annotations

from kg.graph.memory import Memory


class Asked:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def test_a_question_is_asked_once_until_the_graph_is_written() -> None:
    memory, ask = Memory(keeps=True), Asked()
    assert [memory.recall("counts", ask), memory.recall("counts", ask)] == [1, 1]
    memory.forget()
    assert memory.recall("counts", ask) == 2


def test_a_graph_that_others_write_is_asked_every_time() -> None:
    memory, ask = Memory(keeps=False), Asked()
    assert [memory.recall("counts", ask), memory.recall("counts", ask)] == [1, 2]


def test_what_was_read_before_a_write_is_not_kept_after_it() -> None:
    memory = Memory(keeps=True)

    def ask_while_it_is_written() -> int:
        memory.forget()
        return 1

    assert memory.recall("counts", ask_while_it_is_written) == 1
    assert memory.recall("counts", lambda: 2) == 2


def test_several_answers_are_kept_together_unless_the_graph_was_written() -> None:
    memory = Memory(keeps=True)
    known, mark = memory.known(["a", "b"])
    memory.keep({"a": 1}, mark)
    memory.forget()
    memory.keep({"b": 2}, mark)
    assert not known
    assert memory.known(["a", "b"])[0] == {}
