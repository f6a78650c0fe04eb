"""Addresses of the rooms of a song."""

from __future__ import annotations

from django.urls import path

from controlroom.desk.songs import room_views as views

urlpatterns = [
    path("songs/<int:pk>/rooms/", views.rooms, name="song-rooms"),
    path("songs/<int:pk>/rooms/<slug:stage>/start/", views.start, name="song-room-start"),
    path("songs/<int:pk>/report/", views.report, name="song-report"),
    path("songs/<int:pk>/delivery.zip", views.delivery, name="song-delivery"),
    path("songs/<int:pk>/plans/<path:name>/again/", views.again, name="song-plan-again"),
    path("songs/<int:pk>/plans/<path:name>/undo/", views.undo, name="song-plan-undo"),
    path("songs/<int:pk>/plans/<path:name>/text/", views.text, name="song-plan-text"),
    path("songs/<int:pk>/plans/<path:name>/", views.plan, name="song-plan"),
]
