"""What a run may spend. It is asked once for each question, before its first request; a question once begun is seen through,
so that what was paid for is not thrown away, and what it takes counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class BudgetReachedError(Exception):
    """The question was not asked: with it, more would be spent than the run may."""


@dataclass(slots=True)
class Spent:
    """Money (in the unit of the prices) and tokens, in and out together."""

    money: float = 0.0
    tokens: int = 0


class Budget:
    """`money`, `tokens`: what may be spent at most, None for any. One budget may serve several clients."""

    def __init__(self, money: float | None = None, tokens: int | None = None) -> None:
        self.money = money
        self.tokens = tokens
        self.spent = Spent()
        self.reached = False
        """A question was turned away: the run should begin nothing new."""
        self._reserved = Spent()

    @contextmanager
    def question(self, money: float | None, tokens: int) -> Iterator[None]:
        """Holds back what a question is expected to take while it is asked. Raises BudgetReachedError."""
        expected = money or 0.0
        if self._over(self.money, self.spent.money + self._reserved.money + expected) or self._over(
            self.tokens, self.spent.tokens + self._reserved.tokens + tokens
        ):
            self.reached = True
        if self.reached:
            raise BudgetReachedError
        self._reserved.money += expected
        self._reserved.tokens += tokens
        try:
            yield
        finally:
            self._reserved.money -= expected
            self._reserved.tokens -= tokens

    def spend(self, money: float | None, tokens: int) -> None:
        """A request has taken so much."""
        self.spent.money += money or 0.0
        self.spent.tokens += tokens

    @staticmethod
    def _over(most: float | None, sum_: float) -> bool:
        return most is not None and sum_ > most
