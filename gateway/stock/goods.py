"""Every GTIN's account, which tags belong to it, and which accounts need a new answer."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from drivers.gtin import GtinError, normalize_gtin
from gateway.stock.book import Account
from gateway.stock.layout import Article, Layout
from gateway.stock.tags import Status, Tags

UNCATALOGUED_KEPT = 20_000
TAGS_A_GTIN = 10_000
"""More tags of one GTIN than any store has: a flood of made-up serial numbers."""
_HERE = int(Status.HERE)


class Goods:
    """Accounts by GTIN, in the catalogue's order and then as met.

    Attributes:
        accounts: every account; a tag's `account` column is an index into it, -1 for foreign.
        tags_taken: tag rows that have been given their account.
    """

    def __init__(self, layout: Layout, tags: Tags, faults: Counter[str]) -> None:
        self._tags, self._faults = tags, faults
        self._catalogue = bool(layout.articles)
        self.accounts: list[Account] = []
        self._by_gtin: dict[str, int] = {}
        self._rows: dict[str, NDArray[np.int64]] = {}
        self._touched: dict[int, None] = {}
        self._entered: dict[int, None] = {}
        self.tags_taken = 0
        for article in layout.articles.values():
            self._open(article, catalogued=True)

    def known(self, gtin: str) -> Account | None:
        """The account of a GTIN in any length, if there is one."""
        try:
            number = self._by_gtin.get(normalize_gtin(gtin))
        except GtinError:
            number = self._by_gtin.get(gtin)
        return None if number is None else self.accounts[number]

    def number(self, account: Account) -> int:
        """Which of `accounts` it is."""
        return self._by_gtin[account.gtin]

    def account(self, gtin: str) -> Account | None:
        """The account of a GTIN, opened if the store has no catalogue; None (counted) else."""
        known = self.known(gtin)
        if known is not None:
            return known
        try:
            wanted = normalize_gtin(gtin)
        except GtinError:
            self._faults["bad_gtin"] += 1
            return None
        if self._catalogue or len(self.accounts) >= UNCATALOGUED_KEPT:
            self._faults["unknown_gtin"] += 1
            return None
        return self._open(Article(wanted), catalogued=False)

    def touch(self, gtin: str) -> None:
        """This GTIN needs a new answer."""
        number = self._by_gtin.get(gtin)
        if number is not None:
            self._touched[number] = None
            self._entered[number] = None

    def doubt(self, number: int) -> None:
        """This account needs a new answer, though nothing was entered."""
        self._touched[number] = None

    def entered(self) -> list[int]:
        """Accounts that facts or holds changed since the last call; forgets them."""
        numbers = list(self._entered)
        self._entered = {}
        return numbers

    def touched(self) -> list[int]:
        """Accounts that need a new answer, in a fixed order; forgets them."""
        numbers = sorted(self._touched)
        self._touched = {}
        return numbers

    def take_tag(self, row: int) -> None:
        """Give a new tag row its account; rows are taken in order."""
        account = self.account(self._tags.gtins[row])
        if account is not None and len(account.rows) >= TAGS_A_GTIN:
            self._faults["tags_beyond_bound"] += 1
            account = None
        self._tags.account[row] = -1 if account is None else self._by_gtin[account.gtin]
        if account is not None:
            account.rows.append(row)
        self.tags_taken = row + 1

    def take_tags(self) -> None:
        """Give every new tag row its account."""
        for row in range(self.tags_taken, self._tags.count):
            self.take_tag(row)

    def counts(self, rows: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which of these rows (foreign ones included) belong to an account."""
        # The last row stands in for foreign tags, whatever its account.
        return np.asarray((rows >= 0) & (self._tags.account.take(rows) >= 0))

    def rows(self, account: Account) -> NDArray[np.int64]:
        """Rows of every known tag of the account."""
        kept = self._rows.get(account.gtin)
        if kept is None or len(kept) != len(account.rows):
            kept = self._rows[account.gtin] = np.array(account.rows, np.int64)
        return kept

    def live(self, account: Account) -> NDArray[np.int64]:
        """Rows of the account's tags that were ever read and are not sold."""
        rows = self.rows(account)
        return np.asarray(rows[self._tags.status[rows] == _HERE], np.int64)

    def in_book(self, account: Account) -> int:
        """Tags of the account that its book counts: ever read, not sold."""
        return (
            int((self._tags.status[self.rows(account)] == Status.HERE).sum()) if account.rows else 0
        )

    def lacks(self, row: int) -> bool:
        """Whether the book has a unit of a tag's GTIN that no tag accounts for."""
        number = int(self._tags.account[row])
        if number < 0:
            return False
        account = self.accounts[number]
        return account.unseen(self.in_book(account)) > 0

    def ever_read(self, account: Account) -> int:
        """Tags of the account that were ever read, sold ones included."""
        return int((~np.isnan(self._tags.first[self.rows(account)])).sum()) if account.rows else 0

    def tallies(self) -> tuple[list[int], list[int]]:
        """`in_book` and `ever_read` of every account at once."""
        tags, n, many = self._tags, self._tags.count, len(self.accounts)
        account = tags.account[:n]
        ours = account >= 0
        booked = account[ours & (tags.status[:n] == Status.HERE)]
        read = account[ours & ~np.isnan(tags.first[:n])]
        return (
            np.bincount(booked, minlength=many).tolist(),
            np.bincount(read, minlength=many).tolist(),
        )

    def _open(self, article: Article, *, catalogued: bool) -> Account:
        account = Account(article.gtin, article, catalogued)
        self._by_gtin[article.gtin] = len(self.accounts)
        self._touched[len(self.accounts)] = None
        self.accounts.append(account)
        return account
