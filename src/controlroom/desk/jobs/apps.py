from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "controlroom.desk.jobs"

    def ready(self) -> None:
        from controlroom.desk import shell, works
        from controlroom.desk.jobs import actions, sample  # noqa: F401  (declares its work)

        works.answer_with(actions.ask)
        shell.place("Office", "Jobs", "jobs", order=90)
