from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "controlroom.desk.jobs"

    def ready(self) -> None:
        from controlroom.desk import works
        from controlroom.desk.jobs import actions

        works.answer_with(actions.ask)
