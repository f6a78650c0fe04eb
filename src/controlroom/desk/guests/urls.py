from __future__ import annotations

from django.urls import include, path

from controlroom.desk.guests import share_views, upload_views, views

_link = [
    path("", views.door, name="guest"),
    path("uploads/", upload_views.uploads, name="guest-uploads"),
    path("uploads/<uuid:upload>", upload_views.upload, name="guest-upload"),
    path("files/", upload_views.files, name="guest-files"),
    path("recordings/<int:pk>/review/", views.review, name="guest-review"),
    path("recordings/<int:pk>/review/pictures/", views.pictures, name="guest-review-pictures"),
    path("recordings/<int:pk>/notes/", views.notes, name="guest-review-notes"),
    path("notes/<int:pk>/<slug:verb>/", views.note, name="guest-review-note"),
    path("recordings/<int:pk>/approve/", views.approve, name="guest-review-approve"),
    path("recordings/<int:pk>/heard/", views.heard, name="guest-recording-heard"),
    path("recordings/<int:pk>/revision/", views.revision, name="guest-revision"),
    path("recordings/<int:pk>/revision/<slug:kind>/", views.export, name="guest-revision-export"),
    path("recordings/<int:pk>/sound", views.sound, name="guest-recording-sound"),
    path("recordings/<int:pk>/pcm/<int:rate_hz>", views.pcm, name="guest-recording-pcm"),
    path("recordings/<int:pk>/pcm/<int:rate_hz>/status", views.pcm_status, name="guest-recording-pcm-status"),
    path("recordings/<int:pk>/light", views.light, name="guest-recording-light"),
    path("recordings/<int:pk>/peaks", views.peaks, name="guest-recording-peaks"),
    path("recordings/<int:pk>/download", views.download, name="guest-recording-download"),
]

urlpatterns = [
    path("songs/<int:pk>/share/", share_views.share, name="share"),
    path("demos/box/", share_views.demo_box, name="demo-box"),
    path("links/<int:pk>/", share_views.link, name="share-link"),
    path("links/<int:pk>/revoke/", share_views.revoke, name="share-revoke"),
    path("g/<str:token>/", include(_link)),
]
