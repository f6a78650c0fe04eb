from __future__ import annotations

from django.urls import path

from controlroom.desk.mail import account_views, letter_views, views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("waiting/", views.waiting, name="mail-waiting"),
    path("promises/<int:pk>/kept/", views.promise_kept, name="mail-promise-kept"),
    path("fetch/", views.fetch, name="mail-fetch"),
    path("<int:pk>/", views.message, name="mail-message"),
    path("<int:pk>/done/", views.done, name="mail-done"),
    path("<int:pk>/sort/", views.sort, name="mail-sort"),
    path("<int:pk>/unsort/", views.unsort, name="mail-unsort"),
    path("<int:pk>/song/", views.song, name="mail-song"),
    path("<int:pk>/link/", views.link, name="mail-link"),
    path("<int:pk>/raw/", views.raw, name="mail-raw"),
    path("<int:pk>/answer/", letter_views.answer, name="mail-answer"),
    path("attachments/<int:pk>/", views.attachment, name="mail-attachment"),
    path("attachments/<int:pk>/inline/", views.inline, name="mail-inline"),
    path("letters/", letter_views.letters, name="letters"),
    path("letters/new/", letter_views.new, name="letter-new"),
    path("letters/<int:pk>/", letter_views.letter, name="letter"),
    path("letters/<int:pk>/draft/", letter_views.draft, name="letter-draft"),
    path("letters/<int:pk>/polish/", letter_views.polish, name="letter-polish"),
    path("letters/<int:pk>/send/", letter_views.send, name="letter-send"),
    path("letters/<int:pk>/again/", letter_views.again, name="letter-again"),
    path("letters/<int:pk>/seen/", letter_views.seen, name="letter-seen"),
    path("letters/<int:pk>/discard/", letter_views.discard, name="letter-discard"),
    path("accounts/", account_views.accounts, name="mail-accounts"),
    path("accounts/new/", account_views.new, name="mail-account-new"),
    path("accounts/<int:pk>/", account_views.account, name="mail-account"),
    path("accounts/<int:pk>/try/", account_views.try_it, name="mail-account-try"),
    path("accounts/<int:pk>/fetch/", account_views.fetch, name="mail-account-fetch"),
    path("accounts/<int:pk>/remove/", account_views.remove, name="mail-account-remove"),
    path("rules/", account_views.rules, name="mail-rules"),
    path("rules/revert/", account_views.revert, name="mail-rules-revert"),
]
