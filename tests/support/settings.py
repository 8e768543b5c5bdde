"""What the browser sends of a form of Konfigurasjon, and what patients then are offered."""

import re
from datetime import timedelta

from skranke.tenancy.work import acting

from cast import Cast
from support.api import Api
from support.timebok import Timebok, weekday_at


def read(cast: Cast, model, **facts):
    with acting(cast.system):
        return model.objects.get(**facts)


def sent(page: str, **changes: object) -> dict[str, object]:
    """What the browser would send of the page's form, with these changes; None takes a field out."""
    form = page.partition('<form class="stack"')[2].partition("</form>")[0]
    found: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        if 'type="checkbox"' in tag and "checked" not in tag:
            continue
        name, value = re.search(r'name="(\w+)"', tag), re.search(r' value="([^"]*)"', tag)
        if name:
            found[name[1]] = value[1] if value else "on" if "checkbox" in tag else ""
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return {name: value for name, value in (found | changes).items() if value is not None}


def offered(timebok: Timebok) -> list[str]:
    """The starts that Ola is shown in our own channels, as REST gives them."""
    span = {"from": weekday_at(0).isoformat(), "to": (weekday_at(0) + timedelta(days=30)).isoformat()}
    asked = {"audience": "portal", "patient": timebok.cast.ola.id, **span}
    return [one["start"][:16] for one in Api(timebok.cast, timebok.cast.ali).get("slots", **asked).body["items"]]
