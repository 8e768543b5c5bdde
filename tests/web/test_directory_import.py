"""The administrator reads the register anew: who of the office becomes a party here, and as what."""

from datetime import date

import pytest

from skranke.clinics.models import CommunicationParty
from skranke.kernel.ids import synthetic_national_id
from skranke.tenancy.work import acting

from cast import fresh_her_id, make_clinic
from support.clinic_pages import address, body, logged_in
from support.registers import asked_at_sandbox


@pytest.mark.req("ACT-12", "ACT-10")
def test_gp_and_listed_substitute_come_as_persons_and_the_vacant_list_as_a_service(sandbox) -> None:
    cast = make_clinic()
    office = {"clinic_her_id": cast.clinic.her_id, "organisation_number": cast.clinic.organisation_number}
    per, vacant, vaccines, nurse = (fresh_her_id() for _ in range(4))
    for worker, her_id in ((cast.kari, cast.kari_party.her_id), (cast.mona, cast.mona_party.her_id), (cast.per, per)):
        sandbox.put_party(her_id, name=worker.name, hpr_number=worker.hpr_number, services=("e_contact",), **office)
    sandbox.put_party(nurse, name=cast.anne.name, hpr_number=cast.anne.hpr_number or "9", **office)
    sandbox.put_party(vacant, name="Fastlege, liste uten fast lege", kind="service", services=("e_contact",), **office)
    sandbox.put_party(vaccines, name="Vaksinasjonskontoret", kind="service", service_kind="06", **office)
    sandbox.put_citizen(synthetic_national_id(date(1969, 1, 1), 7), vacant, name="Tove Uten Lege")
    admin = logged_in(cast, cast.ali)
    with asked_at_sandbox(sandbox):
        assert admin.post(address(cast, "settings-helsenorge-refresh")).status_code == 302
    with acting(cast.system):
        rows = {row.her_id: (row.kind, row.employee_id, row.services) for row in CommunicationParty.objects.all()}
    assert rows[cast.kari_party.her_id] == ("gp", cast.kari.id, ["e_contact"])
    assert rows[per] == ("gp", cast.per.id, [])  # a substitute is addressed, and offers nothing of the own
    assert rows[vacant] == ("service", None, ["e_contact"])
    assert not {vaccines, nurse} & set(rows)
    page = body(admin.get(address(cast, "settings-helsenorge")))
    assert "Fastlege, liste uten fast lege" in page
    addressed = body(admin.get(address(cast, "settings-addressing")))
    assert vacant in addressed
    assert "Vaksinasjonskontoret" not in page + addressed
