from django.apps import AppConfig


class TodayConfig(AppConfig):
    name = "controlroom.desk.today"
