from django.apps import AppConfig


class MasteringConfig(AppConfig):
    name = "controlroom.desk.mastering"

    def ready(self) -> None:
        from controlroom.desk.mastering import jobs  # noqa: F401 - its works are declared
