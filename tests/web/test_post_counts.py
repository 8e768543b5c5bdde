"""The numbers of what is unread: on the module, on each mailbox, and on each kind below the inbox (MSG-4)."""

import pytest
from django.test import Client
from lxml import html

from skranke.dialog.models import Thread
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import HTMX, address, body, logged_in
from support.dialog import E_CONTACT, question, receive


def _numbers(client: Client, cast: Cast, page: str = "post") -> dict[str, int]:
    """What stands beside each mailbox and sub-mailbox, and at Post in the menu."""
    shown = html.fromstring(body(client.get(address(cast, page))))
    boxes = shown.xpath("//*[@id='post-boxes']//a")
    return {
        " ".join(one.xpath("text()[normalize-space()] | span[not(@class)]/text()")).strip(): int(
            one.xpath("string(span[contains(@class, 'c')]/text()[1])") or 0
        )
        for one in (*boxes, *shown.xpath("//nav[contains(@class, 'rail')]//a[contains(@class, 'n')]"))
        if "brand" not in one.get("class", "")
    }


@pytest.mark.req("MSG-4")
def test_what_is_unread_is_told_by_module_mailbox_and_kind_and_falls_when_it_is_read() -> None:
    cast = make_clinic()
    first, second = (receive(cast, question(cast)) for _ in range(2))
    plain, _other = (receive(cast, question(cast, kind=E_CONTACT)) for _ in range(2))
    kari = logged_in(cast, cast.kari)
    told = _numbers(kari, cast)
    assert (told["Post"], told["Innboks"], told["Viktige varsler"]) == (4, 4, 2)
    assert (told["eKonsultasjon"], told["e-Kontakt"], told["Åpne"]) == (2, 2, 0)
    # The module's number stands on every page, and is one's own: who gets only the e-kontakt has two.
    assert _numbers(kari, cast, "settings-me")["Post"] == 4
    assert _numbers(logged_in(cast, cast.ali), cast)["Post"] == 2
    kari.get(address(cast, "thread", first.id))
    kari.get(address(cast, "thread", plain.id))
    told = _numbers(kari, cast)
    assert (told["Post"], told["Innboks"], told["Viktige varsler"]) == (2, 2, 1)
    assert (told["eKonsultasjon"], told["e-Kontakt"]) == (1, 1)
    assert _numbers(kari, cast, "settings-me")["Post"] == 2
    kari.post(address(cast, "thread-answer", first.id), {"versjon": "99", "text": "Ja."}, headers=HTMX)
    with acting(cast.system):
        version = Thread.objects.get(id=second.id).version
    kari.post(address(cast, "thread-answer", second.id), {"versjon": str(version), "text": "Ja."}, headers=HTMX)
    told = _numbers(kari, cast)
    assert (told["Post"], told["Innboks"], told["Viktige varsler"], told["Åpne"]) == (1, 1, 0, 1)


@pytest.mark.req("MSG-4", "MSG-14", "MSG-15")
def test_an_unread_task_and_what_was_made_important_count_among_the_alerts() -> None:
    cast = make_clinic()
    task, done, important, _plain = (receive(cast, question(cast, kind=E_CONTACT)) for _ in range(4))
    facts = {"is_task": True, "task_text": "Ring"}
    with acting(cast.system):
        Thread.objects.filter(id=task.id).update(task_employee=cast.ali, **facts)
        Thread.objects.filter(id=done.id).update(task_employee=cast.anne, **facts)
        Thread.objects.filter(id=important.id).update(important=True)
    ali = logged_in(cast, cast.ali)
    told = _numbers(ali, cast)
    assert (told["Innboks"], told["Viktige varsler"]) == (4, 2)
    ali.get(address(cast, "thread", task.id))
    assert _numbers(ali, cast)["Viktige varsler"] == 1
