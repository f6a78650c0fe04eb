from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "controlroom.desk.review"

    def ready(self) -> None:
        from controlroom.desk.review import jobs  # noqa: F401 - its works are declared, its ears open
