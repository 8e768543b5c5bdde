"""The template that patients who book an appointment type are sent, over REST (BOK-15)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from skranke.dialog.access import get_template_for
from skranke.scheduling.access import get_type_for
from skranke.scheduling.models import AppointmentType
from skranke.scheduling.services.automatic import set_automatic
from skranke.tenancy.work import current_actor
from skranke.web.api.work import answer, writes

router = Router(tags=["appointments"])


class AutomaticIn(Schema):
    """`template_id`: a shared template, sent as an e-dialog to each patient who books; null for none."""

    template_id: UUID | None


class AutomaticOut(Schema):
    """A type. `template_id`: what a patient who books it is sent."""

    id: UUID
    name: str
    template_id: UUID | None


@router.put("/appointment-types/{type_id}/automatic-dialog", response=AutomaticOut)
@writes
def put_automatic_dialog(request: HttpRequest, type_id: UUID, body: AutomaticIn) -> Any:
    """Choose what patients who book this type are sent from now on; an administrator's to decide."""
    actor = current_actor()
    kind = get_type_for(actor, type_id)
    template = get_template_for(actor, body.template_id) if body.template_id is not None else None
    changed = set_automatic(kind, template)
    return answer(_shown(changed), changed.version)


def _shown(row: AppointmentType) -> AutomaticOut:
    return AutomaticOut(id=row.id, name=row.name, template_id=row.automatic_dialog_id)
