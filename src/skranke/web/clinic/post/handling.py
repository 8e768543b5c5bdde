"""How a thread is to be treated, as its form says it (MSG-13 to MSG-16)."""

from django.http import HttpRequest

from skranke.dialog.values import Handling
from skranke.kernel.actor import Actor
from skranke.web.handling import FIELDS, handling_in


def entered_handling(request: HttpRequest, actor: Actor) -> Handling:
    """What the form says. Raises InvalidError for what is no day, or for a task of nobody."""
    return handling_in(entered_fields(request), actor)


def entered_fields(request: HttpRequest) -> dict[str, str]:
    """What stands in the fields of the form, as it stands there."""
    return {name: request.POST[name] for name in FIELDS if name in request.POST}
