from __future__ import annotations

from django.urls import path

from controlroom.desk.calendar import invite_views, keep_views, propose_views, seat_views, sheet_views, views

urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/propose/", propose_views.ask, name="propose"),
    path("calendar/proposals/<int:pk>/", propose_views.proposal, name="proposal"),
    path("calendar/proposals/<int:pk>/take/", propose_views.take, name="proposal-take"),
    path("calendar/rules/", keep_views.keep, name="session-rules"),
    path("calendar/rules/change/", keep_views.rules, name="session-rules-change"),
    path("calendar/rules/caldav/", keep_views.caldav, name="session-caldav"),
    path("calendar/rules/feed/", keep_views.feed, name="session-feed"),
    path("calendar/rules/rooms/", keep_views.new_room, name="session-room-new"),
    path("calendar/rules/rooms/<int:pk>/", keep_views.room, name="session-room"),
    path("calendar/rules/gear/", keep_views.new_gear, name="session-gear-new"),
    path("calendar/rules/<slug:kind>/<int:pk>/away/", keep_views.put_away, name="session-put-away"),
    path("sessions/new/", views.new, name="session-new"),
    path("sessions/<int:pk>/", views.session, name="session"),
    path("sessions/<int:pk>/edit/", views.edit, name="session-edit"),
    path("sessions/<int:pk>/people/", views.add_seat, name="seat-add"),
    path("seats/<int:pk>/remove/", views.remove_seat, name="seat-remove"),
    path("sessions/<int:pk>/songs/", views.add_song, name="session-song-add"),
    path("session-songs/<int:pk>/remove/", views.remove_song, name="session-song-remove"),
    path("sessions/<int:pk>/place/", views.place, name="session-place"),
    path("sessions/<int:pk>/poll/", views.poll, name="session-poll"),
    path("sessions/<int:pk>/step/<slug:name>/", views.step, name="session-step"),
    path("sessions/<int:pk>/invite/", invite_views.invite, name="session-invite"),
    path("sessions/<int:pk>/invite/push/", invite_views.push, name="session-push"),
    path("seats/<int:pk>/answer/", invite_views.answer, name="seat-answer"),
    path("seats/<int:pk>/move/", invite_views.move, name="seat-move"),
    path("sessions/<int:pk>/call-sheet/", sheet_views.call_sheet, name="session-call"),
    path("sessions/<int:pk>/call-sheet.pdf", sheet_views.call_sheet_pdf, name="session-call-pdf"),
    path("sessions/<int:pk>/sheet/", sheet_views.session_sheet, name="session-sheet"),
    path("sessions/<int:pk>/sheet.pdf", sheet_views.session_sheet_pdf, name="session-sheet-pdf"),
    path("sessions/<int:pk>/sheet/sign/", sheet_views.sign, name="session-sheet-sign"),
    path("people/<int:pk>/availability/", keep_views.availability, name="availability"),
    path("s/<str:token>/", seat_views.seat, name="seat"),
    path("s/<str:token>/call-sheet.pdf", seat_views.call_sheet, name="seat-call-pdf"),
    path("feeds/<str:token>.ics", seat_views.feed, name="feed"),
]
