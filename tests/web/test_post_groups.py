"""The lists of Post by patient: a view setting that is remembered, and that hides and splits nothing (MSG-6)."""

import random
from datetime import timedelta
from itertools import groupby, pairwise

import pytest
from lxml import html

from skranke.dialog import queries, services
from skranke.dialog.models import Thread
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import address, at_most, body, logged_in
from support.database import as_role
from support.dialog import E_CONSULTATION, E_CONTACT, MONDAY, question, receive

ALL = ["important", "attachments"]


def _group(client, cast: Cast, *, on: bool = True, query: str = ""):
    return client.post(
        address(cast, "post-columns", query=query), {"kolonne": ALL, **({"grupper": "ja"} if on else {})}
    )


def _list(page: str) -> list[tuple[str, list[str]]]:
    """The headings of a list with the ids of the threads below each; threads above the first heading have none."""
    found: list[tuple[str, list[str]]] = []
    for line in html.fromstring(page).xpath("//*[@id='post-rows']/li | /html/body/li | /li | //li[a[@class]]"):
        for link in line.xpath("./a[starts-with(@id, 'it-')]"):
            if not found:
                found.append(("", []))
            found[-1][1].append(link.get("id")[3:])
        if line.get("class") == "grp":
            found.append((" ".join(line.text_content().split()), []))
    return found


def _mail(cast: Cast, dice: random.Random, number: int) -> dict[str, Thread]:
    threads = {}
    for step in range(number):
        clock.move_to(MONDAY + timedelta(hours=step, minutes=dice.randrange(50)))
        patient = dice.choice((cast.ola, cast.ola, cast.nora, cast.astrid, cast.jonas))
        kind = dice.choice((E_CONTACT, E_CONSULTATION))
        thread = receive(cast, question(cast, kind=kind, patient=patient, subject=f"Emne {step}"))
        threads[str(thread.id)] = thread
    return threads


@pytest.mark.req("MSG-6", "MSG-14", "NFR-3")
def test_each_patients_threads_stand_together_in_the_order_of_the_list() -> None:
    cast = make_clinic()
    threads = _mail(cast, random.Random(5), 14)
    with acting(cast.actor(cast.ali)):
        services.start_internal(to=[cast.kari], subject="Ferie", text="Når?")
    with as_role("skranke_web"):
        kari = logged_in(cast, cast.kari)
        flat = _list(body(kari.get(address(cast, "post"))))
        assert [heading for heading, _ids in flat] == [""], "not until somebody wants it"
        saved = _group(kari, cast, query="?orden=newest")
        assert saved.headers["Location"] == address(cast, "post", query="?orden=newest")
        for query, order in (("?orden=newest", "newest"), ("", "due")):
            with acting(cast.actor(cast.kari)):
                rows = list(queries.mailbox("innboks", order=order).rows)
            page = body(kari.get(address(cast, "post", query=query)))
            # The order of a group is that of its first thread in the flat list; in it all stays as it was.
            places: dict = {}
            for row in rows:
                places.setdefault(row.patient_id, len(places))
            wanted = sorted(rows, key=lambda row: places[row.patient_id])
            groups = [(key, list(some)) for key, some in groupby(wanted, key=lambda row: row.patient_name)]
            told = _list(page)
            assert [[str(row.id) for row in some] for _name, some in groups] == [ids for _heading, ids in told]
            for (name, some), (heading, _ids) in zip(groups, told, strict=True):
                assert heading.startswith(name or "Uten pasient")
                assert heading.endswith("1 samtale" if len(some) == 1 else f"{len(some)} samtaler")
        # It is remembered, for this one alone, and with as few questions as before but one.
        assert len(_list(body(logged_in(cast, cast.kari).get(address(cast, "post"))))) > 1
        assert len(_list(body(logged_in(cast, cast.mona).get(address(cast, "post"))))) == 1
        with at_most(26):
            kari.get(address(cast, "post"))
        _group(kari, cast, on=False)
        assert _list(body(kari.get(address(cast, "post")))) == _list(body(kari.get(address(cast, "post"))))
        assert [heading for heading, _ids in _list(body(kari.get(address(cast, "post"))))] == [""]
    assert threads


@pytest.mark.req("MSG-6", "MSG-7")
def test_filter_search_and_order_work_on_the_groups_as_on_the_list() -> None:
    cast = make_clinic()
    _mail(cast, random.Random(6), 12)
    kari = logged_in(cast, cast.kari)
    ways = ("?slag=e_contact", "?q=Ola", "?q=Emne", "?frist=idag", "?orden=newest&slag=e_consultation", "?q=finnesikke")
    flat = {query: {one for _h, ids in _list(body(kari.get(address(cast, "post", query=query)))) for one in ids}
            for query in ways}  # fmt: skip
    _group(kari, cast)
    for query in ways:
        page = body(kari.get(address(cast, "post", query=query)))
        told = _list(page)
        shown = [one for _heading, ids in told for one in ids]
        assert (set(shown), len(shown)) == (flat[query], len(flat[query])), query
        headings = [heading.split(" samtale")[0].rsplit(" ", 1)[0] for heading, _ids in told]
        assert len(headings) == len(set(headings)), "each patient once"
        for heading, ids in told:
            assert f" {len(ids)} samtale" in heading, "the count is of what the filter leaves"
    assert "Ingen treff i Innboks" in body(kari.get(address(cast, "post", query="?q=finnesikke")))


@pytest.mark.req("MSG-6")
@pytest.mark.parametrize("order", ["newest", "due"])
def test_paging_splits_no_group_and_hides_nothing(order: str) -> None:
    cast = make_clinic()
    threads = _mail(cast, random.Random(8), 17)
    kari = logged_in(cast, cast.kari)
    _group(kari, cast)
    whole = _list(body(kari.get(address(cast, "post"), {"orden": order})))
    assert sorted(one for _heading, ids in whole for one in ids) == sorted(threads)
    pages, cursor = [], ""
    with acting(cast.actor(cast.kari)):
        while not pages or cursor:
            page = queries.mailbox("innboks", order=order, limit=5, cursor=cursor or None, by_patient=True)
            assert 1 <= len(page.rows) <= 5
            pages.append(page)
            cursor = page.next_cursor
    rows = [row for page in pages for row in page.rows]
    assert [str(row.id) for row in rows] == [one for _heading, ids in whole for one in ids]
    for before, after in pairwise(pages):
        goes_on = before.rows[-1].patient_id == after.rows[0].patient_id
        assert after.continues == goes_on
        # Only a group that fills a page of its own goes on upon the next.
        assert not goes_on or len({row.patient_id for row in before.rows}) == 1
    assert any(page.continues for page in pages), "Ola has more than fill a page"
    # Further down, over htmx, as the page asks for it.
    first = body(kari.get(address(cast, "post"), {"orden": order, "antall": "5"}))
    link = html.fromstring(first).xpath("//li[@id='post-more']/a")[0].get("hx-get")
    more = body(kari.get(link, headers={"HX-Request": "true"}))
    top = [one for _heading, ids in _list(first) for one in ids]
    below = [one for _heading, ids in _list(f"<html><body><ol id='post-rows'>{more}</ol></body></html>") for one in ids]
    assert top + below == [str(row.id) for row in rows]
    for wrong in ("tull", "W10", "e30", "bnVsbA"):
        assert kari.get(address(cast, "post"), {"cursor": wrong}).status_code == 422, wrong
