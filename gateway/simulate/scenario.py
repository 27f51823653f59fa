"""How a virtual day goes: how busy, how honest, how well kept, and what breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Book(StrEnum):
    """What the capture says of the stock at its start."""

    RIGHT = "right"
    WRONG = "wrong"
    """One GTIN in five is off by a few; `book_errors` says how many."""
    NONE = "none"
    """Nothing was ever written down."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """The knobs of a virtual day. Shares are probabilities; rates are a day of twelve hours.

    Attributes:
        visitors_per_hour: mean over the opening hours; None: by the size of the store.
        exit_antennas: False takes the antennas of exit zones away.
        book_errors: share of GTINs that `Book.WRONG` puts off.
        first_epcs: share of GTINs whose first delivery names every EPC.
        untagged: share of articles that carry no tags at all.
        dead: share of tags that no reader ever hears; weak: share that needs 6 dB more.
        shadowing_db: log-normal shadowing, drawn for each placement and antenna.
        power_db: added to every antenna: above zero, cross-reads are strong.
        cycle: seconds in which a reader comes round all its antennas; None: by the goods to read.
        buyers: share of parties that mean to buy; thieves: share of parties that steal.
        misplaced: share of things put back that end on another shelf.
        sale_epcs: share of sales where the till knows the EPCs.
        delivery_epcs: share of deliveries that list the EPCs.
        outages: reader outages; held: share of them in which the reader keeps its reports.
        deaf: how often a shelf antenna stops hearing for good; nobody says so, and only one does.
        reboots: restarts of a door counter, each with a new boot id.
        door_miss: share of passages that the counter does not see.
        foreign: share of visitors who carry a tag of another shop.
    """

    visitors_per_hour: float | None = None
    exit_antennas: bool = True
    book: Book = Book.RIGHT
    book_errors: float = 0.2
    first_epcs: float = 0.0
    untagged: float = 0.0
    dead: float = 0.001
    weak: float = 0.03
    shadowing_db: float = 3.0
    power_db: float = 0.0
    cycle: float | None = None
    buyers: float = 0.35
    thieves: float = 0.02
    misplaced: float = 0.15
    sale_epcs: float = 0.3
    deliveries: float = 1.5
    delivery_epcs: float = 0.5
    stocktakes: float = 2.0
    returns: float = 6.0
    outages: float = 1.0
    held: float = 0.5
    deaf: float = 1.0
    reboots: float = 0.7
    door_miss: float = 0.015
    foreign: float = 0.04
    staff: int | None = None

    def busier(self, times: float) -> Scenario:
        """The same store with everything that happens by the day happening so many times more."""
        return replace(
            self,
            deliveries=times * self.deliveries,
            stocktakes=times * self.stocktakes,
            returns=times * self.returns,
            outages=times * self.outages,
            deaf=times * self.deaf,
            reboots=times * self.reboots,
        )


USUAL = Scenario()
"""A day as shops have them."""

CALM = Scenario(
    weak=0.0, dead=0.0, outages=0.0, deaf=0.0, reboots=0.0, door_miss=0.0, foreign=0.0,
    thieves=0.0, misplaced=0.0,
)  # fmt: skip
"""Nothing breaks, nobody steals, every tag works."""

SCENARIOS = {
    "usual": USUAL,
    "calm": CALM,
    "no-exit": Scenario(exit_antennas=False),
    "book-wrong": Scenario(book=Book.WRONG),
    "no-exit-book-wrong": Scenario(exit_antennas=False, book=Book.WRONG),
    "no-book": Scenario(book=Book.NONE),
}
