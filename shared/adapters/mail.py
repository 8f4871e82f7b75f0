"""The way out for mail: to a mail server, or into a folder where somebody can read it."""

import os
import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import uuid4

SECONDS_TO_WAIT = 20

_PORTS = {"smtp": 587, "smtps": 465}  # submission (RFC 6409), submission over TLS (RFC 8314)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_FIRST_PERMANENT_CODE = 500


class MailFailed(Exception):
    """A message did not go out; `permanent` when this message never will, however often it is tried."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Mailbox:
    """Where MAIL_URL sends mail: `file:///folder`, `file:folder`, `smtp://user:password@host:port` or `smtps://…`."""

    def __init__(self, url: str) -> None:
        self._where = urlsplit(url)
        if self._where.scheme == "file":
            usable = bool(self._where.path) and not self._where.netloc
        else:
            usable = self._where.scheme in _PORTS and bool(self._where.hostname) and self._where.port != 0
        if not usable:
            message = "MAIL_URL must be file:///folder, smtp://host:port or smtps://host:port"
            raise ValueError(message)

    def send(self, sender: str, to: str, subject: str, text: str, *, sent_at: datetime) -> None:
        """Send one plain message, or raise MailFailed."""
        message = _composed(sender, to, subject, text, sent_at)
        if self._where.scheme == "file":
            _write(message, Path(unquote(self._where.path)))
        else:
            _submit(message, self._where)


def _composed(sender: str, to: str, subject: str, text: str, sent_at: datetime) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    for name, value in (("From", sender), ("To", to), ("Subject", subject)):
        try:
            message[name] = value
        # A line break inside a header would let its author add headers; half an address is an IndexError to Python.
        except (ValueError, IndexError, MessageError) as error:
            reason = f"unusable {name}: {error}"
            raise MailFailed(reason, permanent=name != "From") from error  # the sender is a setting
    recipients = message["To"].addresses
    if len(recipients) != 1 or not (recipients[0].username and recipients[0].domain):
        reason = "the recipient is not one mail address"
        raise MailFailed(reason, permanent=True)
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{uuid4().hex}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # keeps out-of-office replies away (RFC 3834)
    message.set_content(text, cte="base64")
    return message


def _write(message: EmailMessage, folder: Path) -> None:
    """One .eml file, which appears only when it is complete."""
    name = uuid4().hex
    unfinished = folder / f".{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(message.as_bytes())
        os.replace(unfinished, folder / f"{name}.eml")  # noqa: PTH105  said to be atomic
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise MailFailed(str(error), permanent=False) from error


def _submit(message: EmailMessage, where: SplitResult) -> None:
    """Permanent is what the server says about this recipient or text; what an operator can repair is not."""
    try:
        with _connected(where) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _reason in error.recipients.values()]
        raise MailFailed(str(error), permanent=min(codes) >= _FIRST_PERMANENT_CODE) from error
    except smtplib.SMTPDataError as error:
        raise MailFailed(str(error), permanent=error.smtp_code >= _FIRST_PERMANENT_CODE) from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailFailed(str(error), permanent=True) from error
    except (
        OSError,
        UnicodeError,
    ) as error:  # refused or broken connections, certificates, and every other error of smtplib
        raise MailFailed(str(error), permanent=False) from error


def _connected(where: SplitResult) -> smtplib.SMTP:
    host, port = where.hostname or "", where.port or _PORTS[where.scheme]
    context = ssl.create_default_context()
    if where.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS_TO_WAIT, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS_TO_WAIT)
    try:
        _prepare(server, where, context)
    except BaseException:
        server.close()
        raise
    return server


def _prepare(server: smtplib.SMTP, where: SplitResult, context: ssl.SSLContext) -> None:
    server.ehlo_or_helo_if_needed()
    encrypted = where.scheme == "smtps"
    if not encrypted and server.has_extn("starttls"):
        server.starttls(context=context)
        encrypted = True
    if where.username is None:
        return
    if not encrypted and where.hostname not in _LOOPBACK:
        reason = "the mail server offers no encryption, so the password was not sent"
        raise MailFailed(reason, permanent=False)
    try:
        server.login(unquote(where.username), unquote(where.password or ""))
    except smtplib.SMTPNotSupportedError as error:  # a matter of settings, not of this message
        raise MailFailed(str(error), permanent=False) from error
