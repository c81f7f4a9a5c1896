"""What the data look like: how many claims from whom, on what, how hedged, how dated, and who alone speaks on what."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kgtools.model import Term
from kgtools.names import shorten
from kgtools.store import Store

FEWEST = 3  # claims on a thing before it counts as one that only one perspective speaks of
OLDEST = 5  # sources shown whose claims were checked longest ago

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the report: its title, what its figures count, its columns and rows."""

    title: str
    note: str
    columns: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What the report needs to know of one claim."""

    claim: str
    source: str
    hedged: bool
    located: bool
    topics: frozenset[str]
    things: frozenset[str]
    years: frozenset[str]
    checked: str  # the day, or nothing


def report(store: Store, day: date) -> list[Section]:
    """The sections of the data report, in reading order, for all claims of the snapshot whatever the view.

    *day* is from when one looks back on how long ago claims were checked; nothing else depends on it.
    """
    claims, sources = _claims(store), _sources(store)
    names = {str(thing): str(name) for thing, name in store.query(_NAMES).rows}
    seen_by = {source: tuple(sorted(perspectives)) for source, (_, _, perspectives) in sources.items()}
    return [
        _overview(claims, sources),
        _per_source(claims, sources),
        _per(
            "Claims per perspective",
            "A source with two perspectives counts under both.",
            claims,
            "perspective",
            seen_by,
        ),
        _per("Claims per topic", "The topic of a claim is the module of its predicate.", claims, "topic", seen_by),
        _per_year(claims),
        _one_sided(claims, seen_by, names),
        _last_checked(claims, sources, day),
        _gaps(claims, sources),
    ]


_CLAIMS = """SELECT ?claim ?source ?hedge ?located ?checked {
  ?claim a kg:Claim ; kg:statedIn ?source ; kg:hedge ?hedge .
  OPTIONAL { ?claim kg:lastChecked ?own } OPTIONAL { ?source kg:lastChecked ?whole }
  BIND(COALESCE(?own, ?whole) AS ?checked)
  BIND(EXISTS { ?claim kg:locator ?place } AS ?located)
} ORDER BY ?claim"""
_TOPICS = """SELECT DISTINCT ?claim ?module {
  ?claim kg:onProposition ?p . ?p kg:predicate ?predicate .
  OPTIONAL { ?predicate rdfs:isDefinedBy ?module }
} ORDER BY ?claim ?module"""
_THINGS = """SELECT DISTINCT ?claim ?thing {
  ?claim kg:onProposition ?p . ?p kg:subject|kg:object ?thing . FILTER(CONTAINS(STR(?thing), "/id/"))
} ORDER BY ?claim ?thing"""
_YEARS = """SELECT DISTINCT ?claim ?date {
  { ?claim kg:validFrom|kg:validTo ?date } UNION
  { ?claim kg:onProposition ?p . ?p kg:predicate kg:date ; kg:value ?date }
} ORDER BY ?claim ?date"""
_SOURCES = """SELECT ?source ?title ?issued ?perspective {
  ?source a kg:Source ; dcterms:title ?title .
  OPTIONAL { ?source dcterms:issued ?issued }
  OPTIONAL { ?source kg:perspective ?kind . ?kind skos:prefLabel ?perspective . FILTER(LANG(?perspective) = "en") }
} ORDER BY ?source ?title ?issued ?perspective"""
_NAMES = 'SELECT ?thing ?name { ?thing skos:prefLabel ?name . FILTER(LANG(?name) = "en") } ORDER BY ?thing ?name'

Sources = dict[str, tuple[str, str, set[str]]]  # IRI: title, date of issue, perspectives


def _claims(store: Store) -> list[Said]:
    topics, things, years = defaultdict(set), defaultdict(set), defaultdict(set)
    for claim, module in _texts(store.query(_TOPICS).rows):
        topics[claim].add(module.rsplit("/", 1)[-1] or "type")
    for claim, thing in _texts(store.query(_THINGS).rows):
        things[claim].add(thing)
    for claim, day in _texts(store.query(_YEARS).rows):
        years[claim].add(day[:4])
    return [
        Said(
            claim,
            source,
            not hedge.endswith("/none"),
            located == "true",
            frozenset(topics[claim]),
            frozenset(things[claim]),
            frozenset(years[claim]),
            checked,
        )
        for claim, source, hedge, located, checked in _texts(store.query(_CLAIMS).rows)
    ]


def _texts(rows: Iterable[tuple[Term | None, ...]]) -> Iterator[Row]:
    """The rows as text, empty where there is nothing."""
    for row in rows:
        yield tuple("" if term is None else str(term) for term in row)


def _sources(store: Store) -> Sources:
    found: Sources = {}
    for source, title, issued, perspective in store.query(_SOURCES).rows:
        entry = found.setdefault(str(source), (str(title), "" if issued is None else str(issued), set()))
        if perspective is not None:
            entry[2].add(str(perspective))
    return found


def _overview(claims: list[Said], sources: Sources) -> Section:
    silent = sum(not any(claim.source == source for claim in claims) for source in sources)
    rows = (
        ("sources", str(len(sources))),
        ("sources without a claim", str(silent)),
        ("claims", str(len(claims))),
        ("claims hedged", _share(claims)),
        ("claims with a date of their own", str(sum(bool(claim.years) for claim in claims))),
    )
    return Section("Overview", "All claims of the snapshot, whatever the view.", ("what", "how many"), rows)


def _per_source(claims: list[Said], sources: Sources) -> Section:
    by_source = defaultdict(list)
    for claim in claims:
        by_source[claim.source].append(claim)
    ordered = sorted(sources, key=lambda source: (-len(by_source[source]), source))
    rows = tuple(
        (title, issued or "undated", ", ".join(sorted(seen)), str(len(by_source[source])), _share(by_source[source]))
        for source in ordered
        for title, issued, seen in [sources[source]]
    )
    return Section(
        "Claims per source", "Most claims first.", ("source", "date", "perspective", "claims", "hedged"), rows
    )


def _per(title: str, note: str, claims: list[Said], what: str, seen_by: dict[str, tuple[str, ...]]) -> Section:
    groups = defaultdict(list)
    for claim in claims:
        for name in seen_by.get(claim.source, ()) if what == "perspective" else claim.topics:
            groups[name].append(claim)
    ordered = sorted(groups, key=lambda name: (-len(groups[name]), name))
    rows = tuple(
        (name, str(len({c.source for c in groups[name]})), str(len(groups[name])), _share(groups[name]))
        for name in ordered
    )
    return Section(title, note, (what, "sources", "claims", "hedged"), rows)


def _per_year(claims: list[Said]) -> Section:
    years = Counter(year for claim in claims for year in claim.years)
    rows = tuple((year, str(years[year])) for year in sorted(years))
    note = "The years that claims name: from when, until when, or of the event. A claim may name several."
    return Section("Claims per year", note, ("year", "claims"), rows)


def _one_sided(claims: list[Said], seen_by: dict[str, tuple[str, ...]], names: dict[str, str]) -> Section:
    """Things that only sources with some perspective in common speak of, as subject or object of a claim."""
    on: dict[str, list[Said]] = defaultdict(list)
    for claim in claims:
        for thing in claim.things:
            on[thing].append(claim)
    rows = []
    for thing, found in on.items():
        sources = {claim.source for claim in found}
        common = set.intersection(*(set(seen_by.get(source, ())) for source in sources))
        if common and len(found) >= FEWEST:
            name = names.get(thing) or shorten(thing)
            rows.append((name, ", ".join(sorted(common)), str(len(sources)), str(len(found))))
    note = f"Things with {FEWEST} claims or more that only sources of one perspective speak of."
    ordered = tuple(sorted(rows, key=lambda row: (-int(row[3]), row)))
    return Section("Who speaks alone", note, ("thing", "only", "sources", "claims"), ordered)


def _last_checked(claims: list[Said], sources: Sources, day: date) -> Section:
    """How many claims have no day of checking, and the sources that were checked longest before *day*."""
    checked = Counter((claim.checked, claim.source) for claim in claims if claim.checked)
    never = sum(not claim.checked for claim in claims)
    rows = [("never recorded", "", "", str(never))] if never else []
    for (last, source), count in sorted(checked.items())[:OLDEST]:
        rows.append((sources[source][0], last, str((day - date.fromisoformat(last)).days), str(count)))
    note = f"When claims were last compared with their source, oldest first, {OLDEST} at most; seen from {day}."
    return Section("Last checked", note, ("source", "last checked", "days ago", "claims"), tuple(rows))


def _gaps(claims: list[Said], sources: Sources) -> Section:
    undated = {source for source, (_, issued, _) in sources.items() if not issued}
    lost = [claim for claim in claims if not claim.years and claim.source in undated]
    bare = [claim for claim in claims if not claim.located]
    rows = (
        ("sources without a date", str(len(undated))),
        ("claims without a date of their own", str(sum(not claim.years for claim in claims))),
        ("claims without any date, their source's included", str(len(lost))),
        ("claims without a locator", str(len(bare))),
        ("sources with a claim that has no locator", str(len({claim.source for claim in bare}))),
    )
    return Section("Gaps", "What is missing, to be filled or lived with.", ("what", "how many"), rows)


def _share(claims: list[Said]) -> str:
    """How many are hedged, and the share."""
    hedged = sum(claim.hedged for claim in claims)
    return f"{hedged} ({hedged / len(claims):.0%})" if claims else "0"
