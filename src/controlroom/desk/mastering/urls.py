from __future__ import annotations

from django.urls import path

from controlroom.desk.mastering import sound_views, views

urlpatterns = [
    path("recordings/<int:pk>/master/", views.desk, name="mastering"),
    path("recordings/<int:pk>/master/make/", views.make, name="mastering-make"),
    path("recordings/<int:pk>/master/plan/", views.plan, name="mastering-plan"),
    path("recordings/<int:pk>/master/news/", views.news, name="mastering-news"),
    path("recordings/<int:pk>/translation/", sound_views.translation, name="mastering-translation"),
    path("recordings/<int:pk>/on/<slug:system>/", sound_views.on, name="mastering-on"),
    path("recordings/<int:pk>/on/<slug:system>/sound", sound_views.on_sound, name="mastering-on-sound"),
    path("masterings/<int:pk>/blend/", views.make_blend, name="mastering-blend-make"),
    path("masterings/<int:pk>/blend/<int:percent>/", sound_views.blend, name="mastering-blend"),
    path("masterings/<int:pk>/blend/<int:percent>/sound", sound_views.blend_sound, name="mastering-blend-sound"),
]
