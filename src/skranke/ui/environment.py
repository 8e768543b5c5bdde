"""The one Jinja2 environment of every page, form and message text.

`TEMPLATES["OPTIONS"] = {"environment": "skranke.ui.environment.environment"}`. Undefined names always raise: a page
that shows nothing where a name was misspelt is worse than an error in a test.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

import jinja2
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, ngettext, npgettext, pgettext
from markupsafe import Markup

from skranke.kernel import clock
from skranke.ui import dates, filters
from skranke.ui.i18n import kept_gettext

SPRITE = "ui/icons.svg"
_ANY = UUID(int=0)


def environment(**options: Any) -> jinja2.Environment:
    """The environment, from the options of Django's Jinja2 backend.

    Autoescape and StrictUndefined whatever the options say; gettext is newstyle: `_("Hei, %(name)s", name=name)`
    escapes its values, and a percent sign in a text is written %%.
    """
    options |= {"autoescape": True, "undefined": jinja2.StrictUndefined}
    options["extensions"] = [*options.get("extensions", ()), "jinja2.ext.i18n", "jinja2.ext.loopcontrols"]
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    env = jinja2.Environment(**options)  # noqa: S701 - autoescape is set three lines above
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]  # the i18n extension adds it
        kept_gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals |= {
        "static": static,
        "url": url,
        "url_of": url_of,
        "url_or_none": url_or_none,
        "icon": icon,
        "language": language,
        "now": clock.now,
        "today": clock.today,
    }
    env.filters |= dates.FILTERS | filters.FILTERS
    return env


def url(name: str, *args: object, **kwargs: object) -> str:
    """The path of a named route."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def url_of(name: str, *args: object) -> Callable[[UUID], str]:
    """The paths of a named route whose last part is an id, for a list of many: only the id is put in each time."""
    before, after = url(name, *args, _ANY).split(str(_ANY))
    return lambda one: f"{before}{one}{after}"


def url_or_none(name: str, *args: object, **kwargs: object) -> str | None:
    """As `url`, but None where this program has no such route: for a shell shared by several programs."""
    try:
        return url(name, *args, **kwargs)
    except NoReverseMatch:
        return None


@lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> Markup:
    """A picture from static/ui/icons.svg, hidden from screen readers: always put words beside it."""
    return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>').format(
        f"i {css}".strip(), static(SPRITE), name
    )


def language() -> str:
    """The language of this page: nb, nn or en."""
    return (get_language() or "nb").split("-")[0]
