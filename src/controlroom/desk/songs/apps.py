from django.apps import AppConfig


class SongsConfig(AppConfig):
    name = "controlroom.desk.songs"

    def ready(self) -> None:
        from controlroom.desk.shell import place
        from controlroom.desk.songs import auditions, jobs, queries, room_jobs  # noqa: F401  (declares the works)

        place("Morning", "Demos", "demos", order=20, count=queries.demos_waiting)
        place("Studio", "Songs", "songs", order=40, also=("/recordings/", "/links/"))
