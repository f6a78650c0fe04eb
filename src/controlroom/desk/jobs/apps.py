from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "controlroom.desk.jobs"
