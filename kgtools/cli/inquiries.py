"""Verbs of `kg` that ask beyond a question: who disagrees, why, how well it stands, what changed, what if."""

import sys
from argparse import Namespace
from datetime import date

from kgtools.asking import INQUIRIES, compared, parameters_of, scope_of
from kgtools.cli.opening import answer_of, check_known, open_store, project_of


def inquire(arguments: Namespace) -> int:
    """Print what an inquiry tells; exit code 1 if it found nothing."""
    inquiry = INQUIRIES[arguments.command]
    with open_store(arguments) as store:
        told = inquiry.tell(store, arguments)
    print(told.text)
    if told.note:
        print(told.note, file=sys.stderr)
    return 0 if told.found else 1


def cite(arguments: Namespace) -> int:
    """Print how to cite an answer, with the sources that it rests on."""
    from kgtools.cite import FORMATS, citation
    from kgtools.evidence import evidence

    project = project_of(arguments)
    check_known(project, arguments.question)
    with open_store(arguments) as store:
        summary, answer = answer_of(store, project, arguments.question, parameters_of(arguments))
        found = evidence(store, answer)
        cited = citation(store, answer, found, summary, date.today(), scope=scope_of(arguments))
    print(FORMATS[arguments.format](cited))
    return 0


def diff(arguments: Namespace) -> int:
    """Print what differs between two snapshots, build folders or git revisions, claim by claim."""
    print(compared(project_of(arguments), arguments))
    return 0
