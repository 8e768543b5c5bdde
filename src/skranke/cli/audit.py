"""Whether the audit log of a clinic, or of each, is as it was sealed; every row that is not, and what to do."""

from collections.abc import Sequence
from uuid import UUID

from skranke.audit.chain import Head, head_of
from skranke.audit.verifying import Finding, Reader, Wrong
from skranke.clinics.queries import clinic_id_of_slug, this_clinic
from skranke.kernel.actor import system
from skranke.tenancy.work import acting
from skranke.worker.jobs import every_clinic

MOST_TOLD = 50
_MEANS = {
    Wrong.CHANGED: "does not hold what was sealed: this row or its seal was changed",
    Wrong.MISSING: "is gone, row and seal; the row after it cannot be judged by itself",
    Wrong.REMOVED: "is gone, its seal is there",
    Wrong.INSERTED: "was written behind the programs' back: it has no seal and does not wait for one",
    Wrong.BACKDATED: "tells of a time long before the rows that were sealed before it",
    Wrong.CUT: "is missing at the end: the head that you gave is beyond it",
    Wrong.REBUILT: "is not what the head that you gave says: the chain was made anew, from here or before",
}
_WHAT_TO_DO = (
    "Nothing was changed by this check. Stop nobody's work; keep the database's files and the logs as they are, find "
    "who could act as skranke_owner or superuser since the last good head, and compare the rows above with a backup."
)


def run(slug: str, heads: Sequence[str]) -> int:
    """Verify one clinic's chain, or all; 1 when something is wrong. Nothing printed is a person's."""
    try:
        known = [head_of(text) for text in heads]
    except ValueError as error:
        print(error)
        return 2
    if known and not slug:
        print("A head belongs to one clinic: say which with --clinic.")
        return 2
    clinic_id = clinic_id_of_slug(slug) if slug else None
    if slug and clinic_id is None:
        print("No clinic has this address.")
        return 2
    wrong = sum(_verify(one, known) for one in ([clinic_id] if clinic_id else every_clinic()))
    if wrong:
        print(_WHAT_TO_DO)
    return 1 if wrong else 0


def _verify(clinic_id: UUID, heads: Sequence[Head]) -> int:
    """Tell of one clinic; how many findings."""
    count = 0
    with acting(system(clinic_id)):
        name = this_clinic().slug
        reader = Reader(heads)
        for finding in reader.findings():
            count += 1
            if count <= MOST_TOLD:
                print(f"{name}: {_sentence(finding)}")
    if count > MOST_TOLD:
        print(f"{name}: and {count - MOST_TOLD} more.")
    said = f"{count} findings" if count else "intact"
    waiting = f", {reader.waiting} rows not sealed yet" if reader.waiting else ""
    print(f"{name}: {said}, {reader.head.position} rows sealed{waiting}; head {reader.head}")
    return count


def _sentence(finding: Finding) -> str:
    if finding.to is not None and finding.to != finding.position:
        place = f"each of the positions {finding.position} to {finding.to}"
    elif finding.position is not None:
        place = f"position {finding.position}"
    else:
        place = "a row"
    row = f" (row {finding.event_id}" + (f", {finding.at:%Y-%m-%dT%H:%M:%SZ})" if finding.at else ")")
    return f"{place}{row if finding.event_id else ''} {_MEANS[finding.wrong]}."
