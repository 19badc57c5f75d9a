"""A mail server to send to, in several moods: peer.py LOG PEM. Prints the ports as JSON; ends with its standard input.

Every accepted mail is a JSON line of LOG. Recipients decide: `later@` is refused for now, `never@` for good, `slow@` takes long."""
import asyncio
import email
import email.policy
import json
import socket
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

LOGIN = (b"sender", b"s3cret+/=word")


class Peer:
    def __init__(self, name, log):
        self.name, self.log = name, log

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("later"):
            return "451 4.3.0 come back later"
        if address.startswith("never"):
            return "550 5.1.1 nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        if any(to.startswith("slow") for to in envelope.rcpt_tos):
            await asyncio.sleep(2)
        line = {
            "server": self.name, "tls": session.ssl is not None or self.name == "wrapper", "login": session.auth_data is not None, "from": envelope.mail_from,
            "to": envelope.rcpt_tos, "header_from": str(mail["from"]), "header_to": str(mail["to"]), "cc": str(mail["cc"]),
            "subject": str(mail["subject"]), "reply_to": str(mail["reply-to"]), "id": str(mail["message-id"]),
            "html": mail.get_body(("html",)).get_content(), "text": mail.get_body(("plain",)).get_content(),
            "files": [[part.get_filename(), part.get_content_type(), len(part.get_payload(decode=True))] for part in mail.iter_attachments()],
        }
        with open(self.log, "a") as out:
            out.write(json.dumps(line) + "\n")
        return "250 taken over"


def authenticator(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == LOGIN
    return AuthResult(success=good, handled=good, auth_data=data.login if good else None)


def main():
    log, pem = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    moods = {
        "plain": {},
        "other": {},
        "starttls": {"tls_context": context, "require_starttls": True},
        "wrapper": {"ssl_context": context},
        "login": {"authenticator": authenticator, "auth_required": True, "auth_require_tls": False, "auth_exclude_mechanism": ["LOGIN"]},
        "login_old": {"authenticator": authenticator, "auth_required": True, "auth_require_tls": False, "auth_exclude_mechanism": ["PLAIN"]},
    }
    ports, running = {}, []
    for name, options in moods.items():
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(Peer(name, log), hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        ports[name] = port
    silent = socket.create_server(("127.0.0.1", 0))
    ports["silent"] = silent.getsockname()[1]
    with socket.create_server(("127.0.0.1", 0)) as gone:
        ports["gone"] = gone.getsockname()[1]
    print(json.dumps(ports), flush=True)
    sys.stdin.read()
    for controller in running:
        controller.stop()


main()
