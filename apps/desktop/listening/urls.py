from django.urls import path

from apps.desktop.listening.views import digest, feed, shadowing, themes

urlpatterns = [
    # what customers say
    path("desk/listening/", feed.listening, name="listening"),
    path("desk/listening/unread/", feed.unread, name="unread"),
    path("desk/listening/unread/<int:pk>/", feed.reply_seen, name="reply_seen"),
    path("desk/listening/<int:pk>/", feed.verbatim, name="verbatim"),
    path("desk/listening/<int:pk>/read/", feed.verbatim_read, name="verbatim_read"),
    path("desk/listening/<int:pk>/reply/", feed.verbatim_reply, name="verbatim_reply"),
    path("desk/listening/<int:pk>/theme/", feed.verbatim_theme, name="verbatim_theme"),
    path("desk/listening/themes/new/", themes.theme_add, name="theme_add"),
    path("desk/listening/themes/catch/", themes.theme_catch, name="theme_catch"),
    path("desk/listening/themes/<int:pk>/", themes.theme_change, name="theme_change"),
    path("desk/listening/suggestions/<int:pk>/wave/", themes.theme_wave_off, name="theme_wave_off"),
    path("desk/listening/shadow/", shadowing.shadow, name="shadow"),
    path("desk/listening/shadow/begin/", shadowing.shadow_begin, name="shadow_begin"),
    path("desk/listening/shadow/more/", shadowing.shadow_more, name="shadow_more"),
    path("desk/listening/digest/", digest.last_digest, name="last_digest"),
    path("desk/listening/digest/mail/", digest.digest_mail, name="digest_mail"),
    path("desk/listening/digest/<str:week>/", digest.digest, name="digest"),
]
