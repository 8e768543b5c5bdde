"""The frame around the operator's pages."""

from django.urls import reverse
from django.utils.translation import gettext as _

from skranke.ui.shell import NavItem, OperatorShell
from skranke.web.operator.session import Operator
from skranke.web.sessions import OPERATOR, links


def shell(operator: Operator, current: str) -> OperatorShell:
    """The frame for one page. `current`: the name of its entry in the menu."""
    places = (("operator-home", _("Klinikker")),)
    return OperatorShell(
        person_name=operator.name,
        nav=tuple(NavItem(url=reverse(name), text=text, current=current == name) for name, text in places),
        home_url=reverse("operator-home"),
        logout_url=reverse("operator-logout"),
        session=links(OPERATOR),
    )
