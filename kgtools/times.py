"""What the things in an answer have of time: when claims are to hold, and what dates their events and agreements."""

from dataclasses import dataclass

from rdflib import Literal, URIRef

from kgtools.claims import days
from kgtools.evidence import things_in, told, valid_times
from kgtools.model import Answer, Evidence
from kgtools.names import KG, of_kind
from kgtools.store import Store

DATED = (KG.date, KG.endDate)
Days = tuple[str, str]  # the first and the last day that a date can mean


@dataclass(frozen=True, slots=True)
class Times:
    """What dates an answer: the valid time of each claim, as days, and more that sources say of when its things were.

    `added` has the dates of the events in the answer, and the events that change its agreements with their dates.
    """

    valid: dict[URIRef, tuple[Days | None, Days | None]]
    added: Evidence


def read_times(store: Store, answer: Answer, found: Evidence) -> Times:
    """What the view of the store has of time for the things in the evidence of an answer."""
    store = store.with_history() if answer.history else store
    things = things_in(found)
    changing = told(store, of_kind(things, "agreement"), (KG.changesAgreement,), of=False)
    events = of_kind(things | things_in(changing), "event")
    added = told(store, events, (*DATED, KG.changesAgreement))
    wanted = {*found.claims, *added.claims}
    valid = {claim: (_days(start), _days(end)) for claim, (start, end) in valid_times(store, wanted).items()}
    return Times(valid, added)


def _days(date: Literal | None) -> Days | None:
    return None if date is None else days(date)
