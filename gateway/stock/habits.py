"""How goods behave in a shop: the hazards that the filter starts from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """Rates a second, and shares.

    Attributes:
        pick: how often a unit is taken in hand.
        hide: how often a thing in place falls silent for long; scaled by what the store teaches.
        show: how often a hidden thing comes into sight again, before the store has taught any.
        put: how soon a thing in a hand is put down: minutes.
        put_hidden: share of things put back where no antenna hears them; scaled likewise.
        leave_unseen: share of pick-ups that end outside with neither till nor door seeing it.
        leave_past_exit: the same where the door has an antenna.
        leave_from_behind: times as likely as that, of what was taken from a back room: customers do
            not go there, and who works there takes it to its shelf, be it heard there or not.
        in_hand, at_home: chance that a round reads a strong tag that is in a hand, and that its
            home's own antenna does: it is carried off.
        found, laid: share of the beliefs in hidden, and in a hand, that a read by an antenna which
            hears the place well turns into *in place*.
        handled, handled_rounds: what is read again when it was so likely in a hand may lie in
            another way than before: its signature is worth so many rounds from then on.
        back: how often what is away comes back to where it lay, with nobody telling. Goods do not.
        ghost: chance that a round reads a tag that is away.
        look: put-backs face the silence of so many windows of recent rounds at once.
        loud: an antenna hears a tag well from this share of the rate of the one that hears it best;
            the silence of the others, summed over an hour, would be taken for the tag's.
        move_odds, move_seconds: nats for a move to a shelf or back room, and how long a challenge
            (see `moves`) lasts at least: what is carried past an antenna is not laid down there.
        step_most: nats that one second may add to a challenge or take from it.
        fade: nats a second that a challenge loses by itself.
        familiar: a read by an antenna that usually reads it so often challenges nothing while home
            is sure.
        review_seconds: the longest until it is looked at again whether a tag lies where we think.
        first_lesson: seconds until what was heard is first learned from.
        level_kept: how far a tag is off the usual level of RSSI by as much as where it lay before.
        level_worth: what levels are worth, were they as independent as they are taken.
        alike: how alike misses in a row are (see `misses`), before the store has taught any.
        alike_known: short silences that this is worth.
    """

    pick: float = 1 / 20_000
    hide: float = 1 / 5_000_000
    show: float = 1 / 5_400
    put: float = 1 / 45
    put_hidden: float = 0.004
    leave_unseen: float = 0.03
    leave_past_exit: float = 0.006
    leave_from_behind: float = 0.1
    in_hand: float = 0.04
    at_home: float = 0.0054
    found: float = 0.7
    laid: float = 0.15
    handled: float = 0.3
    handled_rounds: float = 100.0
    back: float = 0.0
    ghost: float = 1e-5
    look: float = 2.0
    loud: float = 0.4
    move_odds: float = 8.0
    move_seconds: float = 5.0
    step_most: float = 3.0
    fade: float = 0.15
    familiar: float = 0.08
    review_seconds: float = 120.0
    first_lesson: float = 60.0
    level_kept: float = 0.3
    level_worth: float = 0.2
    alike: float = 4.0
    alike_known: float = 100.0


SHOP = Habits()
