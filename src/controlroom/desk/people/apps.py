from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "controlroom.desk.people"

    def ready(self) -> None:
        from controlroom.desk.shell import place

        place("Office", "People", "people", order=80)
