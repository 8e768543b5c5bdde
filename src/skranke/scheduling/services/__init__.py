"""The verbs of scheduling. Each is called inside a unit of work and joins its transaction."""

from skranke.scheduling.services.booking import book, book_extra
from skranke.scheduling.services.cancelling import cancel, delete_within_grace, find_for_cancellation
from skranke.scheduling.services.cancelling_several import cancel_several
from skranke.scheduling.services.changing import change
from skranke.scheduling.services.following_up import follow_up
from skranke.scheduling.services.holding import held_until, hold, let_go
from skranke.scheduling.services.moving import move, move_for_patient
from skranke.scheduling.services.planning import (
    add_event,
    add_single_slot,
    apply_plan,
    change_event,
    plan_weeks,
    remove_event,
    remove_single_slot,
    remove_slots,
    restore_slots,
)
from skranke.scheduling.services.recurring import (
    Scope,
    add_events,
    change_events,
    preview_events,
    remove_events,
)
from skranke.scheduling.services.setup import (
    change_schedule,
    create_schedule,
    create_template,
    create_type,
    replace_template,
)
from skranke.scheduling.services.states import change_state, check_in_self, mark_no_show
from skranke.scheduling.services.telling import tell_again
from skranke.scheduling.services.wishes import answer_wish, receive_wish

__all__ = [
    "Scope",
    "add_event",
    "add_events",
    "add_single_slot",
    "answer_wish",
    "apply_plan",
    "book",
    "book_extra",
    "cancel",
    "cancel_several",
    "change",
    "change_event",
    "change_events",
    "change_schedule",
    "change_state",
    "check_in_self",
    "create_schedule",
    "create_template",
    "create_type",
    "delete_within_grace",
    "find_for_cancellation",
    "follow_up",
    "held_until",
    "hold",
    "let_go",
    "mark_no_show",
    "move",
    "move_for_patient",
    "plan_weeks",
    "preview_events",
    "receive_wish",
    "remove_event",
    "remove_events",
    "remove_single_slot",
    "remove_slots",
    "replace_template",
    "restore_slots",
    "tell_again",
]
