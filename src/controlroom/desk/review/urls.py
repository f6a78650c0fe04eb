from __future__ import annotations

from django.urls import path

from controlroom.desk.review import views

urlpatterns = [
    path("recordings/<int:pk>/review/", views.review, name="review"),
    path("recordings/<int:pk>/review/pictures/", views.pictures, name="review-pictures"),
    path("recordings/<int:pk>/notes/", views.notes, name="review-notes"),
    path("notes/<int:pk>/<slug:verb>/", views.note, name="review-note"),
    path("recordings/<int:pk>/approve/", views.approve, name="review-approve"),
    path("recordings/<int:pk>/ask/", views.ask, name="review-ask"),
    path("recordings/<int:pk>/heard/", views.heard, name="recording-heard"),
    path("recordings/<int:pk>/revision/", views.revision, name="revision"),
    path("recordings/<int:pk>/revision/done/", views.done, name="revision-done"),
    path("recordings/<int:pk>/revision/<slug:kind>/", views.export, name="revision-export"),
]
