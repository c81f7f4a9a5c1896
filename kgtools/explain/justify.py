"""The least sets of given triples from which inferences lead to a triple, and a proof for each: values to values."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from kgtools.model import Inference, Triple

# There can be more justifications than anybody could count, or time to look for them.
_COUNTED = 100  # of one triple that are told apart
_TRIED = 50_000  # sets of leaves that are looked at
Steps = Mapping[Triple, Sequence[Inference]]


@dataclass(frozen=True, slots=True)
class Proof:
    """A triple with the rule and the proved premises that it follows from; a leaf has neither."""

    triple: Triple
    rule: str | None = None
    premises: tuple["Proof", ...] = ()


def justifications(
    target: Triple, given: Collection[Triple], inferences: Iterable[Inference], most: int = 3
) -> tuple[tuple[Proof, ...], int, bool]:
    """A proof for each of the *most* smallest justifications, how many more there are, and whether all were counted.

    No justification has all the leaves of another, and no proof uses what it proves.
    """
    return least(target, given, by_conclusion(inferences), most)


def by_conclusion(inferences: Iterable[Inference]) -> Steps:
    """The inferences by what they conclude."""
    steps: dict[Triple, list[Inference]] = defaultdict(list)
    for inference in inferences:
        steps[inference.conclusion].append(inference)
    return dict(steps)


def least(target: Triple, given: Collection[Triple], known: Steps, most: int) -> tuple[tuple[Proof, ...], int, bool]:
    """The same of inferences that are in order already, so that many triples can be asked of them."""
    steps = _backwards(target, known)
    reached = {target, *steps, *(premise for found in steps.values() for one in found for premise in one.premises)}
    leaves = sorted((one for one in reached if one in given), key=sort_key)
    supports, cut = _supports(target, leaves, steps)
    chosen: dict[tuple[Triple, ...], None] = {}
    for support in supports:
        members = [leaf for place, leaf in enumerate(leaves) if support >> place & 1]
        chosen[tuple(_needed(target, members, steps) if cut else members)] = None
        if len(chosen) == most:
            break
    proofs = (_proof(target, members, steps) for members in chosen)
    shown = tuple(proof for proof in proofs if proof is not None)
    return shown, max(0, len(supports) - len(shown)), not cut


def walk(proof: Proof) -> list[Proof]:
    """Every step of the proof once, conclusion first."""
    return [part for _, part, before in numbered(proof, "1", {}) if not before]


def numbered(proof: Proof, step: str, seen: dict[Triple, str]) -> Iterator[tuple[str, Proof, str]]:
    """The steps of the proof with their numbers, and for what is proved before, at which step."""
    before = seen.setdefault(proof.triple, step)
    yield step, proof, "" if before == step else before
    for place, premise in enumerate(proof.premises if before == step else (), 1):
        yield from numbered(premise, f"{step}.{place}", seen)


def sort_key(triple: Triple) -> tuple[str, ...]:
    """What triples are sorted by."""
    return tuple(map(str, triple))


def _backwards(target: Triple, known: Steps) -> Steps:
    """The inferences that lead to the target, by conclusion."""
    steps: dict[Triple, Sequence[Inference]] = {}
    waiting = deque([target])
    while waiting:
        triple = waiting.popleft()
        if triple in known and triple not in steps:
            steps[triple] = known[triple]
            waiting += [premise for inference in steps[triple] for premise in inference.premises]
    return steps


def _supports(target: Triple, leaves: Sequence[Triple], steps: Steps) -> tuple[list[int], bool]:
    """The least sets of leaves, as bits, that lead to the target, smallest first, and whether some were left out.

    Sets are joined over premises and gathered over inferences until none gets smaller. A way round a circle only adds
    leaves to a set that is there already, so it falls away.
    """
    found = {leaf: [1 << place] for place, leaf in enumerate(leaves)}
    users: dict[Triple, dict[Triple, None]] = defaultdict(dict)
    for conclusion, reasons in steps.items():
        for premise in (premise for inference in reasons for premise in inference.premises):
            users[premise][conclusion] = None
    waiting, cut, tried = dict.fromkeys(reversed(list(steps))), False, 0
    while waiting and tried < _TRIED:
        triple = next(iter(waiting))
        del waiting[triple]
        before = found.get(triple, [])
        parts = [[found.get(premise, []) for premise in inference.premises] for inference in steps[triple]]
        tried += sum(prod(map(len, part)) for part in parts)
        joined = [_joined(part) for part in parts]
        now, left_out = _least([*before, *(support for sets, _ in joined for support in sets)])
        cut = cut or left_out or any(left for _, left in joined)
        if now != before:
            found[triple] = now
            waiting |= users[triple]
    return found.get(target) or [(1 << len(leaves)) - 1] * bool(waiting), cut or bool(waiting)


def _joined(parts: Sequence[Sequence[int]]) -> tuple[list[int], bool]:
    sets, cut = [0], False
    for part in parts:
        sets, left_out = _least(one | other for one in sets for other in part)
        cut = cut or left_out
    return sets, cut


def _least(sets: Iterable[int]) -> tuple[list[int], bool]:
    """The sets that hold no other, smallest first, and whether there were too many to keep."""
    kept: list[int] = []
    for one in sorted(set(sets), key=lambda bits: (bits.bit_count(), bits)):
        if not any(other & one == other for other in kept):
            if len(kept) == _COUNTED:
                return kept, True
            kept.append(one)
    return kept, False


def _needed(target: Triple, leaves: list[Triple], steps: Steps) -> list[Triple]:
    """The leaves without those that can be spared: where sets were left out, a smaller one may have been among them."""
    for leaf in leaves:
        rest = [other for other in leaves if other != leaf]
        if _proof(target, rest, steps) is not None:
            leaves = rest
    return leaves


def _proof(target: Triple, leaves: Iterable[Triple], steps: Steps) -> Proof | None:
    """The flattest proof of the target from the leaves; of equally flat ones the first by rule and premises."""
    proofs = {leaf: Proof(leaf) for leaf in leaves}
    while target not in proofs:
        new = {}
        for conclusion in steps.keys() - proofs.keys():
            ready = [one for one in steps[conclusion] if all(premise in proofs for premise in one.premises)]
            if ready:
                first = min(ready, key=lambda one: (one.rule, *map(sort_key, one.premises)))
                new[conclusion] = Proof(conclusion, first.rule, tuple(proofs[premise] for premise in first.premises))
        if not new:
            return None
        proofs |= new
    return proofs[target]
