"""Three ways to take LINE's webhook, for a server to run; BENCH_APP says which.

``bare``: a Flask route that checks the signature and nothing else. ``ours``: the program's own. ``usual``: the SDK's
handler as its samples have it, with the work inside the request.
"""

import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, request

from bot import db
from bot import web as pages
from bot.clock import system_clock
from bot.garbage import settle
from bot.line import webhook
from bot.models import InboxEvent

SECRET = "the channel's secret"


def bare() -> Flask:
    app = Flask(__name__)

    @app.post("/line/webhook")
    def check() -> tuple[str, int]:
        body = request.get_data(cache=False)
        is_ours = webhook.is_signed(body, request.headers.get("x-line-signature"), SECRET.encode())
        return "", 200 if is_ours else 400

    return app


def ours() -> Flask:
    return pages.create(
        channel_secret=SECRET,
        sessions=db.connect(os.environ["DATABASE_URL"]),
        clock=system_clock,
        pictures=Path(),
        wake=lambda: None,
    )


def usual() -> Flask:
    from linebot.v3 import WebhookHandler
    from linebot.v3.messaging import ApiClient, Configuration, MessagingApi, ReplyMessageRequest, TextMessage
    from linebot.v3.webhooks import MessageEvent

    app, handler, sessions = Flask(__name__), WebhookHandler(SECRET), db.connect(os.environ["DATABASE_URL"])
    client = ApiClient(Configuration(host=os.environ["LINE_API_BASE"], access_token="token"))

    @app.post("/line/webhook")
    def callback() -> str:
        handler.handle(request.get_data(as_text=True), request.headers["X-Line-Signature"])
        return "OK"

    @handler.add(MessageEvent)
    def answer(event: Any) -> None:
        now = system_clock()
        with sessions.begin() as session:
            seen = session.scalar(sa.select(InboxEvent.id).where(InboxEvent.webhook_event_id == event.webhook_event_id))
            if seen is None:
                session.add(
                    InboxEvent(
                        webhook_event_id=event.webhook_event_id,
                        kind="message",
                        raw="{}",
                        received_at=now,
                        occurred_at=now,
                        next_try_at=now,
                    )
                )
        said = ReplyMessageRequest(reply_token=event.reply_token, messages=[TextMessage(text="はい")])
        MessagingApi(client).reply_message_with_http_info(said, _request_timeout=10)

    return app


web = {"bare": bare, "ours": ours, "usual": usual}[os.environ["BENCH_APP"]]()
settle()  # As in `bot.wsgi`; for all three.
