"""The verbs of dialogs. Each runs inside the caller's `with acting(actor):` and checks access itself."""

from skranke.dialog.services.changes import takes_answers
from skranke.dialog.services.colleagues import start_internal
from skranke.dialog.services.delivery import mark_delivery, mark_resent, mark_unread_by_patient
from skranke.dialog.services.handle import close_thread, complete, forward, mark_read, remove_from_inbox, take
from skranke.dialog.services.handling import set_handling
from skranke.dialog.services.issued import issued, tell_issued, warn_of_unissued
from skranke.dialog.services.journaling import journal_by_hand
from skranke.dialog.services.keeping import (
    discard_draft,
    draft_counts,
    draft_in,
    drafts,
    keep_draft,
    save_answer,
    save_new,
    tell_of_drafts,
)
from skranke.dialog.services.leaving import end_employment
from skranke.dialog.services.own_channel import answer_by_patient, mark_read_by_patient
from skranke.dialog.services.own_journal import decline_journal, journal_consultation
from skranke.dialog.services.participants import add_participant, remove_participant
from skranke.dialog.services.receive import look_ahead, receive_message
from skranke.dialog.services.renewing import arrange_items, items_of
from skranke.dialog.services.resend import resend
from skranke.dialog.services.templates import remove_template, save_template, templates, use_template
from skranke.dialog.services.turning import convert
from skranke.dialog.services.undo import undo, undoable, undoable_start, what_can_be_undone
from skranke.dialog.services.uploads import discard_upload, store_upload
from skranke.dialog.services.write import answer, start_dialog

__all__ = [
    "add_participant",
    "answer",
    "answer_by_patient",
    "arrange_items",
    "close_thread",
    "complete",
    "convert",
    "decline_journal",
    "discard_draft",
    "discard_upload",
    "draft_counts",
    "draft_in",
    "drafts",
    "end_employment",
    "forward",
    "issued",
    "items_of",
    "journal_by_hand",
    "journal_consultation",
    "keep_draft",
    "look_ahead",
    "mark_delivery",
    "mark_read",
    "mark_read_by_patient",
    "mark_resent",
    "mark_unread_by_patient",
    "receive_message",
    "remove_from_inbox",
    "remove_participant",
    "remove_template",
    "resend",
    "save_answer",
    "save_new",
    "save_template",
    "set_handling",
    "start_dialog",
    "start_internal",
    "store_upload",
    "take",
    "takes_answers",
    "tell_issued",
    "tell_of_drafts",
    "templates",
    "undo",
    "undoable",
    "undoable_start",
    "use_template",
    "warn_of_unissued",
    "what_can_be_undone",
]
