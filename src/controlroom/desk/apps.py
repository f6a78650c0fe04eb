from django.apps import AppConfig


class DeskConfig(AppConfig):
    """What belongs to no single room: base templates, static files, words for templates."""

    name = "controlroom.desk"
    label = "desk"
