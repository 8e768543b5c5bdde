"""What somebody fills in about a template (TPL-3)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from skranke.clinics.organisation.queries import choices, staff
from skranke.clinics.organisation.values import Choice
from skranke.dialog.filling import Word
from skranke.dialog.models import DialogKind, TaskFor
from skranke.dialog.services.templates import LONGEST_DESCRIPTION, LONGEST_TITLE, MOST_DAYS
from skranke.dialog.values import TemplateFacts, TemplateTask
from skranke.kernel.ids import uuid_or_none
from skranke.ui.forms import offer
from skranke.web.clinic.post.words import kind_text

WORDS: dict[Word, str | Promise] = {
    Word.PATIENT: _("pasientens navn"),
    Word.GIVEN_NAME: _("pasientens fornavn"),
    Word.GP: _("navnet til pasientens fastlege"),
    Word.CLINIC: _("klinikkens navn"),
    Word.PHONE: _("klinikkens telefonnummer"),
    Word.WRITER: _("navnet til den som sender"),
    Word.TODAY: _("dagens dato"),
    Word.APPOINTMENT: _("dag og klokkeslett for timen (bare i automatisk dialog)"),
}
_KINDS = [kind for kind in DialogKind if kind != DialogKind.UNKNOWN]


def _yes(label: Any, **facts: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, **facts)


def _days(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST_DAYS)


class TemplateForm(forms.Form):
    """A template. may_share: whoever fills it in is an administrator, whose template is shared unless told (TPL-2)."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    title = forms.CharField(
        label=_("Tittel"),
        max_length=LONGEST_TITLE,
        help_text=_("Det du skriver i emnefeltet for å finne malen. Mottakeren ser den ikke."),
    )
    description = forms.CharField(label=_("Beskrivelse"), max_length=LONGEST_DESCRIPTION, required=False)
    make_private = _yes(
        _("Gjør malen privat"), help_text=_("Bare du ser og bruker den. Ellers er den delt med klinikken.")
    )
    kind = forms.ChoiceField(label=_("Brukes i"), required=False)
    to = forms.MultipleChoiceField(label=_("Kolleger som deltar"), required=False, widget=forms.CheckboxSelectMultiple)
    to_patient = _yes(_("Den aktive pasienten"), help_text=_("Uten krysset blir en E-dialog en intern dialog."))
    to_user = _yes(
        _("Den som bruker malen"),
        help_text=_("Den som sender, deltar alltid. I en automatisk dialog deltar eieren av timeboken."),
    )
    subject = forms.CharField(label=_("Emne"), required=False, help_text=_("Dette ser mottakeren."))
    text = forms.CharField(label=_("Melding"), required=False, widget=forms.Textarea(attrs={"rows": 8}), strip=False)
    task_for = forms.ChoiceField(label=_("Hvem skal gjøre oppgaven?"), required=False)
    task_days = _days(_("Oppgavens frist, dager etter sending"))
    task_text = forms.CharField(label=_("Hva skal gjøres?"), max_length=LONGEST_DESCRIPTION, required=False)
    important = _yes(_("Viktig: øverst i innboksen og i Viktige varsler"))
    private = _yes(_("Privat: bare de som deltar, kan lese samtalen"))
    reply_days = _days(_("Krever svar innen så mange dager"))

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["make_private"]
        kinds = [(kind.value, kind_text(kind)) for kind in _KINDS]
        self._offer("kind", [("", gettext("Alle typer meldinger")), *kinds])
        self._offer("to", [(one.value, _name(one)) for one in choices()])
        doers = [(TaskFor.USER.value, gettext("Den som bruker malen")), (TaskFor.PATIENT.value, gettext("Pasienten"))]
        people = [(str(one.id), one.name) for one in staff()]
        self._offer("task_for", [("", gettext("Ingen oppgave")), *doers, *people])

    def _offer(self, field: str, offered: list[tuple[str, str]]) -> None:
        offer(self, field, offered)

    @classmethod
    def of(cls, facts: TemplateFacts, version: int, data: Any, *, may_share: bool) -> "TemplateForm":
        """The form of a template as it stands, or with what was sent. Who is not here any more is not ticked."""
        names = ("title", "description", "kind", "to_patient", "to_user", "subject", "text", "important", "private",
                 "reply_days")  # fmt: skip
        initial: dict[str, Any] = {name: getattr(facts, name) for name in names}
        initial |= {"version": version, "make_private": not facts.shared, "to": list(facts.to)}
        if facts.task is not None:
            whose = str(facts.task.employee_id) if facts.task.whose == TaskFor.EMPLOYEE else facts.task.whose.value
            initial |= {"task_for": whose, "task_days": facts.task.days, "task_text": facts.task.text}
        return cls(data, initial=initial, may_share=may_share)

    def facts(self, attachment_ids: Sequence[UUID]) -> TemplateFacts:
        """What the form says, when it is valid."""
        given = self.cleaned_data
        names = ("title", "description", "kind", "to_patient", "to_user", "subject", "text", "important", "private",
                 "reply_days")  # fmt: skip
        return TemplateFacts(
            **{name: given[name] for name in names},
            shared="make_private" in self.fields and not given["make_private"],
            to=tuple(given["to"]),
            attachment_ids=tuple(attachment_ids),
            task=self._task(),
        )

    def _task(self) -> TemplateTask | None:
        given = self.cleaned_data
        if not given["task_for"]:
            return None
        employee_id = uuid_or_none(given["task_for"])
        whose = TaskFor.EMPLOYEE if employee_id is not None else TaskFor(given["task_for"])
        return TemplateTask(whose=whose, employee_id=employee_id, days=given["task_days"], text=given["task_text"])


def _name(one: Choice) -> str:
    if one.kind == "clinic":
        return gettext("Hele klinikken")
    if one.kind == "group":
        return gettext("Gruppen %(name)s") % {"name": one.name}
    return gettext("Rollen %(name)s") % {"name": one.name} if one.kind == "role" else one.name
