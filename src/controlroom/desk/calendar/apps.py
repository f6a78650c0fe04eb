from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "controlroom.desk.calendar"
