"""A substitute as an administrator sets one, and every door through which a conversation could be met."""

from datetime import date, timedelta

from skranke.clinics.models import Employee
from skranke.clinics.substitutes.models import Substitute
from skranke.dialog.models import Thread
from skranke.dialog.values import Mailbox
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in
from support.doors import routes


def day(days: int) -> date:
    """Counted from today."""
    return clock.today() + timedelta(days)


def told(cast: Cast, by: Employee, who: Employee, first: date, last: date | None, *functions: str):
    """The answer to somebody who lets an employee stand in for Kari."""
    form = {
        "employee": str(who.id),
        "starts_on": first.isoformat(),
        "ends_on": "" if last is None else last.isoformat(),
        "functions": functions,
    }
    return logged_in(cast, by).post(address(cast, "settings-new-substitute", cast.kari.id), form)


def stand_in(cast: Cast, who: Employee, first: int = 0, last: int | None = None, *, gp: Employee | None = None) -> None:
    """An employee stands in for Kari (or another GP) from one day to another, counted from today."""
    with acting(cast.system):
        Substitute.objects.create(
            clinic_id=cast.clinic.id,
            gp=gp or cast.kari,
            employee=who,
            starts_on=day(first),
            ends_on=None if last is None else day(last),
        )


def end(cast: Cast, gp: Employee | None = None) -> None:
    """The administrator ends it at once."""
    with acting(cast.system):
        row = Substitute.objects.get(gp=gp or cast.kari)
    answer = logged_in(cast, cast.ali).post(address(cast, "settings-substitute-ended", row.id))
    assert answer.status_code == 302


def reading_doors(cast: Cast, who: Employee, thread: Thread, word: str, file_id: object) -> dict[str, bool]:
    """For each door that only shows, whether the person meets the conversation: its id, or the word written in it."""
    client, api, found = logged_in(cast, who), Api(cast, who), dict[str, bool]()

    def note(door: str, page: str) -> None:
        found[door] = str(thread.id) in page or word in page

    for box in Mailbox:
        place = f"?boks={box.value}"
        note(f"page {box}", body(client.get(address(cast, "post", query=place))))
        note(f"rows {box}", body(client.get(address(cast, "post-rows", query=place))))
        for door, query in (
            ("list", {}),
            ("search", {"q": word[:-1]}),
            ("of the patient", {"patient": thread.patient_id}),
            ("of the GP", {"participant": cast.kari.id}),
        ):
            note(f"REST {box} {door}", str(api.get("threads", mailbox=box.value, **query).body))
    note("drafts", body(client.get(address(cast, "drafts"))))
    note("REST drafts", str(api.get("drafts").body))
    note("patient card", body(client.get(address(cast, "patient", thread.patient_id))))
    note("who is here", body(client.post(address(cast, "post-presence"), {})))
    found["page"] = client.get(address(cast, "thread", thread.id)).status_code != 404
    found["news"] = client.get(address(cast, "thread-news", thread.id)).status_code != 404
    found["attachment"] = client.get(address(cast, "attachment", file_id)).status_code != 404
    found["REST attachment"] = api.get(f"attachments/{file_id}").status != 404
    found["REST thread"] = api.get(f"threads/{thread.id}").status != 404
    return found


def deeds_refused(cast: Cast, who: Employee, thread: Thread) -> dict[str, bool]:
    """For each deed in a conversation, on the page and over REST, whether it is as if the conversation did not exist.

    The deeds are read from the address table; that they do something for who may is proven where each is.
    """
    client, api, found = logged_in(cast, who), Api(cast, who), dict[str, bool]()
    for name in sorted(one for one in routes() if one.startswith("thread-")):
        answer = client.post(address(cast, name, thread.id), {"til": f"employee:{cast.ali.id}"}, headers=HTMX)
        found[name] = answer.status_code == 404 or (answer.status_code == 405 and name == "thread-news")
    found["presence"] = client.post(address(cast, "post-presence"), {"samtale": str(thread.id)}).status_code == 404
    to = {"employee_id": str(cast.ali.id)}
    bodies = {"messages": {"text": "Hei."}, "participants": to, "participants/remove": to, "forward": to}
    for deed in (*bodies, "take", "close", "convert", "journal", "complete"):
        answer = api.post(f"threads/{thread.id}/{deed}", bodies.get(deed), **{"If-Match": "*"})
        found[f"REST {deed}"] = answer.status == 404
    for deed, wanted in (("handling", {"important": True}), ("items", {"items": []})):
        found[f"REST {deed}"] = api.put(f"threads/{thread.id}/{deed}", wanted, **{"If-Match": "*"}).status == 404
    begun = api.post("drafts", {"kind": thread.kind, "thread_id": str(thread.id), "text": "Hei."})
    found["REST draft"] = begun.status == 404
    return found
