from django.apps import AppConfig


class GuestsConfig(AppConfig):
    name = "controlroom.desk.guests"
