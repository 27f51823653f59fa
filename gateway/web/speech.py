"""Numbers, times and words as a person of the store reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from gateway.web.words import WORDS
from gateway.web.words_details import in_french
from gateway.web.words_devices import FRENCH

_NARROW_SPACE = "\u202f"
_NO_BREAK_SPACE = "\u00a0"
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line and the language that it is in."""

    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Speech:
    """One language, in one store's time zone, at one moment."""

    lang: str
    clock: ZoneInfo
    now: float

    def say(self, phrase: str, **given: object) -> str:
        """A phrase of `words`, filled in; a phrase that is not there is a fault of ours."""
        return WORDS[self.lang][phrase].format(**given)

    def known(self, prefix: str, word: str) -> str:
        """The phrase of an outside word, or the word itself where we have none."""
        return WORDS[self.lang].get(f"{prefix}_{word}") or word.replace("_", " ")

    def all_known(self, prefix: str, words: Iterable[str]) -> str:
        """The phrases of several outside words, one after the other."""
        return ", ".join(self.known(prefix, word) for word in words)

    def look(self, kind: str, subject: str) -> str:
        """What an alert of a kind means for what it is about; its name where we have no words."""
        phrase = WORDS[self.lang].get(f"look_{kind}")
        return subject if phrase is None else phrase.format(subject=subject)

    def detail(self, text: str, subject: str = "") -> Line:
        """A device's or an engine's own line in this language where we have it, else as it is."""
        text = text.removeprefix(f"{subject}: ")
        french = in_french(text) if self.lang == "fr" else None
        return Line(text, "en") if french is None else Line(french, "fr")

    def name(self, word: str) -> Line:
        """A driver's name of a fault or a fact in this language where we have it."""
        french = FRENCH.get(word) if self.lang == "fr" else None
        return Line(word.replace("_", " "), "en") if french is None else Line(french, "fr")

    def plural(self, phrase: str, count: int) -> str:
        """`phrase` for `count` things: `phrase_one` for a single one."""
        return self.say(f"{phrase}_one" if count == 1 else phrase, count=self.number(count))

    def number(self, value: float, digits: int = 0) -> str:
        """`1 234,5` in French, `1,234.5` in English."""
        text = f"{value:,.{digits}f}".replace("-", "−")
        if self.lang == "fr":
            return text.replace(",", _NARROW_SPACE).replace(".", ",")
        return text

    def signed(self, count: int) -> str:
        """`+12`, `−3`, `0`: an error, either way."""
        return f"{'+' if count > 0 else ''}{self.number(count)}"

    def money(self, hundredths: Fraction, currency: str | None) -> str:
        """`23,47 €` in French, `€23.47` in English; the code itself where it has no sign."""
        text = self.number(round(hundredths) / 100, 2)
        sign = _SIGNS.get(currency or "", currency or "")
        if self.lang == "en" and currency in _SIGNS:
            return f"{sign}{text}"
        return f"{text}{_NO_BREAK_SPACE}{sign}".rstrip()

    def percent(self, share: float, digits: int = 0) -> str:
        """`29,6 %` in French, `29.6%` in English."""
        gap = _NO_BREAK_SPACE if self.lang == "fr" else ""
        return f"{self.number(100 * share, digits)}{gap}%"

    def sure(self, p: float) -> str:
        """A probability without a false certainty: never 0 %, never 100 %."""
        if p > 0.99:
            return f">{_NO_BREAK_SPACE}{self.percent(0.99)}"
        if p < 0.01:
            return f"<{_NO_BREAK_SPACE}{self.percent(0.01)}"
        return self.percent(p)

    def time(self, t: float, *, seconds: bool = False) -> str:
        """Time of day in the store; with the date when it is not today's."""
        moment = datetime.fromtimestamp(t, self.clock)
        text = moment.strftime("%H:%M:%S" if seconds else "%H:%M")
        if moment.date() == datetime.fromtimestamp(self.now, self.clock).date():
            return text
        return f"{moment.strftime('%d/%m' if self.lang == 'fr' else '%d %b')} {text}"

    def length(self, seconds: float) -> str:
        """How long something lasts: `45 s`, `3 min 20 s`."""
        whole = round(seconds)
        minutes, rest = divmod(whole, 60)
        if minutes == 0:
            return f"{rest}{_NO_BREAK_SPACE}s"
        return f"{self.number(minutes)}{_NO_BREAK_SPACE}min {rest}{_NO_BREAK_SPACE}s"

    def ago(self, t: float | None) -> str:
        """How long ago, roughly: a page that says more than it must never comes to rest."""
        if t is None:
            return self.say("never")
        age = max(0.0, self.now - t)
        if age < 60:
            return self.say("just_now")
        if age < 5_400:
            return self.say("minutes_ago", count=round(age / 60))
        if age < 48 * 3_600:
            return self.say("hours_ago", count=round(age / 3_600))
        return self.say("days_ago", count=round(age / 86_400))
