"""The addresses of Post and of the files."""

from django.urls import path

from skranke.web.clinic.post import actions, compose, files, kept, pages, reach, templates

urlpatterns = [
    path("post", pages.post, name="post"),
    path("post/liste", pages.rows, name="post-rows"),
    path("post/kolonner", pages.choose_columns, name="post-columns"),
    path("post/tilstede", pages.who_is_here, name="post-presence"),
    path("post/ny", compose.compose, name="compose"),
    path("post/ny/naas", reach.compose_reach, name="compose-reach"),
    path("post/ny/maler", templates.suggest, name="compose-templates"),
    path("post/ny/mal", templates.use_in_message, name="compose-template"),
    path("post/ny/kladd", kept.save_message, name="compose-save"),
    path("post/kladder", kept.kept_list, name="drafts"),
    path("post/kladder/svar", kept.told, name="drafts-told"),
    path("post/kladder/<uuid:draft_id>/forkast", kept.discard, name="draft-discard"),
    path("post/<uuid:thread_id>", pages.thread, name="thread"),
    path("post/<uuid:thread_id>/nytt", pages.news, name="thread-news"),
    path("post/<uuid:thread_id>/kladd", kept.save_reply, name="thread-save"),
    path("post/<uuid:thread_id>/mal", templates.use_in_answer, name="thread-template"),
    path("post/<uuid:thread_id>/svar", actions.answer, name="thread-answer"),
    path("post/<uuid:thread_id>/svar-og-avslutt", actions.answer, {"close": True}, name="thread-answer-close"),
    path("post/<uuid:thread_id>/avvis", actions.answer, {"outcome": "rejected"}, name="thread-refuse"),
    path("post/<uuid:thread_id>/svar-som", actions.answer_as, name="thread-answer-as"),
    path("post/<uuid:thread_id>/sett-inn", actions.fill, name="thread-fill"),
    path("post/<uuid:thread_id>/reseptliste", actions.arrange, name="thread-items"),
    path("post/<uuid:thread_id>/journal", actions.journal, name="thread-journal"),
    path("post/<uuid:thread_id>/gjor-om", actions.convert, name="thread-convert"),
    path("post/<uuid:thread_id>/videresend", actions.forward, name="thread-forward"),
    path("post/<uuid:thread_id>/avslutt", actions.close, name="thread-close"),
    path("post/<uuid:thread_id>/deltakere", actions.add_participant, name="thread-participant-add"),
    path("post/<uuid:thread_id>/deltakere/fjern", actions.remove_participant, name="thread-participant-remove"),
    path("post/<uuid:thread_id>/behandling", actions.handling, name="thread-handling"),
    path("post/<uuid:thread_id>/fullfor", actions.complete, name="thread-complete"),
    path("post/<uuid:thread_id>/ta", actions.take, name="thread-take"),
    path("post/<uuid:thread_id>/melding/<uuid:message_id>/send-pa-nytt", actions.resend, name="message-resend"),
    path("post/<uuid:thread_id>/fjern", actions.remove, name="thread-remove"),
    path("vedlegg/<uuid:attachment_id>", files.attachment, name="attachment"),
    path("journal/vedlegg/<uuid:attachment_id>", files.journal_attachment, name="journal-attachment"),
]
