"""The demo clinic's shared templates (TPL-1). Needs Django set up."""

from skranke.dialog.services import save_template
from skranke.dialog.values import TemplateFacts

_FASTING = """Hei {{fornavn}}.

Møt fastende til blodprøven: ikke spis, og drikk bare vann, etter klokken 22 kvelden før. Ta faste medisiner som vanlig.

Hilsen {{avsender}}, {{klinikk}}"""
_READY = """Hei {{fornavn}}.

Attesten ligger klar i skranken fra {{dato}}. Ta med legitimasjon.

Hilsen {{avsender}}, {{klinikk}}, tlf. {{telefon}}"""
_VISIT = """Hei {{fornavn}}.

Du har time {{timen}}. Ta med en liste over medisinene du bruker. Passer ikke timen, avbestill minst 24 timer før.

Hilsen {{klinikk}}"""

_SHARED = (
    TemplateFacts(
        title="Fastende blodprøve",
        description="Hva pasienten gjør før prøven",
        shared=True,
        subject="Før blodprøven",
        text=_FASTING,
    ),
    TemplateFacts(
        title="Attest klar",
        description="Attesten kan hentes i skranken",
        shared=True,
        subject="Attesten din er klar",
        text=_READY,
    ),
    TemplateFacts(
        title="Før timen",
        description="Til automatisk dialog når en pasient bestiller time",
        shared=True,
        kind="e_dialog",
        subject="Før timen din",
        text=_VISIT,
    ),
)


def make() -> None:
    """Called once, when the clinic is made, as its administrator."""
    for facts in _SHARED:
        save_template(facts)
