"""Contests: who clashes with whom, on the invented world, on the real graph and on small made-up claims."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import URIRef

from kgtools.build import Built, write
from kgtools.claims import claim_layer, claim_set, derived_quads
from kgtools.contest import DATES, DENIED, FIGURES, VALUES, Contest, Position, contest_lines, contested, things
from kgtools.errors import QuestionError
from kgtools.evidence import best_label, labels
from kgtools.freeze import nquads
from kgtools.names import KG, PREFIXES, expand, graph_iri, shorten
from kgtools.sources import parse_turtle
from kgtools.store import Store

ANSWERS = Path(__file__).resolve().parents[1] / "world" / "answers"
PREFIX_LINES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())


@dataclass(frozen=True)
class Made:
    """A made-up claim; its propositions as `subject predicate value` in Turtle, separated by bars."""

    says: str
    stance: str = "asserts"
    source: str = "one"
    since: str = ""
    until: str = ""
    relays: str = ""
    scenario: str = ""
    section: str = "entry"


def turtle(name: str, made: Made) -> str:
    parts = [part.strip().split(" ", 2) for part in made.says.split("|")]
    on = ", ".join(
        f"[ a kg:Proposition ; kg:subject {s} ; kg:predicate {p} ; kg:{'object' if is_thing(v) else 'value'} {v} ]"
        for s, p, v in parts
    )
    more = "".join(
        f" ; kg:{link} {value}"
        for link, value in (
            ("validFrom", made.since and typed(made.since)),
            ("validTo", made.until and typed(made.until)),
            ("relays", made.relays and f"claim:{made.relays}"),
            ("inScenario", made.scenario and f"scenario:{made.scenario}"),
        )
        if value
    )
    return (
        f"claim:{name} a kg:Claim ; kg:onProposition {on} ; kg:stance stance:{made.stance} ; kg:holder actor:{name} ;"
        f' kg:hedge hedge:none ; kg:confidence confidence:high ; kg:paraphrase "it is so"@en ;'
        f' kg:locator [ a kg:Locator ; kg:section "{made.section}" ]{more} .\n'
    )


def typed(text: str) -> str:
    return f'"{text}"^^xsd:{ {4: "gYear", 7: "gYearMonth", 10: "date"}[len(text)] }'


def is_thing(value: str) -> bool:
    return value.startswith(("place:", "actor:"))


@contextmanager
def asked(claims: dict[str, Made], reference: str = "", derived: str = "") -> Iterator[Store]:
    """A store of made-up claims that went the way of curated ones, without ontology and shapes."""
    texts: dict[str, str] = defaultdict(str)
    for name, made in claims.items():
        texts[made.source] += turtle(name, made)
    documents = [
        parse_turtle(
            Path(f"{source}.ttl"),
            f'{PREFIX_LINES}{text}source:{source} a kg:Source ; dcterms:title "{source}"@en . {derived}',
        )
        for source, text in texts.items()
    ]
    known = parse_turtle(Path("reference.ttl"), PREFIX_LINES + reference).triples
    layer = claim_layer(documents, [])
    files = {
        "ontology.nq": [],
        "reference.nq": [(*triple, graph_iri("reference")) for triple in known],
        "claims.nq": [*layer, *derived_quads(claim_set(layer, known))],
        "scenarios.nq": [],
        "views/all.nq": [],
    }
    with (
        TemporaryDirectory() as folder,
        Store.open(write({name: nquads(quads) for name, quads in files.items()}, Path(folder)).folder) as opened,
    ):
        yield opened


def found_in(claims: dict[str, Made], **more: str) -> list[Contest]:
    with asked(claims, **more) as opened:
        return contested(opened)


def pairs(contests: Iterable[Contest]) -> set[tuple[str, str, str]]:
    clashes = (clash for contest in contests for clash in contest.clashes)
    return {(clash.kind, short(clash.claim), short(clash.other)) for clash in clashes}


def short(iri: URIRef) -> str:
    return shorten(iri).partition(":")[2]


def values(contest: Contest) -> list[str]:
    return [shorten(str(position.value)) for position in contest.positions]


def of(contests: Iterable[Contest], subject: str, predicate: URIRef) -> Contest:
    return next(contest for contest in contests if (contest.subject, contest.predicate) == (expand(subject), predicate))


def at(contest: Contest, value: str) -> Position:
    return next(position for position in contest.positions if shorten(str(position.value)) == value)


def holders(position: Position, side: str = "asserted") -> set[str]:
    return {shorten(voice.holder) for voice in getattr(position, side).voices}


def answer(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((ANSWERS / f"{name}.csv").read_text("utf-8").splitlines()))


# The invented world


def test_the_denied_claims_of_the_world_are_found_with_who_denies_them(store: Store):
    expected = {(row["claim"], row["denial"]) for row in answer("contested-claims")}
    clashes = [clash for contest in contested(store) for clash in contest.clashes if clash.kind == DENIED]
    assert {(shorten(clash.claim), shorten(clash.other)) for clash in clashes} == expected


@pytest.mark.parametrize(("question", "kind"), [("clashing-dates", DATES), ("clashing-figures", FIGURES)])
def test_the_clashing_values_of_the_world_are_those_of_the_question(store: Store, question: str, kind: str):
    expected = {frozenset((row["claim"], row["otherClaim"])) for row in answer(question)}
    clashes = [clash for contest in contested(store) for clash in contest.clashes if clash.kind == kind]
    assert {frozenset((shorten(clash.claim), shorten(clash.other))) for clash in clashes} == expected


def test_there_is_one_contest_for_each_subject_and_predicate(store: Store):
    assert [(shorten(c.subject), shorten(c.predicate)) for c in contested(store)] == [
        ("actor:arland", "kg:facilitates"),
        ("actor:iron-shield", "kg:actsFor"),
        ("actor:sand-league", "kg:precededBy"),
        ("event:odo-visit", "kg:interferesIn"),
        ("event:tamur-raid", "kg:date"),
        ("quantity:raid-dead", "kg:amount"),
    ]


def test_a_position_says_who_asserts_it_and_who_denies_it(store: Store):
    [contest] = contested(store, expand("actor:arland"), KG.facilitates)
    [position] = contest.positions
    assert (holders(position), holders(position, "denied")) == (
        {"actor:unnamed-analysts", "actor:institute"},
        {"actor:arland-ministry"},
    )
    assert {shorten(root) for root in position.asserted.roots} == {"actor:unnamed-analysts", "source:institute-2023"}
    assert position.asserted.sources == (expand("source:herald-2020"), expand("source:institute-2023"))
    assert all(voice.locators and voice.perspectives for voice in position.asserted.voices)


def test_a_contest_does_not_depend_on_the_view(world: Built, store: Store):
    with Store.open(world.folder, "uncontested") as calm:
        assert contested(calm) == contested(store)


def test_two_askings_give_the_same(world: Built, store: Store):
    with Store.open(world.folder) as other:
        assert contested(other) == contested(store)


@pytest.mark.parametrize("predicate", [KG.amount, KG.amountAtLeast, KG.amountAtMost])
def test_a_figure_is_found_by_each_way_to_give_it(store: Store, predicate: URIRef):
    assert [shorten(c.subject) for c in contested(store, predicate=predicate)] == ["quantity:raid-dead"]


def test_what_nobody_contests_has_no_contest(store: Store):
    assert contested(store, expand("actor:general-tam")) == []
    assert contested(store, expand("actor:general-tam"), KG.bornIn) == []
    assert contest_lines([], {}) == "nothing is contested"


def test_a_name_that_no_claim_uses_is_refused(store: Store):
    with pytest.raises(QuestionError, match="no claim has the subject actor:nobody"):
        contested(store, expand("actor:nobody"))
    with pytest.raises(QuestionError, match="no claim has the predicate kg:bronIn"):
        contested(store, predicate=KG.bronIn)


@pytest.mark.parametrize("name", ["", "x> } SELECT * { ?s ?p ?o", "actor:arland", "http://example.org/\n"])
def test_a_hostile_name_is_an_error_of_ours(store: Store, name: str):
    with pytest.raises(QuestionError):
        contested(store, URIRef(name))
    with pytest.raises(QuestionError):
        contested(store, predicate=URIRef(name))
    assert contested(store)


def test_the_text_groups_subject_predicate_and_value(store: Store):
    contests = contested(store, expand("actor:arland"))
    names = {thing: best_label(known, thing) for thing, known in labels(store, things(contests)).items()}
    assert [line.split(" [")[0] for line in contest_lines(contests, names).splitlines()] == [
        "Arland",
        "  facilitates — denied",
        "    resin of Arland",
        "      asserted: 2 roots (analysts (unnamed); Futures of the border); perspectives: press, think tank",
        "        analysts (unnamed) in “The Herald on the Salt Road”, characters 214-267",
        "        Dry Lands Institute in “Futures of the border”, paragraph 6",
        "      denied: 1 root (Arland ministry); perspectives: press",
        "        Arland ministry in “The Herald on the Salt Road”, characters 165-212",
    ]


# The real graph


def test_the_tolls_of_tinzaouaten_and_who_fought_there_are_contested(real_store: Store):
    contests = contested(real_store)
    fought = of(contests, "event:tinzaouaten-battle-2024", KG.performedBy)
    assert (fought.kinds, values(fought)) == ((DENIED,), ["actor:jnim"])
    assert holders(fought.positions[0], "denied") == {"actor:csp"}
    tolls = [c for c in contests if c.subject.startswith(expand("quantity:tinzaouaten-battle-2024-persons-killed"))]
    assert len(tolls) >= 2
    soldiers = of(contests, "quantity:tinzaouaten-battle-2024-persons-killed-malian-armed-forces", KG.amount)
    assert soldiers.kinds == (FIGURES,)
    assert holders(at(soldiers, "10")) == {"actor:jnim"}
    assert "actor:csp" in holders(at(soldiers, "47"))
    assert at(soldiers, "24").predicate == KG.amountAtLeast
    ten, more = (short(v.claim) for value in ("10", "24") for v in at(soldiers, value).asserted.voices[:1])
    assert (FIGURES, ten, more) in pairs([soldiers])


def test_the_icj_filing_has_two_dates_and_a_denial(real_store: Store):
    contests = contested(real_store, expand("event:icj-filing-2025"))
    dates = of(contests, "event:icj-filing-2025", KG.date)
    assert dates.kinds == (DATES,)
    assert holders(at(dates, "2025-09-04")) == {"actor:malian-authorities"}
    assert holders(at(dates, "2025-09-16")) == {"actor:international-court-of-justice"}
    filed = of(contests, "event:icj-filing-2025", KG.performedBy)
    assert holders(at(filed, "actor:mali"), "denied") == {"actor:ahmed-attaf"}


def test_the_recall_of_the_aes_ambassadors_is_put_on_two_days(real_store: Store):
    [contest] = contested(real_store, expand("event:aes-recall-of-ambassadors-2025"), KG.date)
    assert {"2025-04-06", "2025-04-07"} <= set(values(contest))


def test_al_sahraoui_was_born_in_one_place_only(real_store: Store):
    [contest] = contested(real_store, expand("actor:adnan-abu-walid-al-sahraoui"), KG.bornIn)
    assert contest.kinds == (VALUES,)
    assert {"place:algeria", "place:laayoune"} <= set(values(contest))
    assert len(at(contest, "place:laayoune").asserted.roots) >= 2


def test_a_relay_is_no_voice_in_the_real_graph(real_store: Store):
    relays = {row[0] for row in real_store.query("SELECT ?c { ?c kg:relays ?o ; kg:stance stance:reports }").rows}
    positions = [position for contest in contested(real_store) for position in contest.positions]
    voices = {v.claim for p in positions for v in (*p.asserted.voices, *p.denied.voices)}
    assert relays
    assert not voices & relays


def test_all_contests_of_the_real_graph_are_found_and_written(real_store: Store):
    contests = contested(real_store)
    names = {thing: best_label(known, thing) for thing, known in labels(real_store, things(contests)).items()}
    text = contest_lines(contests, names)
    assert len(contests) > 30
    assert things(contests) - names.keys() == set()
    assert text.count("\n  ") > len(contests)


# Small made-up claims


def test_a_year_and_a_day_in_it_do_not_clash():
    claims = {"a": Made('event:e kg:date "2015"^^xsd:gYear'), "b": Made('event:e kg:date "2015-05-15"^^xsd:date')}
    assert found_in(claims) == []
    claims["c"] = Made('event:e kg:date "2015-06"^^xsd:gYearMonth')
    assert pairs(found_in(claims)) == {(DATES, "b", "c")}


def test_a_first_and_a_last_day_do_not_clash():
    claims = {
        "a": Made('event:e kg:date "2015-05-01"^^xsd:date | event:e kg:endDate "2015-05-03"^^xsd:date'),
        "b": Made('event:e kg:endDate "2015-05-04"^^xsd:date'),
    }
    [contest] = found_in(claims)
    assert (contest.predicate, pairs([contest])) == (KG.endDate, {(DATES, "a", "b")})


def test_bounds_leave_room_or_do_not():
    claims = {
        "range": Made("quantity:q kg:amountAtLeast 5 | quantity:q kg:amountAtMost 8"),
        "within": Made("quantity:q kg:amount 8.0"),
        "over": Made("quantity:q kg:amountAtLeast 9"),
    }
    assert pairs(found_in(claims)) == {(FIGURES, "over", "range"), (FIGURES, "over", "within")}


def test_figures_of_two_times_are_change():
    claims = {"a": Made("quantity:q kg:amount 5", until="2019"), "b": Made("quantity:q kg:amount 6", since="2020")}
    assert found_in(claims) == []
    assert pairs(found_in(claims | {"c": Made("quantity:q kg:amount 7")})) == {(FIGURES, "a", "c"), (FIGURES, "b", "c")}


def test_equal_figures_are_one_position_however_they_are_written():
    claims = {
        "a": Made("quantity:q kg:amount 300"),
        "b": Made("quantity:q kg:amount 300.0"),
        "c": Made("quantity:q kg:amount 5"),
    }
    [contest] = found_in(claims)
    assert [len(position.asserted.voices) for position in contest.positions] == [1, 2]


def test_a_figure_that_is_no_number_clashes_with_none():
    claims = {"a": Made('quantity:q kg:amount "a dozen"'), "b": Made("quantity:q kg:amount 5")}
    assert found_in(claims) == []
    [denied] = found_in(claims | {"c": Made('quantity:q kg:amount "a dozen"', "denies")})
    assert values(denied) == ["a dozen"]


def test_a_claim_that_gives_two_dates_clashes_with_itself():
    says = 'event:e kg:date "2023-03-23"^^xsd:date | event:e kg:date "2023-12-23"^^xsd:date'
    assert pairs(found_in({"a": Made(says)})) == {(DATES, "a", "a")}


def test_a_place_and_the_land_around_it_do_not_clash():
    claims = {"a": Made("actor:x kg:bornIn place:town"), "b": Made("actor:x kg:bornIn place:land")}
    assert found_in(claims, reference="place:town kg:isPartOf place:land .") == []
    assert pairs(found_in(claims)) == {(VALUES, "a", "b")}


def test_two_who_run_a_place_do_not_clash():
    claims = {"a": Made("place:p kg:administeredBy actor:x"), "b": Made("place:p kg:administeredBy actor:y")}
    assert found_in(claims) == []


@pytest.mark.parametrize(
    "other",
    [
        Made("quantity:q kg:amount 6", "forecasts"),
        Made("quantity:q kg:amount 6", "supposes"),
        Made("quantity:q kg:amount 6", scenario="thaw"),
        Made("quantity:q kg:amount 6", "reports", relays="c"),
    ],
    ids=["forecast", "supposition", "scenario", "relay"],
)
def test_what_is_not_said_to_be_so_clashes_with_nothing(other: Made):
    claims = {"a": Made("quantity:q kg:amount 5"), "b": other, "c": Made("quantity:q kg:amountAtLeast 1")}
    assert found_in(claims) == []


def test_a_broad_denial_counts_against_a_narrow_claim():
    claims = {
        "a": Made("actor:x kg:facilitates actor:resin"),
        "b": Made("actor:x kg:facilitates actor:drugs", "denies"),
    }
    [contest] = found_in(claims, reference="actor:resin kg:isPartOf actor:drugs .")
    assert (values(contest), pairs([contest])) == (["actor:resin"], {(DENIED, "a", "b")})


def test_a_denied_date_that_clashes_as_well_is_one_contest_of_two_kinds():
    claims = {
        "a": Made('event:e kg:date "2015-05-01"^^xsd:date'),
        "b": Made('event:e kg:date "2015-06-02"^^xsd:date'),
        "c": Made('event:e kg:date "2015-05-01"^^xsd:date', "denies"),
    }
    [contest] = found_in(claims)
    assert contest.kinds == (DATES, DENIED)
    assert [len(position.denied.voices) for position in contest.positions] == [1, 0]


def test_the_dates_said_to_hold_keep_the_precision_of_the_source():
    claims = {
        "a": Made("actor:x kg:uses actor:y", since="2018", until="2021"),
        "b": Made("actor:x kg:uses actor:y", since="2018-02", until="2021-03"),
        "c": Made("actor:x kg:uses actor:y", "denies"),
    }
    [contest] = found_in(claims)
    side = contest.positions[0].asserted
    assert (str(side.first), str(side.last)) == ("2018", "2021")
    assert contest.positions[0].denied.first is None


def dates(**given: str) -> dict[str, Made]:
    """Claims on the date of one event; a name's first letter is its source."""
    return {name: Made(f"event:e kg:date {typed(text)}", source=name[0]) for name, text in given.items()}


def slips(claims: dict[str, Made], **more: str) -> list[str]:
    return [str(p.value) for contest in found_in(claims, **more) for p in contest.positions if p.slip]


@pytest.mark.parametrize("slip", ["2023-07-16", "2023-06-15", "2032-07-15"], ids=["day", "month", "year"])
def test_a_lone_date_that_is_one_part_away_is_perhaps_a_slip(slip: str):
    assert slips(dates(a="2023-07-15", b="2023-07-15", c=slip)) == [slip]


def test_who_says_a_day_says_its_month():
    assert slips(dates(a="2023-07-15", b="2023-07", c="2023-06")) == ["2023-06"]


@pytest.mark.parametrize(
    "claims",
    [
        dates(a="2023-07-15", b="2023-07-15", c="2023-06-16"),
        dates(a="2023-07-15", b="2023-07-16"),
        dates(a="2023-07-15", b="2023-07-15", c="2023-07-16", d="2023-07-16"),
        dates(a1="2023-07-15", a2="2023-07-15", b="2023-07-16"),
        dates(a="2019", b="2019", c="2020"),
        dates(a="2025-01", b="2025-01", c="2024-01-28"),
    ],
    ids=["two-parts-away", "one-against-one", "two-against-two", "one-root-twice", "years-alone", "day-unknown"],
)
def test_other_dates_are_no_slip(claims: dict[str, Made]):
    assert found_in(claims)
    assert slips(claims) == []


def test_copies_of_one_report_do_not_make_the_other_a_slip():
    derived = "source:a prov:wasDerivedFrom source:b ."
    claims = dates(a="2023-07-15", b="2023-07-15", c="2023-07-16")
    assert slips(claims, derived=derived) == []


def test_a_slip_is_said_and_not_hidden():
    text = contest_lines(found_in(dates(a="2023-07-15", b="2023-07-15", c="2023-07-16")), {})
    assert "2023-07-16 — perhaps a slip" in text
    assert "asserted: 1 root (source:c)" in text


def test_a_line_break_in_a_source_breaks_no_line():
    says = "quantity:q kg:amount"
    contests = found_in({"a": Made(f"{says} 5", section="one\\ntwo"), "b": Made(f"{says} 1000000")})
    lines = contest_lines(contests, {expand("quantity:q"): "the\n  dead"}).splitlines()
    assert lines[0] == "the dead [quantity:q]"
    assert "    1,000,000" in lines
    assert any("one two" in line for line in lines)


def test_more_claims_than_one_lookup_takes_are_all_there():
    claims = {f"c{n:03}": Made(f"quantity:q{n // 2} kg:amount {n}") for n in range(600)}
    contests = found_in(claims)
    assert len(contests) == 300
    assert len(pairs(contests)) == 300


# The same pairs as an own reading of the rules, pair by pair: values and times as sets that do or do not meet.

DAYS = [(date(2019, 1, 1) + timedelta(n)).isoformat() for n in range(3 * 365 + 1)]
YEARS = range(2010, 2031)
NUMBERS = range(20)
MEANS: dict[str, Callable[[int, int], bool]] = {
    "kg:amount": lambda number, figure: number == figure,
    "kg:amountAtLeast": lambda number, figure: number >= figure,
    "kg:amountAtMost": lambda number, figure: number <= figure,
}
STANCES = ("asserts", "asserts", "reports", "speculates", "denies", "forecasts", "supposes")

given_dates = st.tuples(
    st.just("kg:date"),
    st.sampled_from(["2019", "2020", "2019-12", "2020-01", "2020-02", "2019-12-31", "2020-01-01", "2020-02-29"]),
)
given_figures = st.tuples(st.sampled_from(sorted(MEANS)), st.integers(1, 5).map(str))
times = st.none() | st.integers(2018, 2021)
links = st.sampled_from(["", "", "", "relays", "scenario"])


def made_up(given_values: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[list]:
    row = st.tuples(given_values, st.sampled_from(STANCES), times, times, links)
    return st.lists(row, min_size=2, max_size=8)


def claims_from(rows: list) -> dict[str, Made]:
    made = {}
    for number, ((predicate, value), stance, since, until, link) in enumerate(rows):
        literal = value if predicate in MEANS else typed(value)
        made[f"c{number}"] = Made(
            f"event:e {predicate} {literal}",
            stance,
            since=str(since or ""),
            until=str(until or ""),
            relays="elsewhere" if link == "relays" else "",
            scenario="thaw" if link == "scenario" else "",
        )
    return made


def meant(predicate: str, value: str) -> set:
    if predicate in MEANS:
        return {number for number in NUMBERS if MEANS[predicate](number, int(value))}
    return {day for day in DAYS if day.startswith(value)}


def lasting(since: int | None, until: int | None) -> set[int]:
    return {year for year in YEARS if (since or year) <= year <= (until or year)}


def expected_pairs(rows: list) -> set[tuple[str, str, str]]:
    found = set()
    for (n, one), (m, other) in combinations(enumerate(rows), 2):
        both_times = lasting(one[2], one[3]) & lasting(other[2], other[3])
        if both_times and said(one) and said(other) and not meant(*one[0]) & meant(*other[0]):
            found.add((FIGURES if one[0][0] in MEANS else DATES, f"c{n}", f"c{m}"))
        for a, d, a_name, d_name in ((one, other, n, m), (other, one, m, n)):
            if both_times and said(a) and d[1] == "denies" and d[4] != "scenario" and a[0] == d[0]:
                found.add((DENIED, f"c{a_name}", f"c{d_name}"))
    return found


def said(row: tuple) -> bool:
    _, stance, _, _, link = row
    relay = link == "relays" and stance == "reports"
    return stance in ("asserts", "reports", "speculates") and link != "scenario" and not relay


@settings(max_examples=60, deadline=None)
@given(made_up(given_dates) | made_up(given_figures))
def test_the_clashing_pairs_are_those_that_a_reading_pair_by_pair_finds(rows: list):
    contests = found_in(claims_from(rows))
    assert pairs(contests) == expected_pairs(rows)
    in_positions = {
        short(v.claim) for c in contests for p in c.positions for v in (*p.asserted.voices, *p.denied.voices)
    }
    assert in_positions == {name for _, *names in pairs(contests) for name in names}
