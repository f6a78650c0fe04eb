from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "controlroom.desk.calendar"

    def ready(self) -> None:
        from controlroom.desk.calendar import answers, jobs, knowing, queries  # noqa: F401  (works, ears, circumstances)
        from controlroom.desk.shell import place

        place("Morning", "Calendar", "calendar", order=30, count=queries.waiting, also=("/sessions/",))
