"""Every state of every page, on full demo data: axe, errors, the security policy, a phone's width, dark and 200 %.

The states are registered with the way to each; a route of the address tables that no state opens fails.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.journeys import (
    clinic_states,
    entry_states,
    operator_states,
    patient_states,
    portal_states,
    renewal_states,
    request_states,
    routes,
    sandbox_states,
    settings_states,
    waiting_states,
)
from support.journeys.demo import Demo
from support.journeys.stage import CLINIC, SANDBOX, Register, Stage, State
from support.journeys.watch import DESK, PHONE, SCREENS, ZOOMED

REGISTERS = (CLINIC, SANDBOX)
STATES = [state for register in REGISTERS for state in register.states]
# What answers no page, or not at an address that is a number, and is proven elsewhere.
NO_PAGE = {
    "health",
    "oidc_configuration",
    "oidc_jwks",
    "oidc_par",
    "oidc_token",
    "operator-passkey",
    "prescription-window",
}
# Importing them registered the states.
RECIPES = (
    clinic_states,
    entry_states,
    operator_states,
    patient_states,
    portal_states,
    renewal_states,
    request_states,
    sandbox_states,
    settings_states,
    waiting_states,
)


@pytest.fixture
def stage(
    *,
    demo: Demo,
    window: Callable[..., Any],
    staff: Callable[..., Any],
    citizen: Callable[..., Any],
    picture: Path,
    plan: Path,
    subject: str,
) -> Stage:
    return Stage(demo, window, staff, citizen, picture, plan, subject)


@pytest.mark.parametrize("register", REGISTERS, ids=lambda one: one.program)
def test_every_address_is_opened_by_a_state(register: Register) -> None:
    opened = {name for state in register.states for name in state.opens}
    assert {one.name for one in register.routes()} - opened - NO_PAGE == set()


@pytest.mark.browser
@pytest.mark.parametrize("state", STATES, ids=lambda one: f"{one.program}-{one.name}")
def test_a_page_is_accessible_and_whole(state: State, stage: Stage) -> None:
    page = state.arrive(stage)
    known = next(one for one in REGISTERS if one.program == state.program).routes()
    assert state.opens <= routes.names(known, page.watch.addresses)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        page.watch.picture(SCREENS / f"{state.program}-{state.name}-{size['width']}.png")
        page.watch.look()
    if state.main:
        page.set_viewport_size(ZOOMED)
        page.watch.look()
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="dark")
        page.watch.picture(SCREENS / f"{state.program}-{state.name}-dark.png")
        page.watch.look()
