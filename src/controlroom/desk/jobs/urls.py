from __future__ import annotations

from django.urls import path

from controlroom.desk.jobs import views

urlpatterns = [
    path("", views.jobs, name="jobs"),
    path("<int:pk>/", views.job, name="job"),
    path("<int:pk>/cancel/", views.cancel, name="job-cancel"),
    path("<int:pk>/again/", views.again, name="job-again"),
    path("of-song/<int:pk>/", views.of_song, name="song-jobs"),
]
