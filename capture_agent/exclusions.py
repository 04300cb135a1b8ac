"""Which windows are never kept: the owner's patterns, private windows of browsers, and what nobody wants to be kept.

    Window(app, title, url, private) ─► excluded? ─► why, or None

A pattern ignores case and takes `*` for anything. One for an application means its whole name, those for titles and
addresses stand anywhere in them. Where an application does not tell that a window is private, its title does: browsers
put a mark into its last part, in the language of the browser.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from capture_agent.config import Exclude
from capture_agent.desktop import Window

PASSWORD_MANAGERS = (
    *("keepass*", "org.keepassxc*", "1password*", "com.1password*", "com.agilebits*", "bitwarden*", "com.bitwarden*"),
    *(
        "enpass*",
        "dashlane*",
        "lastpass*",
        "nordpass*",
        "proton*pass",
        "roboform*",
        "keeper*password*",
        "keeperpassword*",
    ),
    *("seahorse", "org.gnome.seahorse*", "kwalletmanager*", "keychain*access", "passwords", "com.apple.passwords"),
    *("gnome-passwordsafe", "org.gnome.*secrets", "pinentry*", "gcr-prompter", "polkit-*-agent*", "qtpass", "authy*"),
    *("credentialuibroker*", "recall-vault"),
)
LOCK_SCREENS = (
    *("i3lock", "swaylock", "slock", "xsecurelock", "xscreensaver*", "xlock", "light-locker*", "gnome-screensaver*"),
    *("kscreenlocker*", "hyprlock", "lockapp*", "logonui*", "loginwindow", "screensaverengine"),
)
PAGES_OF_PASSWORDS = (
    *("vault.bitwarden.com", "vault.bitwarden.eu", "my.1password.*", "start.1password.*", "lastpass.com/vault"),
    *("app.dashlane.com", "pass.proton.me", "passwords.google.com", "keepersecurity.*/vault", "app.nordpass.com"),
    *("chrome://password-manager", "chrome://settings/passwords", "edge://settings/passwords", "edge://wallet"),
    *("brave://password-manager", "about:logins", "vivaldi://password-manager"),
)
# The timeline and the vault, wherever their browser tells no address.
_OWN_TITLES = ("recall vault", "vault · recall", "recall · vault", "recall timeline", "timeline · recall")

_BROWSERS = re.compile(
    r"firefox|librewolf|waterfox|floorp|zen|tor.?browser|navigator|mullvad|chrom|edge|brave|vivaldi|opera|safari|epiphany"
    r"|falkon|konqueror|duckduckgo|arc|thorium|^$",
    re.IGNORECASE,
)
_ALWAYS_PRIVATE = re.compile(r"tor.?browser", re.IGNORECASE)
# What browsers call a private window, in the languages that they are used in most.
_PRIVATE_MARKS = (
    *("private browsing", "private window", "inprivate", "incognito", "private mode"),  # en, and InPrivate everywhere
    *("privater modus", "privates fenster", "privates surfen", "inkognito"),  # de; sv, da, nb, cs, hu, pl say inkognito
    *("navigation privée", "fenêtre privée", "fenêtre de navigation privée"),  # fr
    *("navegación privada", "ventana privada", "incógnito", "navegació privada", "incògnit"),  # es, ca
    *("navegação privada", "navegação privativa", "janela privada", "anônima", "anónima"),  # pt
    *("navigazione anonima", "navigazione in incognito", "finestra anonima", "navigazione privata"),  # it
    *("privénavigatie", "privévenster", "incognitomodus"),  # nl
    *("tryb prywatny", "okno prywatne", "przeglądanie prywatne"),  # pl
    *("privat surfning", "privat fönster", "privat browsing", "privat vindue", "privat nettlesing", "privat vindu"),
    *("yksityinen selaus", "yksityinen ikkuna"),  # fi
    *("anonymní prohlížení", "anonymní okno", "súkromné prehliadanie", "soukromé prohlížení"),  # cs, sk
    *("privát böngészés", "navigare privată", "fereastră privată"),  # hu, ro
    *("gizli gezinti", "gizli pencere", "özel dolaşma", "gizli"),  # tr
    *("приватный просмотр", "приватное окно", "инкогнито", "приватний перегляд", "анонімний"),  # ru, uk
    *("ιδιωτική περιήγηση", "ανώνυμη περιήγηση", "поверително сърфиране"),  # el, bg
    *("プライベートブラウジング", "プライベートウィンドウ", "シークレット"),  # ja
    *("隐私浏览", "隐私窗口", "无痕", "隱私瀏覽", "隱私視窗", "無痕"),  # zh
    *("사생활 보호", "시크릿"),  # ko
    *("التصفح الخاص", "التصفح المتخفي", "גלישה פרטית", "גלישה בסתר", "निजी ब्राउज़िंग", "duyệt web riêng tư", "ẩn danh"),
)
_PARTS = re.compile(r"\s[-–—|·]\s")


@dataclass(frozen=True, slots=True)
class Exclusions:
    """The rules of one machine, ready to be asked."""

    apps: re.Pattern[str]
    titles: re.Pattern[str]
    urls: re.Pattern[str]
    private_windows: bool

    def why(self, window: Window) -> str | None:
        """Why a window is never kept, without a word of what it shows; None where it may be."""
        if self.private_windows and (window.private or _says_private(window)):
            return "a private window"
        if self.apps.fullmatch(window.app.strip()):
            return "an excluded application"
        if self.titles.search(window.title):
            return "an excluded title"
        if window.url and self.urls.search(window.url):
            return "an excluded address"
        return None


def exclusions(config: Exclude, server_url: str | None = None) -> Exclusions:
    """The rules that `config` asks for; pages of the server at `server_url` are our own."""
    apps, titles, urls = list(config.apps), list(config.titles), list(config.urls)
    if config.defaults:
        apps += [*PASSWORD_MANAGERS, *LOCK_SCREENS]
        titles += _OWN_TITLES
        urls += [*PAGES_OF_PASSWORDS, *_own_pages(server_url)]
    return Exclusions(_any_of(apps), _any_of(titles), _any_of(urls), config.private_windows)


def _own_pages(server_url: str | None) -> list[str]:
    if server_url is None:
        return []
    address = urlsplit(server_url)
    hosts = {"localhost", "127.0.0.1"} if address.hostname in {"localhost", "127.0.0.1", "::1"} else {address.hostname}
    return [f"{host}:{address.port or 443}/" for host in sorted(map(str, hosts))]


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    wanted = [".*".join(map(re.escape, pattern.strip().split("*"))) for pattern in patterns if pattern.strip(" *")]
    return re.compile("|".join(wanted) if wanted else r"(?!)", re.IGNORECASE | re.DOTALL)


def _says_private(window: Window) -> bool:
    if not _BROWSERS.search(window.app):
        return False
    if _ALWAYS_PRIVATE.search(window.app):
        return True
    parts = _PARTS.split(window.title.casefold())
    said = parts[-1]
    # Edge puts its mark before its name, and a page called so is no mark: it stands in brackets.
    return any(mark in said for mark in _PRIVATE_MARKS) or any(part.strip("\u200b ") in _BRACKETED for part in parts)


_BRACKETED = frozenset(form.format(mark) for mark in _PRIVATE_MARKS for form in ("[{}]", "({})"))
