from __future__ import annotations

from django.urls import path

from controlroom.desk.today import views

urlpatterns = [
    path("", views.today, name="today"),
]
