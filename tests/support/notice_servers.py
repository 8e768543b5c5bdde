"""A mail server and a gateway for text messages, real ones on this machine: they keep what they are given.

`answers` of each is what it says next instead of taking a letter; when it is empty it takes everything.
"""

import email
import json
import socketserver
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.conf import settings
from django.test import override_settings

HANG_UP = "hang up"
TOKEN = "only-for-tests"


@dataclass
class Caught:
    """What came, in order. mails: (to, message); texts: (headers, body)."""

    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    texts: list[tuple[dict[str, str], dict[str, str]]] = field(default_factory=list)
    smtp_answers: deque[str] = field(default_factory=deque)
    sms_answers: deque[int | str] = field(default_factory=deque)

    @property
    def to(self) -> list[str]:
        """Where the mails went."""
        return [address for address, _message in self.mails]

    def mail_text(self, number: int = -1) -> str:
        return self.mails[number][1].get_content()


class _Session(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs; smtp_answers is asked when a letter's end has come."""

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 test")
        to = ""
        while line := self.rfile.readline().decode():
            word = line[:4].upper()
            if word == "RCPT":
                to = line.partition("<")[2].partition(">")[0]
            if word == "DATA" and not self.take(to):
                return
            if word != "DATA":
                self.say(
                    {"QUIT": "221 bye", "RCPT": "550 nobody" if to.startswith("nobody") else ""}.get(word) or "250"
                )

    def take(self, to: str) -> bool:
        self.say("354 go on")
        caught, lines = self.server.caught, []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        answer = caught.smtp_answers.popleft() if caught.smtp_answers else "250 ok"
        if answer.startswith("250") or answer == HANG_UP:
            caught.mails.append((to, email.message_from_bytes(b"".join(lines), policy=default)))
        if answer == HANG_UP:
            return False
        self.say(answer)
        return True


class _Gateway(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        caught = self.server.caught
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = caught.sms_answers.popleft() if caught.sms_answers else 202
        if answer == HANG_UP or answer < 300:
            caught.texts.append((dict(self.headers), body))
        if answer == HANG_UP:
            self.close_connection = True
            return
        self.send_response(answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing."""


class _Threaded(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


@contextmanager
def notice_servers() -> Iterator[Caught]:
    """Both servers, and the settings that lead to them."""
    caught = Caught()
    mail, gateway = _Threaded(("127.0.0.1", 0), _Session), ThreadingHTTPServer(("127.0.0.1", 0), _Gateway)
    mail.caught = gateway.caught = caught
    threads = [threading.Thread(target=one.serve_forever, args=(0.05,), daemon=True) for one in (mail, gateway)]
    for thread in threads:
        thread.start()
    ours = replace(
        settings.OURS,
        smtp_host="127.0.0.1",
        smtp_port=mail.server_address[1],
        smtp_security="none",
        smtp_from="varsel@skranke.test",
        sms_url=f"http://127.0.0.1:{gateway.server_address[1]}/sms",
        sms_token=TOKEN,
        sms_sender="Skranke",
    )
    try:
        with override_settings(OURS=ours):
            yield caught
    finally:
        for one in (mail, gateway):
            one.shutdown()
            one.server_close()
        for thread in threads:
            thread.join()
