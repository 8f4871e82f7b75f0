import base64
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.adapters.mail import Mailbox, MailFailed

SENDER = "教师资格定期注册 <no-reply@example.cn>"
TO = "zhangsan@example.cn"
SENT_AT = datetime(2016, 10, 10, 0, 30, tzinfo=UTC)
TEXT = "您的申请已退回，请修改后重新提交。\n.\n以点开头的行也要送到。\n"


@dataclass
class Server:
    """A mail server that says what it is told to, and keeps what it takes."""

    answers: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    port: int = 0
    heard: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)

    def url(self, *, scheme: str = "smtp", login: str = "") -> str:
        return f"{scheme}://{login}127.0.0.1:{self.port}"


class Conversation(socketserver.StreamRequestHandler):
    server: "Listener"

    def handle(self) -> None:
        told = self.server.told
        try:
            if told.tls and told.tls_at_once:
                self._encrypt(told.tls)
            self._say(told.answers.get("CONNECT", "220 ready"))
            while line := self.rfile.readline():
                self._answer(line.decode().strip(), told)
        except (OSError, ValueError):  # the other side hung up
            return

    def _answer(self, line: str, told: Server) -> None:
        verb = line.partition(" ")[0].upper()
        told.heard.append(line)
        if verb in told.answers:
            self._say(told.answers[verb])
        elif verb == "EHLO":
            can_encrypt = told.tls and not isinstance(self.connection, ssl.SSLSocket)
            self._say("250-mail.example.cn", *(["250-STARTTLS"] if can_encrypt else []), "250 AUTH PLAIN")
        elif verb == "STARTTLS" and told.tls:
            self._say("220 go ahead")
            self._encrypt(told.tls)
        elif verb == "DATA":
            self._take(told)
        else:
            self._say({"AUTH": "235 welcome", "QUIT": "221 bye"}.get(verb, "250 fine"))

    def _take(self, told: Server) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        answer = told.answers.get("END", "250 taken")
        if answer.startswith("2"):
            told.taken.append(b"".join(lines))
        self._say(answer)

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def _encrypt(self, tls: ssl.SSLContext) -> None:
        self.finish()
        self.connection = self.request = tls.wrap_socket(self.connection, server_side=True)
        self.setup()

    def finish(self) -> None:
        super().finish()
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.close()


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, told: Server) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.told = told
        told.port = self.server_address[1]


@contextmanager
def listening(**told: object) -> Iterator[Server]:
    server = Server(**told)  # type: ignore[arg-type]
    with Listener(server) as listener:
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of the server in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def send(url: str, *, to: str = TO, subject: str = "申请已退回") -> None:
    Mailbox(url).send(SENDER, to, subject, TEXT, sent_at=SENT_AT)


def failure(url: str, **message: str) -> MailFailed:
    with pytest.raises(MailFailed) as failed:
        send(url, **message)
    return failed.value


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, _class=EmailMessage, policy=policy.default)


def assert_is_the_message(message: EmailMessage) -> None:
    assert str(message["From"]) == SENDER
    assert str(message["To"]) == TO
    assert str(message["Subject"]) == "申请已退回"
    assert message["Date"].datetime == SENT_AT
    assert message["Message-ID"].endswith("@example.cn>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().splitlines() == TEXT.splitlines()


def test_mail_for_a_folder_becomes_one_file_each(tmp_path: Path) -> None:
    for _time in range(2):
        send(f"file://{tmp_path}/out box")
    files = list((tmp_path / "out box").iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    for path in files:
        assert_is_the_message(read(path.read_bytes()))


def test_a_folder_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    send("file:var/outbox")
    assert len(list((tmp_path / "var" / "outbox").glob("*.eml"))) == 1


def test_a_folder_that_cannot_be_written_is_a_passing_failure(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file in the way")
    assert failure(f"file://{tmp_path}/outbox").permanent is False


@pytest.mark.parametrize(
    "url",
    ["", "mail.example.cn", "http://mail.example.cn", "smtp://", "smtp://host:port", "file:", "file://var/outbox"],
)
def test_an_address_that_leads_nowhere_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match=r"MAIL_URL|[Pp]ort"):
        Mailbox(url)


def test_a_mail_server_gets_the_message() -> None:
    with listening() as server:
        send(server.url())
    assert_is_the_message(read(server.taken[0]))
    assert [line.lower() for line in server.heard if line.lower().startswith("rcpt")] == [f"rcpt to:<{TO}>"]


def test_user_and_password_may_contain_any_character() -> None:
    with listening() as server:
        send(server.url(login="user%40example.cn:p%3Ass%2F@"))
    (auth,) = [line for line in server.heard if line.startswith("AUTH")]
    assert base64.b64decode(auth.split()[-1]).decode() == "\0user@example.cn\0p:ss/"
    assert len(server.taken) == 1


@pytest.mark.usefixtures("trusted")
def test_encryption_is_used_when_it_is_offered(tls: ssl.SSLContext) -> None:
    with listening(tls=tls) as server:
        send(server.url(login="user:password@"))
    verbs = [line.split()[0].upper() for line in server.heard]
    assert verbs.index("STARTTLS") < verbs.index("AUTH") < verbs.index("MAIL")
    assert_is_the_message(read(server.taken[0]))


@pytest.mark.usefixtures("trusted")
def test_smtps_is_encrypted_from_the_first_word(tls: ssl.SSLContext) -> None:
    with listening(tls=tls, tls_at_once=True) as server:
        send(server.url(scheme="smtps"))
    assert_is_the_message(read(server.taken[0]))


def test_nothing_is_told_to_a_server_whose_certificate_is_unknown(tls: ssl.SSLContext) -> None:
    with listening(tls=tls) as server:
        assert failure(server.url(login="user:password@")).permanent is False
    assert not any(line.lower().startswith(("auth", "mail")) for line in server.heard)


@pytest.mark.parametrize(
    ("answers", "permanent"),
    [
        ({"RCPT": "550 no such user"}, True),
        ({"RCPT": "450 try later"}, False),
        ({"END": "554 refused as spam"}, True),
        ({"END": "452 disk full"}, False),
        ({"MAIL": "451 try later"}, False),
        ({"MAIL": "530 log in first"}, False),
        ({"CONNECT": "554 not today"}, False),
        ({"CONNECT": "421 too busy"}, False),
    ],
)
def test_only_what_concerns_this_message_is_permanent(answers: dict[str, str], permanent: bool) -> None:
    with listening(answers=answers) as server:
        assert failure(server.url()).permanent is permanent
    assert server.taken == []


@pytest.mark.parametrize("answers", [{"AUTH": "535 wrong password"}, {"EHLO": "250 no log-in here"}])
def test_a_failed_log_in_is_for_the_operator_to_repair(answers: dict[str, str]) -> None:
    with listening(answers=answers) as server:
        assert failure(server.url(login="user:password@")).permanent is False
    assert server.taken == []


def test_a_server_that_is_not_there_is_a_passing_failure() -> None:
    with listening() as server:
        url = server.url()
    assert failure(url).permanent is False


def test_a_password_goes_to_another_machine_only_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as server:
        elsewhere = f"smtp://user:password@mail.example.cn:{server.port}"
        real = socket.create_connection
        monkeypatch.setattr("socket.create_connection", lambda where, *rest: real(("127.0.0.1", where[1]), *rest))
        refused = failure(elsewhere)
    assert refused.permanent is False
    assert not any(line.startswith("AUTH") for line in server.heard)


@pytest.mark.parametrize(
    "to", ["", "zhangsan", "zhangsan@", "@example.cn", "a@example.cn, b@example.cn", "张三@example.cn"]
)
def test_an_unusable_recipient_is_permanent(to: str) -> None:
    with listening() as server:
        assert failure(server.url(), to=to).permanent is True
    assert server.taken == []


@pytest.mark.parametrize("place", ["to", "subject"])
def test_a_line_break_cannot_add_a_header(place: str, tmp_path: Path) -> None:
    injected = {place: "a@example.cn\r\nBcc: everybody@example.cn"}
    assert failure(f"file://{tmp_path}", **injected).permanent is True
    assert list(tmp_path.iterdir()) == []
