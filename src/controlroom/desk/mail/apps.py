from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "controlroom.desk.mail"

    def ready(self) -> None:
        from controlroom.desk.mail import jobs, queries  # noqa: F401  (declares the works and routines)
        from controlroom.desk.shell import place

        place("Morning", "Inbox", "inbox", order=10, right="manage", count=queries.unread, also=("/mail/",))
