"""What a register's answer means, border by border."""

from datetime import timedelta

import pytest

from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.registers import rules
from skranke.registers.values import Code, ElectronicAddress, RegisterParty, RegisterPartyKind

NOW = clock.now()
SECOND = timedelta(seconds=1)


def party(*addresses: ElectronicAddress, service: str = "") -> RegisterParty:
    return RegisterParty(
        her_id=HerId("5"),
        kind=RegisterPartyKind.SERVICE,
        name="N",
        active=True,
        valid=True,
        addresses=addresses,
        service=Code(value=service) if service else None,
    )


@pytest.mark.req("ACT-9")
def test_a_partys_own_queue_comes_before_the_inherited_one() -> None:
    inherited, own = ElectronicAddress("E_SB_ASYNC", "x/1_async", True), ElectronicAddress("E_SB_ASYNC", "x/2_async")
    assert rules.queues_of(party(inherited, own)).async_ == "x/2_async"
    assert rules.queues_of(party(inherited)).async_ == "x/1_async"
    assert rules.queues_of(party()).async_ == ""
    assert [rules.inherits_queues(party(*some)) for some in ((inherited,), (inherited, own), (own,), ())] == [
        True,
        False,
        False,
        False,
    ]
    other = ElectronicAddress("E_EDI", "a@b", True)
    assert not rules.inherits_queues(party(other, own))


@pytest.mark.req("ACT-9")
@pytest.mark.parametrize(
    ("facts", "may"),
    [
        ({}, True),
        ({"active": False}, False),
        ({"valid": False}, False),
        ({"start": NOW}, True),
        ({"start": NOW + SECOND}, False),
        ({"end": NOW}, False),
        ({"end": NOW + SECOND}, True),
    ],
)
def test_who_may_be_written_to(facts: dict[str, object], may) -> None:
    whole = {"active": True, "valid": True, "start": None, "end": None, **facts}
    assert rules.may_be_written_to(**whole, now=NOW) is may


@pytest.mark.req("ACT-9", "ACT-11")
def test_each_process_turns_on_one_service_and_names_are_read_in_any_case() -> None:
    assert rules.services_of(["DIALOG_INNBYGGER_EKONTAKT", "Dialog_Innbygger_Test"]) == ["e_contact"]
    assert rules.services_of(rules.SERVICE_OF_PROCESS) == sorted(rules.SERVICE_OF_PROCESS.values())
    assert rules.services_of([]) == []
    assert rules.takes_appointment_process(["Dialog_Innbygger_Avtaleutsending"])
    assert not rules.takes_appointment_process(["Dialog_Innbygger_Avtaleavbestilling"])


@pytest.mark.req("ACT-12")
def test_the_service_for_a_list_without_a_doctor_is_known_by_its_code() -> None:
    assert rules.takes_a_vacant_list(party(service="KX17"))
    assert not rules.takes_a_vacant_list(party(service="05"))
    assert not rules.takes_a_vacant_list(party())
