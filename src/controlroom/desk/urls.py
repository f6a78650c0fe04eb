"""Every address of the desk."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("controlroom.desk.today.urls")),
    path("", include("controlroom.desk.accounts.urls")),
    path("people/", include("controlroom.desk.people.urls")),
    path("", include("controlroom.desk.songs.urls")),
    path("jobs/", include("controlroom.desk.jobs.urls")),
    path("", include("controlroom.desk.review.urls")),
    path("", include("controlroom.desk.guests.urls")),
    path("", include("controlroom.desk.mastering.urls")),
    path("", include("controlroom.desk.calendar.urls")),
    path("mail/", include("controlroom.desk.mail.urls")),
]
handler400 = "controlroom.desk.pages.unreadable"
handler403 = "controlroom.desk.pages.forbidden"
handler404 = "controlroom.desk.pages.missing"
handler500 = "controlroom.desk.pages.broken"
