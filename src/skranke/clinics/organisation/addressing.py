"""Service-based addressing (ORG-13): who gets what comes to a service's HER-id, and the catch-all of the clinic."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.models import CommunicationParty, PartyKind, ServiceRecipient
from skranke.clinics.organisation.queries import readers
from skranke.clinics.organisation.values import WHOLE_CLINIC, Recipient
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import this_clinic
from skranke.kernel.errors import ChangedError, InvalidError, NotFoundError
from skranke.tenancy.compiled import compiled
from skranke.tenancy.work import current_actor


def service_parties() -> list[CommunicationParty]:
    """The services of the clinic with a HER-id of their own, as Adresseregisteret has them, by name."""
    found = CommunicationParty.objects.filter(kind=PartyKind.SERVICE, active=True)
    return list(found.order_by("name", "her_id"))


def recipients_by_party() -> dict[UUID | None, tuple[Recipient, ...]]:
    """Who is set as recipient of each service's HER-id; of the clinic's own row under None."""
    found: dict[UUID | None, tuple[Recipient, ...]] = {}
    rows = compiled(lambda: ServiceRecipient.objects.order_by("id"), ("service recipients",), ())
    for row in rows.rows(ServiceRecipient):
        one = Recipient(row.employee_id, row.group_id, row.role_id)
        found[row.party_id] = (*found.get(row.party_id, ()), one)
    return found


def catch_all() -> tuple[Recipient, ...]:
    """Who gets what is nobody else's: the clinic's own row, else the whole clinic (RCV-13)."""
    return recipients_by_party().get(None, ()) or (WHOLE_CLINIC,)


def recipients_of(party: CommunicationParty | None) -> tuple[Recipient, ...]:
    """Who gets what comes to a service's HER-id, or to one that is unknown here: its own row, else the catch-all."""
    by_party = recipients_by_party()
    own = by_party.get(party.id, ()) if party is not None else ()
    return own or by_party.get(None, ()) or (WHOLE_CLINIC,)


def set_recipients(
    party_id: UUID | None, recipients: Collection[Recipient], *, before: Collection[Recipient] | None = None
) -> None:
    """Choose who gets what comes to a service (None: the clinic's own row). Nobody: it goes to the catch-all.

    before: what the caller had read; somebody else's change since then is told, not overwritten.
    Raises NotAllowedError, NotFoundError, ChangedError, InvalidError for one who cannot read anything.
    """
    actor = current_actor()
    require(actor, Permission.SET_RECEIVERS)
    party = _lock(party_id)
    standing = recipients_by_party().get(party_id, ())
    if before is not None and set(before) != set(standing):
        raise ChangedError(_("En annen har endret mottakerne mens du hadde siden åpen. Ingenting av ditt er lagret."))
    if any(one.is_whole_clinic or not readers(one) for one in set(recipients) - set(standing)):
        raise InvalidError(_("En av mottakerne har ingen som kan lese. Ingenting er lagret."), field="recipients")
    ServiceRecipient.objects.filter(party_id=party_id).delete()
    ServiceRecipient.objects.bulk_create(
        ServiceRecipient(
            clinic_id=actor.clinic_id,
            party=party,
            employee_id=one.employee_id,
            group_id=one.group_id,
            role_id=one.role_id,
        )
        for one in dict.fromkeys(recipients)
    )
    detail = {"old": [_told(one) for one in standing], "new": [_told(one) for one in recipients]}
    subject = party.id if party is not None else actor.clinic_id
    record(Action.RECIPIENTS_CHANGED, subject_kind="recipients", subject_id=subject, detail=detail)


def _lock(party_id: UUID | None) -> CommunicationParty | None:
    """The service whose row is changed, locked until commit; for the clinic's row, the clinic."""
    if party_id is None:
        type(this_clinic()).objects.select_for_update(no_key=True).get(id=current_actor().clinic_id)
        return None
    services = CommunicationParty.objects.select_for_update().filter(kind=PartyKind.SERVICE, active=True)
    party = services.filter(id=party_id).first()
    if party is None:
        raise NotFoundError(_("Tjenesten finnes ikke lenger i Adresseregisteret. Ingenting er lagret."))
    return party


def _told(one: Recipient) -> dict[str, str]:
    return {
        name: str(value)
        for name, value in (("employee", one.employee_id), ("group", one.group_id), ("role", one.role_id))
        if value
    }
