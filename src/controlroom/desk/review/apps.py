from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "controlroom.desk.review"
