"""What the day does by itself."""

from __future__ import annotations

from controlroom.desk.today import actions
from controlroom.desk.works import routine


@routine(every_s=60.0)
def mail_gathered() -> None:
    actions.send_gathered()
