from __future__ import annotations

from django.urls import path

from controlroom.desk.songs import media_views, room_urls

urlpatterns = [
    path("recordings/<int:pk>/sound", media_views.sound, name="recording-sound"),
    path("recordings/<int:pk>/pcm/<int:rate_hz>", media_views.pcm, name="recording-pcm"),
    path("recordings/<int:pk>/pcm/<int:rate_hz>/status", media_views.pcm_status, name="recording-pcm-status"),
    path("recordings/<int:pk>/light", media_views.light, name="recording-light"),
    path("recordings/<int:pk>/peaks", media_views.peaks, name="recording-peaks"),
    path("recordings/<int:pk>/download", media_views.download, name="recording-download"),
    *room_urls.urlpatterns,
]
