"""What mails say: plain-text templates in templates/mail, in Chinese whatever language the page was read in."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from shared.text import in_chinese

TEMPLATES = Path(__file__).parents[1] / "templates" / "mail"

_portal = "http://127.0.0.1:8000"


def lead_to(portal: str) -> None:
    """The address of the portal that mails name; templates know it as `portal`."""
    global _portal  # noqa: PLW0603  one address per process, from the settings
    _portal = portal


def portal() -> str:
    """The portal's address, as mails name it."""
    return _portal


def write(name: str, /, **values: object) -> tuple[str, str]:
    """Subject and body of the mail `name`: the first line of its template, and what comes after it."""
    with in_chinese():
        text = _template(name).render(portal=_portal, **values)
    subject, _newline, body = text.partition("\n")
    return subject.strip(), body.strip() + "\n"


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  plain text, which no browser reads as HTML
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(f"{name}.txt")
