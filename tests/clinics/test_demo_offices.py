"""The demo's other clinics are of their own: nobody and nothing of one is another's."""

from datetime import date

from skranke.cli.demo import cast
from skranke.cli.demo.offices import OFFICES, SECOND, WAITING


def test_no_person_and_no_number_of_one_clinic_is_anothers() -> None:
    for day in (date(2026, 11, 28), date(2028, 2, 29)):
        people = [citizen.national_id for citizen in cast.citizens(day)]
        people += [worker.national_id for worker in cast.WORKERS] + [cast.OPERATOR_NATIONAL_ID]
        for office in OFFICES:
            people += [one.national_id for one in (*office.citizens(), *office.workers)]
        assert len(set(people)) == len(people)
    her_ids = [cast.CLINIC_HER_ID, *(worker.her_id for worker in cast.WORKERS if worker.her_id)]
    her_ids += [number for office in OFFICES for number in (office.her_id, office.gp.her_id)]
    assert len(set(her_ids)) == len(her_ids)
    assert [worker.username for worker in SECOND.shared] == ["lise"]
    assert not any(office.shared for office in WAITING)
