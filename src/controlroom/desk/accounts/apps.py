from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "controlroom.desk.accounts"
