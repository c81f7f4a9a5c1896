"""Scenarios, overlays and comparisons as text for a reader."""

from collections.abc import Iterable, Mapping

from rdflib import URIRef

from kgtools.model import Inference, Term, Triple
from kgtools.names import shorten
from kgtools.scenarios.described import Said, Scenario
from kgtools.scenarios.laid import Comparison, Overlay, Shared

_SPEAKERS = 3  # named after a triple


def scenario_lines(found: Iterable[Scenario]) -> str:
    """The scenarios for a reader: conditions, projections and drivers with their claims, and what has moved."""
    return "\n\n".join(map(_scenario_text, found)) or "The snapshot has no scenario."


def overlay_lines(laid: Overlay) -> str:
    """What the scenario would change in the view, for a reader; the view itself stays as it is."""

    def said(triple: Triple) -> str:
        return _say(triple, laid.scenario.names) + _by("claimed by", laid.claimed.get(triple, ()))

    def step(inference: Inference) -> str:
        because = "; ".join(_say(premise, laid.scenario.names) for premise in inference.premises)
        return f"{said(inference.conclusion)}\n    by {inference.rule}, from: {because}"

    return "\n".join(
        [
            f"If this came about: {_label(laid.scenario)} [{shorten(laid.scenario.iri)}], laid over view {laid.view}",
            *_listed("New in the view", map(said, laid.added)),
            *_listed("Already in the view", map(said, laid.already)),
            *_listed("No longer so, since the scenario denies it", map(said, laid.removed)),
            *_listed("Would follow and does not now", map(step, laid.consequences)),
            *_listed("Would no longer follow", map(said, laid.lost)),
        ]
    )


def compare_lines(compared: Comparison) -> str:
    """What the scenarios have in common and what is of one alone, for a reader."""
    labels = {laid.scenario.iri: _label(laid.scenario) for laid in compared.overlays}
    names = compared.overlays[0].scenario.names

    def said(row: Shared) -> str:
        return f"{_say(row.triple, names)}\n    " + "; ".join(f"{role} of {labels[iri]}" for iri, role in row.roles)

    lines = [f"{len(labels)} scenarios, laid over view {compared.view}", *_listed("Shared", map(said, compared.shared))]
    for iri, rows in compared.alone.items():
        own = (f"{row.roles[0][1]}: {_say(row.triple, names)}" for row in rows)
        lines += _listed(f"Only in {labels[iri]} [{shorten(iri)}]", own)
    return "\n".join(lines)


def _scenario_text(scenario: Scenario) -> str:
    names = scenario.names
    lines = [f"{_label(scenario)} [{shorten(scenario.iri)}]"]
    lines += [text for language, text in scenario.definitions.items() if language == "en"]
    lines += [f"in: {_name(source, names)} [{shorten(source)}]" for source in scenario.sources]
    groups = (("condition", scenario.conditions), ("projects", scenario.projections), ("denies", scenario.denials))
    for word, parts in groups:
        lines += [f"  {word}: {_say(part.triple, names)} [{', '.join(map(shorten, part.claims))}]" for part in parts]
    lines += [
        f"  driver: {_name(part.triple[2], names)} [{', '.join(map(shorten, part.claims))}]"
        for part in scenario.drivers
    ]
    for indicator in scenario.indicators:
        lines.append(f"  indicator: {_name(indicator.iri, names)} ({'moved' if indicator.moved_by else 'not moved'})")
        for move in indicator.moved_by:
            said = f"{_say(move.triple, names)}, {move.day or 'undated'}"
            lines.append(f"    {said}: {move.holder} [{shorten(move.claim)}]")
    return "\n".join(lines)


def _label(scenario: Scenario) -> str:
    return scenario.labels.get("en") or shorten(scenario.iri)


def _say(triple: Triple, names: Mapping[URIRef, str]) -> str:
    return " — ".join(_name(term, names) for term in triple)


def _name(term: Term, names: Mapping[URIRef, str]) -> str:
    return names.get(term, shorten(term)) if isinstance(term, URIRef) else f"“{term}”"


def _by(word: str, said: Iterable[Said]) -> str:
    """In brackets at most three speakers with their claims, and how many more there are."""
    said = list(said)
    shown = [f"{one.holder} [{shorten(one.claim)}]" for one in said[:_SPEAKERS]]
    more = [f"and {len(said) - _SPEAKERS} more"] if len(said) > _SPEAKERS else []
    return f" ({word} {', '.join([*shown, *more])})" if said else ""


def _listed(title: str, entries: Iterable[str]) -> list[str]:
    shown = [f"  {entry}" for entry in entries]
    return [f"{title}: {len(shown) or 'nothing'}", *shown]
