"""The page of each IRI: of a thing, a source, a claim, and of whatever else the graph names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from markupsafe import Markup

from kgtools.names import BASE, PREFIXES, PROV
from kgtools.site.rdf import json_ld_of, turtle_of
from kgtools.site.read import KG, LABEL, SKOS, TITLE, TYPE, bare, is_of_view
from kgtools.site.said import STATUSES, Said
from kgtools.site.shell import Frame, Shell, spoken, words

THINGS = (
    *("actor", "agreement", "event", "flow", "indicator", "initiative", "issue", "office", "place", "position"),
    *("provision", "quantity", "route", "scenario", "segment", "situation"),
)
MOST_INTO = 60  # of what leads to a small thing, so that the page of a class stays one that can be read
_OPEN = 8  # statements up to which a page opens them all
_PARTS = ("locator", "onProposition")  # whose triples stand beside a claim's own
_ALSO = SKOS + "altLabel"
_IN_HEADING = (TYPE, *(KG + part for part in ("subject", "predicate", "object", "value", "restsOn")))

Drawings = list[tuple[str, str]]
Statements = list[tuple[Said, Markup, str]]


def kind_of(iri: str) -> str:
    """The part of an IRI that says what kind of thing it names: `actor`, `def`, `vocab/stance`."""
    parts = iri.removeprefix(BASE).split("/")
    return parts[1] if parts[0] == "id" and len(parts) > 2 else "/".join(parts[:-1][:2]) or parts[0]


def page_of(shell: Shell, iri: str, picture: str = "", drawings: Iterable[str] = ()) -> str:
    """The page of an IRI."""
    path = shell.paths.of(iri) + ".html"
    kind = kind_of(iri)
    if iri in shell.record.claims:
        return _claim(shell, iri, Frame(path, style="rich"))
    if kind == "source":
        return _source(shell, iri, Frame(path, style="rich"))
    if kind in THINGS:
        frame = Frame(path, style="picture" if picture else "rich")
        return _thing(shell, iri, frame, Markup(picture), list(drawings))
    return _small(shell, iri, Frame(path), kind)


def data_of(shell: Shell, iri: str) -> tuple[str, str]:
    """The Turtle and the JSON-LD beside the page of an IRI."""
    triples = sorted(triples_of(shell, iri))
    return turtle_of(triples), json_ld_of(triples)


def triples_of(shell: Shell, iri: str) -> set[tuple[str, str, str]]:
    """What the graph says of an IRI; of a named graph what it holds, of a claim also its propositions and locators."""
    known = shell.known
    if iri in known.graphs:
        return set(known.graphs[iri].triples)
    waiting, seen, found = [iri], set[str](), set[tuple[str, str, str]]()
    if iri in shell.record.claims:
        waiting += [part for name in _PARTS for part in known.things(iri, KG + name)]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            subject = one if one.startswith("_:") else f"<{one}>"
            for predicate, terms in known.node(one).items():
                found |= {(subject, f"<{predicate}>", term) for term in terms}
                waiting += [term for term in terms if term.startswith("_:")]  # a list in an axiom has no name
    return found


def _thing(shell: Shell, iri: str, frame: Frame, picture: Markup, drawings: list[str]) -> str:
    record, known, w = shell.record, shell.known, words("en")
    about = record.about.get(iri, ())
    heading = spoken(*shell.words_for(iri))
    names = known.labels.get(iri, {})
    title = known.label(iri)
    file = frame.path.rsplit("/", 1)[-1].removesuffix(".html")
    return shell.page(
        "thing.html",
        frame,
        title,
        iri=iri,
        file=file,
        heading=heading,
        kinds=known.kinds.get(iri, ()),
        names=[spoken(text, language) for language, text in names.items() if text != title],
        also=[shell.term(term, frame.root) for term in known.node(iri).get(_ALSO, ())],
        counts=_counts(shell, about, w),
        drawings=[(f"{file}.{kind}.html", w[f"open_{kind}"]) for kind in drawings],
        picture=picture,
        groups=_groups(shell, iri, about, frame.root),
        open=len(about) <= _OPEN,
        held=[shell.name(claim, frame.root) for claim in record.held.get(iri, ())],
        facts=shell.facts(iri, frame.root, (LABEL, _ALSO)),
    )


def _counts(shell: Shell, about: Iterable[Said], w: dict[str, str]) -> list[tuple[int, str, bool]]:
    ones = list(about)
    claims = {claim for one in ones for claim in one.claims}
    sources = {shell.known.thing(claim, KG + "statedIn") for claim in claims}
    disputed = sum(one.status in ("disputed", "denied") for one in ones)
    lone = sum(len(one.roots) == 1 for one in ones)
    inferred = sum(one.status == "inferred" for one in ones)
    return [
        (len(ones), w["statements"], False),
        (len(claims), w["claims"], False),
        (len(sources), w["sources_count"], False),
        (disputed, w["disputed_count"], disputed > 0),
        (lone, w["one_root_count"], False),
        (inferred, w["inferred_count"], False),
    ]


def _groups(shell: Shell, iri: str, about: Iterable[Said], root: str) -> list[tuple[Markup, Statements]]:
    """The statements by predicate, those of the thing first, then those that give it as a value."""
    groups: dict[tuple[bool, str], list[Said]] = defaultdict(list)
    for one in about:
        groups[bare(one.subject) != iri, bare(one.predicate)].append(one)
    found = []
    for (back, predicate), ones in sorted(groups.items()):
        label = shell.name(predicate, root)
        told = Markup("… %s %s") % (label, spoken(*shell.words_for(iri))) if back else Markup("%s …") % label
        ordered = sorted(ones, key=lambda one: (STATUSES.index(one.status), -len(one.claims), one.iri))
        found.append((told, [stated(shell, one, root) for one in ordered]))
    return found


def stated(shell: Shell, one: Said, root: str) -> tuple[Said, Markup, str]:
    """A statement, its words with links, and the address of its page."""
    parts = (shell.term(one.subject, root), shell.name(bare(one.predicate), root), shell.term(one.term, root))
    return one, Markup("%s <em>%s</em> %s") % parts, shell.href(one.iri, root)


def _claim(shell: Shell, iri: str, frame: Frame) -> str:
    known, record, w = shell.known, shell.record, words("en")
    claim = record.claims[iri]
    said = [record.said[one] for one in known.things(iri, KG + "onProposition") if one in record.said]
    ones = [stated(shell, one, frame.root) for one in said]
    to = known.into.get(iri, ())
    groups = [
        (w["disputed_by"], list(map(str, claim.disputed_by))),
        (w["disputes"], list(map(str, claim.disputes))),
        (w["relays"], known.things(iri, KG + "relays")),
        (w["relayed_by"], [by for by, part in to if part == KG + "relays"]),
        (w["withdrawn_by"], [by for by, part in to if part in (KG + "retracts", KG + "supersedes")]),
    ]
    return shell.page(
        "claim.html",
        frame,
        claim.paraphrase,
        iri=iri,
        file=frame.path.rsplit("/", 1)[-1].removesuffix(".html"),
        heading=spoken(claim.paraphrase, shell.words_for(iri)[1]),
        ones=ones,
        related=[(label, [one for one in claims if one in record.claims]) for label, claims in groups if claims],
        facts=shell.facts(iri, frame.root, (TYPE, KG + "onProposition", KG + "paraphrase")),
    )


def _source(shell: Shell, iri: str, frame: Frame) -> str:
    known, record, w = shell.known, shell.record, words("en")
    claims = record.stated.get(iri, [])
    disputed = sum(claim in record.disputed for claim in claims)
    derived = [one for one, part in known.into.get(iri, ()) if part == str(PROV.wasDerivedFrom)]
    counts = [
        (len(claims), w["claims"], False),
        (disputed, w["disputed_claims"], disputed > 0),
        (len(known.things(iri, str(PROV.wasDerivedFrom))), w["derives_from"], False),
        (len(derived), w["derived_count"], False),
    ]
    return shell.page(
        "source.html",
        frame,
        known.label(iri),
        iri=iri,
        file=frame.path.rsplit("/", 1)[-1].removesuffix(".html"),
        heading=spoken(*shell.words_for(iri)),
        counts=counts,
        facts=shell.facts(iri, frame.root, (TYPE, TITLE)),
        derived=[shell.name(one, frame.root) for one in derived],
        claims=claims,
    )


def _small(shell: Shell, iri: str, frame: Frame, kind: str) -> str:
    known, record, root = shell.known, shell.record, frame.root
    one = record.said.get(iri)
    heading = spoken(*shell.words_for(iri)) if one is None else stated(shell, one, root)[1]
    lines = [Markup("Inferred %s") % shell.name(proof, root) for proof in record.proof.get(iri, ())]
    graph = known.graphs.get(iri)
    if graph is not None:
        lines.append(Markup("%d triples; the Turtle and the JSON-LD hold them all.") % len(graph.triples))
        source = PREFIXES["source"] + iri.rsplit("/", 1)[-1]
        lines += [Markup("What is said in %s.") % shell.name(source, root)] if source in shell.paths else []
        lines += [spoken(words("en")["of_view"], "en")] if is_of_view(iri) else []
    leave = _IN_HEADING if one is not None else ()
    cards = [claim for claim, part in known.into.get(iri, ()) if part == KG + "locator"] if kind == "locator" else []
    into = [] if cards else list(_into(shell, iri, root))
    return shell.page(
        "small.html",
        frame,
        shell.words_for(iri)[0],
        iri=iri,
        file=frame.path.rsplit("/", 1)[-1].removesuffix(".html"),
        kind=kind,
        heading=heading,
        lines=lines,
        one=one,
        cards=cards,
        facts=shell.facts(iri, root, leave),
        into=into,
    )


def _into(shell: Shell, iri: str, root: str) -> Iterator[tuple[Markup, int, list[Markup]]]:
    """What leads to an IRI by each predicate, but for what its page shows anyway."""
    groups: dict[str, list[str]] = defaultdict(list)
    for one, predicate in shell.known.into.get(iri, ()):
        if one in shell.paths and predicate not in (KG + "onProposition", KG + "countsAgainst", KG + "concludes"):
            groups[predicate].append(one)
    for predicate, ones in sorted(groups.items()):
        label = spoken(words("en")["kind_of"], "en") if predicate == TYPE else shell.name(predicate, root)
        yield Markup("… %s this") % label, len(ones), [shell.name(one, root) for one in ones[:MOST_INTO]]
