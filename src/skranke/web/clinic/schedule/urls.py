"""The addresses of Timebok."""

from django.urls import path

from skranke.web.clinic.schedule import (
    appointment,
    booking,
    cancellations,
    card,
    events,
    lasting,
    moving,
    several,
    viewing,
    views,
    waiting,
)

urlpatterns = [
    path("timebok", views.page, name="schedule"),
    path("timebok/gruppe", viewing.new_group, name="schedule-new-group"),
    path("timebok/gruppe/<uuid:group_id>", viewing.group, name="schedule-group"),
    path("timebok/hendelse", events.new, name="schedule-new-event"),
    path("timebok/hendelse/<uuid:event_id>", events.event, name="schedule-event"),
    path("timebok/visning", viewing.layout, name="schedule-layout"),
    path("timebok/i-hand", viewing.in_hand_told, name="schedule-in-hand"),
    path("timebok/skjul", viewing.hide, name="schedule-hide"),
    path("timebok/venteliste", waiting.overview, name="waiting-list"),
    path("timebok/venteliste/ny", waiting.new, name="waiting-new"),
    path("timebok/venteliste/svartid", waiting.hours, name="waiting-hours"),
    path("timebok/venteliste/<uuid:entry_id>", waiting.entry, name="waiting-entry"),
    path("timebok/pasienter", booking.patients, name="schedule-patients"),
    path("timebok/ny", booking.book, name="schedule-book"),
    path("timebok/avbestillinger", cancellations.page, name="schedule-cancellations"),
    path("timebok/avbestillinger/<uuid:appointment_id>", cancellations.handle, name="schedule-cancellation"),
    path("timebok/avlys", several.several, name="schedule-cancel-several"),
    path("timebok/time/<uuid:appointment_id>", appointment.page, name="schedule-appointment"),
    path("timebok/time/<uuid:appointment_id>/meny", appointment.menu, name="schedule-menu"),
    path("timebok/time/<uuid:appointment_id>/slett", appointment.delete, name="schedule-delete"),
    path("timebok/time/<uuid:appointment_id>/avlys", appointment.cancel, name="schedule-cancel"),
    path("timebok/time/<uuid:appointment_id>/send-pa-nytt", appointment.tell_again, name="schedule-tell-again"),
    path("timebok/time/<uuid:appointment_id>/tilstand", appointment.change, name="schedule-state"),
    path("timebok/time/<uuid:appointment_id>/flytt", moving.move, name="schedule-move"),
    path("timebok/time/<uuid:appointment_id>/tider", lasting.times, name="schedule-times"),
    path("timebok/time/<uuid:appointment_id>/timekort", card.page, name="schedule-card"),
]
