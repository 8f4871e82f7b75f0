"""What machine somebody sits at, as far as a browser says: enough to know one's own again in a list."""

from shared.text import Text, _

# The first that is found counts: Edge also calls itself Chrome, and Chrome calls itself Safari.
BROWSERS = (("Edg", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("UOS", "UOS"),
    ("Kylin", "Kylin"),
    ("Linux", "Linux"),
)
UNKNOWN = _("未知设备")


def device(user_agent: str) -> Text | str:
    """Browser and system in two words, such as `Chrome · Windows`."""
    found = [next((name for mark, name in kinds if mark in user_agent), "") for kinds in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or UNKNOWN
