from __future__ import annotations

from django.urls import path

from controlroom.desk.today import views

urlpatterns = [
    path("", views.today, name="today"),
    path("today/seen/", views.seen, name="today-seen"),
    path("today/running/", views.running, name="today-running"),
    path("find/", views.find, name="find"),
]
