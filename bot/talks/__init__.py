"""Talks of staff with people: who waits for a human, what was said, replying, taking over, and what staff note."""


class TalkError(Exception):
    """Something that cannot be done in a talk; *problem* names the words that tell why."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
