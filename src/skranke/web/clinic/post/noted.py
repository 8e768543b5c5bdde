"""What stands in the form that writes an e-consultation of our own channel into the journal (JRN-9)."""

from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """patient: whether it is confirmed whom it is about; open: whether the form is unfolded."""

    note: str = ""
    problem: str = ""
    patient: bool = False
    open: bool = False


def noted_in(request: HttpRequest, *, refused: bool) -> Noted:
    """What was written and is not saved, after a refusal; else an empty form, unfolded where the address asks so."""
    if not refused:
        return Noted(open=request.GET.get("journal") == "ja")
    return Noted(
        note=request.POST.get("notat", "").replace("\r\n", "\n"),
        problem=request.POST.get("problem", ""),
        patient=bool(request.POST.get("pasient")),
        open=True,
    )
