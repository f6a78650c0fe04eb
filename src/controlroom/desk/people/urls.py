from __future__ import annotations

from django.urls import path

from controlroom.desk.people import views

urlpatterns = [
    path("", views.people, name="people"),
    path("new/", views.new, name="person-new"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/edit/", views.edit, name="person-edit"),
    path("<int:pk>/archive/", views.archive, name="person-archive"),
    path("<int:pk>/restore/", views.restore, name="person-restore"),
]
