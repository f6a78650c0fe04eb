from typing import Any

from django.apps import AppConfig


class TodayConfig(AppConfig):
    name = "controlroom.desk.today"

    def ready(self) -> None:
        from controlroom.desk import shell
        from controlroom.desk.songs import signals
        from controlroom.desk.today import (  # noqa: F401  (they declare)
            calendar_sections,
            jobs,
            mail_sections,
            master_sections,
            sections,
        )

        shell.place("", "Today", "today", order=0)
        signals.happened.connect(_tell_colleagues, dispatch_uid="today.notify")


def _tell_colleagues(sender: object, event: Any, actor: Any, **_: object) -> None:
    from controlroom.desk.today.actions import notify

    notify(event, actor)
