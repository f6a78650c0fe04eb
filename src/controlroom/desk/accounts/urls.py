from __future__ import annotations

from django.urls import path

from controlroom.desk.accounts import views

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("settings/", views.settings, name="settings"),
    path("settings/profile/", views.profile, name="profile"),
    path("settings/password/", views.password, name="password"),
    path("settings/studio/", views.studio, name="studio"),
    path("settings/colleagues/", views.invite, name="colleagues"),
    path("settings/colleagues/<int:pk>/", views.colleague, name="colleague"),
]
