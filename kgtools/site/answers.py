"""A page for each question: what is asked, how, the answer as `kg ask` gives it, and the claims under each row."""

from collections.abc import Iterable, Iterator

from markupsafe import Markup
from rdflib import URIRef

from kgtools.evidence import evidence
from kgtools.explain import justified
from kgtools.model import Answer, Evidence, Term
from kgtools.names import of_kind
from kgtools.places import read_geography
from kgtools.questions import Question, ask
from kgtools.render import graph_page, map_page, timeline_page
from kgtools.render.packed import packed
from kgtools.site.shell import Frame, Shell, spoken, words
from kgtools.sources import nt
from kgtools.store import Store
from kgtools.times import read_times

ROWS = 400  # on one page: a longer answer goes on in further ones
MOST_TRACED = 500  # rows; what a longer answer rests on is left to `kg ask --why`, unless its rows name their claims
MOST_DRAWN = 150  # triples; what an answer with more says is left to `kg show`

Row = tuple[Term | None, ...]
Under = list[tuple[list[str], tuple[str, ...]]]  # row by row the claims, and what is not traced


def question_pages(shell: Shell, store: Store, questions: Iterable[Question]) -> Iterator[tuple[str, str]]:
    """The pages of all questions with their drawings, each with its path."""
    for question in questions:
        yield from _pages(shell, store, question)


def _pages(shell: Shell, store: Store, question: Question) -> Iterator[tuple[str, str]]:
    answer = ask(store, question)
    found = _evidence(store, answer)
    under, notes = _under(answer, found), []
    if found is None and not any(claims for claims, _ in under):
        notes.append(
            f"What each of its {len(answer.rows)} rows rests on is not written here; each thing leads to its claims, "
            f"and kg ask {question.name} --why names them all."
        )
    drawings = {} if found is None else dict(_drawings(store, answer, found, question.summary))
    if found is not None and not drawings and answer.rows:
        notes.append(f"It says more than one drawing here holds, or nothing to draw; kg show {question.name} draws it.")
    yield from ((f"question/{question.name}.{kind}.html", page) for kind, page in drawings.items())
    parts = [answer.rows[start : start + ROWS] for start in range(0, len(answer.rows), ROWS)] or [()]
    for number, rows in enumerate(parts):
        first = number * ROWS
        part = zip(rows, under[first : first + ROWS], strict=True)
        yield _page(shell, question, answer, list(part), (number, len(parts)), list(drawings), notes)


def _page(
    shell: Shell,
    question: Question,
    answer: Answer,
    rows: list[tuple[Row, tuple[list[str], tuple[str, ...]]]],
    place: tuple[int, int],
    drawings: list[str],
    notes: list[str],
) -> tuple[str, str]:
    number, of = place
    frame = Frame(f"question/{_file(question.name, number)}", style="rich")
    lines: dict[str, Markup] = {}
    for _, (claims, _) in rows:
        for claim in claims:
            lines[claim] = lines.get(claim) or line(shell, claim, frame.root)
    cells = [
        ([_cell(shell, term, frame.root) for term in row], [lines[claim] for claim in claims], gaps)
        for row, (claims, gaps) in rows
    ]
    return frame.path, shell.page(
        "question.html",
        frame,
        question.summary,
        question=question,
        query="\n".join(text for text in question.text.splitlines() if not text.startswith("#+")).strip(),
        columns=answer.columns,
        rows=cells,
        total=len(answer.rows),
        parts=[(_file(question.name, n), _span(n, len(answer.rows)), n == number) for n in range(of)],
        drawings=[(f"{question.name}.{kind}.html", words("en")[f"open_{kind}"]) for kind in drawings],
        notes=notes,
    )


def line(shell: Shell, claim: str, root: str) -> Markup:
    """A claim in a line: who, how, what, where."""
    record = shell.record.claims[claim]
    said = shell.link(claim, spoken(record.paraphrase, shell.words_for(claim)[1]), root)
    source = shell.name(str(record.source), root)
    text = Markup('<li><b>%s</b> %s: %s <span class="soft">%s, %s</span></li>')
    return text % (spoken(record.holder, ""), record.stance, said, source, record.issued or "undated")


def _file(name: str, number: int) -> str:
    return f"{name}.html" if number == 0 else f"{name}.{number + 1}.html"


def _span(number: int, total: int) -> str:
    return f"{number * ROWS + 1}–{min((number + 1) * ROWS, total)}"


def _cell(shell: Shell, term: Term | None, root: str) -> Markup:
    return Markup("") if term is None else shell.term(nt(term), root)


def _named(row: Row) -> list[str]:
    return sorted(map(str, of_kind(row, "claim")))


def _under(answer: Answer, found: Evidence | None) -> Under:
    """Row by row the claims under it: those that it names itself, else all that it rests on."""
    if found is None:
        return [(_named(row), ()) for row in answer.rows]
    return [
        (sorted({str(claim) for support in supports for claim in (*support.claims, *support.denials)}), gaps)
        for supports, gaps in zip(found.rows, found.gaps, strict=True)
    ]


def _evidence(store: Store, answer: Answer) -> Evidence | None:
    """What the answer rests on; None where it is too long to be traced here."""
    return evidence(store, answer) if len(answer.rows) <= MOST_TRACED else None


def _drawings(store: Store, answer: Answer, found: Evidence, title: str) -> Iterator[tuple[str, str]]:
    """The drawings that say something, as packed pages."""
    triples = {support.triple for row in found.rows for support in row}
    if not triples or len(triples) > MOST_DRAWN:
        return
    if any(isinstance(triple[2], URIRef) for triple in triples):
        yield "graph", packed(graph_page(answer, found, justified(store, answer, found), title=title).html)
    if (geography := read_geography(store, answer, found)).points:
        yield "map", packed(map_page(answer, found, geography, title=title).html)
    times = read_times(store, answer, found)
    if times.valid or times.added.rows:
        yield "timeline", packed(timeline_page(answer, found, times, title=title).html)
