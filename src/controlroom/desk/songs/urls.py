from __future__ import annotations

from django.urls import path

from controlroom.desk.songs import demo_views, media_views, part_views, room_urls, upload_views, views

urlpatterns = [
    path("songs/", views.songs, name="songs"),
    path("songs/board/", views.board, name="board"),
    path("songs/board/move/", views.board_move, name="board-move"),
    path("songs/new/", views.new, name="song-new"),
    path("songs/<int:pk>/", views.song, name="song"),
    path("songs/<int:pk>/edit/", views.edit, name="song-edit"),
    path("songs/<int:pk>/stage/", views.stage, name="song-stage"),
    path("songs/<int:pk>/archive/", views.archive, name="song-archive"),
    path("songs/<int:pk>/restore/", views.restore, name="song-restore"),
    path("songs/<int:pk>/demo/", demo_views.demo_state, name="song-demo-state"),
    path("songs/<int:pk>/timeline/", views.timeline, name="song-timeline"),
    path("songs/<int:pk>/words/<slug:field>/", part_views.words, name="song-words"),
    path("songs/<int:pk>/credits/", part_views.credits, name="song-credits"),
    path("credits/<int:pk>/remove/", part_views.credit_remove, name="song-credit-remove"),
    path("songs/<int:pk>/uploads/", upload_views.song_uploads, name="uploads"),
    path("songs/<int:pk>/files/", upload_views.song_files, name="song-files"),
    path("demos/", demo_views.demos, name="demos"),
    path("demos/steps/<int:pk>/undo/", demo_views.demo_undo, name="demo-undo"),
    path("demos/uploads/", upload_views.demo_uploads, name="demo-uploads"),
    path("demos/files/", upload_views.demo_files, name="demo-files"),
    path("uploads/<uuid:token>/", upload_views.one, name="upload"),
    path("recordings/<int:pk>/", part_views.recording, name="recording"),
    path("recordings/<int:pk>/edit/", part_views.recording_edit, name="recording-edit"),
    path("recordings/<int:pk>/again/", part_views.recording_again, name="recording-again"),
    path("recordings/<int:pk>/archive/", part_views.recording_archive, name="recording-archive"),
    path("recordings/<int:pk>/restore/", part_views.recording_restore, name="recording-restore"),
    path("recordings/<int:pk>/demo/", demo_views.demo, name="demo"),
    path("recordings/<int:pk>/try/<slug:key>/", demo_views.audition, name="demo-try"),
    path("recordings/<int:pk>/try/<slug:key>/<slug:side>", demo_views.audition_sound, name="demo-try-sound"),
    path("recordings/<int:pk>/sound", media_views.sound, name="recording-sound"),
    path("recordings/<int:pk>/pcm/<int:rate_hz>", media_views.pcm, name="recording-pcm"),
    path("recordings/<int:pk>/pcm/<int:rate_hz>/status", media_views.pcm_status, name="recording-pcm-status"),
    path("recordings/<int:pk>/light", media_views.light, name="recording-light"),
    path("recordings/<int:pk>/peaks", media_views.peaks, name="recording-peaks"),
    path("recordings/<int:pk>/download", media_views.download, name="recording-download"),
    *room_urls.urlpatterns,
]
