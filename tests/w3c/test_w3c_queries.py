"""The W3C's query tests, asked of a real server: it must pass what the engine alone passes, and refuse nothing legal.

The suite is not part of the repository. KG_W3C_SUITE names a folder that holds data-sparql11 and data-r2, such as
test/DAWG in rdflib's source distribution 6.1.1; without it these tests are skipped.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from servers import serving
from suite import PLACEHOLDER, Case, Syntax, cases_in, expected_of, found_as, has_from, quads_of, same, syntax_in

from kgtools.build import write

SUITE = os.environ.get("KG_W3C_SUITE", "")
if not SUITE and os.environ.get("CI") == "true":
    raise RuntimeError("KG_W3C_SUITE names no folder, so the tests of the W3C would be left out")
if not SUITE:
    pytest.skip("KG_W3C_SUITE names no folder with the tests of the W3C", allow_module_level=True)

CASES, SYNTAX = cases_in(Path(SUITE)), syntax_in(Path(SUITE))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """One server of one snapshot that holds the graphs of all tests, each under its own IRI."""
    out = tmp_path_factory.mktemp("w3c")
    files = dict.fromkeys(("ontology.nq", "reference.nq", "withdrawn.nq", "scenarios.nq", "views/all.nq"), b"")
    files["claims.nq"] = b"".join(sorted(set(quads_of(CASES).splitlines(keepends=True))))
    write(files, out)
    with serving(out) as running:
        yield running.client


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_server_passes_what_the_engine_passes(server: httpx.Client, case: Case):
    expected = expected_of(case)
    try:
        alone = same(expected, found_as(case, case.asked_directly()), case.ordered)
    except (SyntaxError, ValueError, RuntimeError):
        alone = False
    if not alone:
        pytest.xfail("the engine alone does not pass")
    parameters = [("query", case.query)]
    parameters += [("default-graph-uri", graph) for graph in case.default]
    parameters += [("named-graph-uri", graph) for graph in case.named]
    if not case.default and not case.named and not case.has_from:
        parameters.append(("named-graph-uri", PLACEHOLDER))
    response = server.post("/sparql", data=_grouped(parameters), headers={"Accept": case.accept})
    assert response.status_code == 200, response.text
    assert same(expected, case.read(response.content, response.headers["content-type"]), case.ordered)


def _grouped(parameters: list[tuple[str, str]]) -> dict[str, list[str]]:
    return {name: [value for key, value in parameters if key == name] for name, _ in parameters}


@pytest.mark.parametrize("syntax", SYNTAX, ids=str)
def test_the_server_refuses_what_is_illegal_and_that_alone(server: httpx.Client, syntax: Syntax):
    given = {"query": syntax.query} | ({} if has_from(syntax.query) else {"default-graph-uri": PLACEHOLDER})
    response = server.post("/sparql", data=given, headers={"Accept": "*/*"})
    if response.status_code == 403:
        # What the guard refuses by design, legal or not: SPARQL that would leave the snapshot.
        assert re.search(r"\bSERVICE\b", syntax.query) or has_from(syntax.query)
        assert re.search("SERVICE asks another server|no graph <.*> here to read FROM", response.text)
        return
    verdict = _engine_says(syntax.query)
    if syntax.legal != (verdict != "illegal"):
        pytest.xfail(f"the engine alone calls it {verdict}")
    assert response.status_code == {"illegal": 400, "unknown function": 400, "legal": 200}[verdict], response.text


def _engine_says(query: str) -> str:
    try:
        ox.Store().query(query, base_iri="http://here/")
    except SyntaxError:
        return "illegal"
    except RuntimeError:
        return "unknown function"
    return "legal"


def test_there_are_as_many_tests_as_the_suite_has():
    assert len(CASES) > 400
    assert len(SYNTAX) > 200
