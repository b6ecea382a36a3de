"""Who is whom, by union-find over merges and addresses: no SQL, and nothing shared with it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Merge:
    """A record of a merge; of the same lead at the same instant, the one known later speaks."""

    merged: str
    survivor: str
    at: datetime
    known_at: datetime


@dataclass(frozen=True)
class Address:
    """A lead known with an address since an instant."""

    lead: str
    email: str
    known_at: datetime


@dataclass(frozen=True)
class Link:
    """Two records of one person."""

    lead: str
    other: str
    at: datetime


class _Groups:
    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def find(self, one: str) -> str:
        while self._above.get(one, one) != one:
            one = self._above[one]
        return one

    def join(self, one: str, other: str) -> None:
        self._above[self.find(one)] = self.find(other)


def identities(
    created: Mapping[str, datetime | None],
    merges: Iterable[Merge],
    addresses: Iterable[Address],
    most_leads: int,
) -> dict[str, tuple[str, datetime | None]]:
    """Lead to its survivor and to the instant since which they are known to be one."""
    latest = _latest(merges)
    following = _without_circles(latest)
    taken_apart = {lead for lead, merge in latest.items() if merge.survivor == lead}
    links = [
        Link(lead, one.survivor, one.at) for lead, one in latest.items() if one.survivor != lead
    ]
    links += _by_address(addresses, taken_apart, most_leads)
    groups = _Groups()
    for link in links:
        groups.join(link.lead, link.other)
    named = set(created) | set(latest) | {one.survivor for one in latest.values()}
    members = defaultdict(list)
    for lead in named:
        members[groups.find(lead)].append(lead)
    survivor = {}
    for leads in members.values():
        best = min(leads, key=lambda one: _rank(one, one in following, created.get(one)))
        survivor.update(dict.fromkeys(leads, best))
    return {lead: (survivor[lead], _since(lead, survivor[lead], links)) for lead in named}


def _latest(merges: Iterable[Merge]) -> dict[str, Merge]:
    """The merge that each lead follows."""
    latest: dict[str, Merge] = {}
    for one in sorted(merges, key=lambda merge: (merge.at, merge.known_at)):
        latest[one.merged] = one
    return latest


def _without_circles(latest: Mapping[str, Merge]) -> dict[str, Merge]:
    following = {lead: one for lead, one in latest.items() if one.survivor != lead}
    for start in sorted(following):
        path: list[str] = []
        lead = start
        while lead in following and lead not in path:
            path.append(lead)
            lead = following[lead].survivor
        if lead in path:
            circle = [following[one] for one in path[path.index(lead) :]]
            last = max(circle, key=lambda merge: (merge.at, merge.merged))
            del following[last.survivor]
    return following


def _by_address(
    addresses: Iterable[Address], taken_apart: set[str], most_leads: int
) -> Iterable[Link]:
    had: dict[str, dict[str, datetime]] = defaultdict(dict)
    for one in addresses:
        email = one.email.strip().lower()
        had[email][one.lead] = min(one.known_at, had[email].get(one.lead, one.known_at))
    for since in had.values():
        if len(since) <= most_leads:
            people = sorted(set(since) - taken_apart)
            for lead in people:
                for other in people:
                    if lead < other:
                        yield Link(lead, other, max(since[lead], since[other]))


def _rank(lead: str, is_merged: bool, created: datetime | None) -> tuple[bool, bool, datetime, str]:
    return is_merged, created is None, created or datetime.max, lead


def _since(lead: str, survivor: str, links: Iterable[Link]) -> datetime | None:
    """Links are made in order of time until the two hang together."""
    if lead == survivor:
        return None
    groups = _Groups()
    for link in sorted(links, key=lambda one: one.at):
        groups.join(link.lead, link.other)
        if groups.find(lead) == groups.find(survivor):
            return link.at
    raise AssertionError(f"{lead} and {survivor} are not linked")
