"""What people call the browser in which somebody is signed in: 「iPhoneのSafari」 instead of a line of signs."""

SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
BROWSERS = (
    (" Line/", "LINE"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first that fits: most say that they are the later ones, too."""


def describe(user_agent: str) -> tuple[str | None, str | None]:
    """The system and the browser; None for what is not known."""
    system = next((name for sign, name in SYSTEMS if sign in user_agent), None)
    browser = next((name for sign, name in BROWSERS if sign in user_agent), None)
    return system, browser
