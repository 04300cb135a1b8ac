"""What a browser's window title tells: the address it shows, and whether the window is private.

    "Inbox - https://mail.test/inbox - Chromium"  ─►  title "Inbox - Chromium", url "https://mail.test/inbox"
    "New Incognito Tab - Chromium"                ─►  private, and this window stays private until it is closed

Browsers that are built on Chromium do not say in their titles that a page is private, only that an empty tab is. So two
things are remembered: a window that was private once (a window never changes that), and a process that shows addresses
in its titles, by the extension in `browser_extension` or one like it. Extensions do not run in private windows; in such
a process a window without an address therefore counts as private.

Which windows are then left out is the policy's decision.
"""

import re
from collections.abc import Collection, Hashable
from dataclasses import dataclass, field

# Application names as `Window.app` has them on the three platforms, in lower case.
_BROWSER = re.compile(
    r"chrom(e|ium)|firefox|librewolf|waterfox|floorp|^zen(-browser)?$|tor.?browser|^brave|vivaldi|^opera( |$)|ms-?edge"
    r"|microsoft[- ]edge|^safari|epiphany|falkon|konqueror|qutebrowser|midori|palemoon|pale moon|seamonkey|^arc$"
)
# The last address in a title counts: a page can put one into its own title, but only in front of the true one.
_ADDRESS = re.compile(r"[\[(<]?\b((?:https?|file|ftp)://[^\s<>\])]+)[\])>]?")
_DOUBLED = re.compile(r"(\s[-–—|·])\s+[-–—|·](?=\s)")
_DANGLING = re.compile(r"^\s*[-–—|·]\s+|\s+[-–—|·]\s*$")
# How browsers mark every private window: in what follows the last dash of the title, where pages cannot write.
_MARK = re.compile(
    r"private browsing|\((private|incognito)\)|private window|privater? modus|navigation privée"
    r"|navegación privada|navegação priva(da|tiva)|navigazione anonima|privénavigatie|tryb prywatny|privat(e)? surfning"
    r"|privat browsing|anonymní prohlížení|приватный просмотр|プライベートブラウジング|隐私浏览|隱私瀏覽",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s[-–—]\s")
# The title of an empty private tab in Chromium, by interface language, and in two of its relatives.
_EMPTY_PRIVATE_TABS = frozenset(
    title.strip()
    for title in """
    nuwe incognito-oortjie|አዲስ ማንነት የማያሳውቅ ትር|علامة تبويب للتصفح المتخفي|нов раздел в режим „инкогнито“
    নতুন ছদ্মবেশী ট্যাব|pestanya d'incògnit nova|nová anonymní karta|ny inkognitofane|neuer inkognitotab
    νέα καρτέλα ανώνυμης περιήγησης|new incognito tab|nueva pestaña de incógnito|uus inkognito vaheleht
    زبانه ناشناس جدید|uusi incognito-välilehti|bagong tab na incognito|nouvel onglet de navigation privée
    નવું છૂપું ટૅબ|כרטיסייה פרטית חדשה|नया गुप्त टैब|nova anonimna kartica|új inkognitó lap|tab samaran baru
    nuova scheda incognito|新しいシークレット タブ|ಹೊಸ ಅದೃಶ್ಯ ಟ್ಯಾಬ್|새 시크릿 탭|naujas inkognito skirtukas
    jauna inkognito cilne
    പുതിയ ആൾമാറാട്ട ടാബ്|नवीन गुप्त टॅब|tab inkognito baharu|nieuw incognitotabblad|nowa karta incognito
    nova guia anônima|novo separador anónimo|filă incognito nouă|новая вкладка инкогнито|nová karta inkognito
    нова картица без архивирањa|ny inkognitoflik|kichupo fiche kipya|புதிய மறைநிலைத் தாவல்|కొత్త అజ్ఞాత ట్యాబ్
    แท็บที่ไม่ระบุตัวตนใหม่|yeni gizli sekme|нова анонімна вкладка|نیا پوشیدگی ٹیب|thẻ ẩn danh mới|新的无痕式标签页|新無痕分頁
    new private tab|new inprivate tab
    """.replace("\n", "|").split("|")
    if title.strip()
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a window shows, as far as its title tells."""

    title: str = field(repr=False)
    url: str | None = field(default=None, repr=False)
    private: bool = False


def is_browser(app: str) -> bool:
    """Whether an application of this name shows web pages in tabs."""
    return _BROWSER.search(app.lower()) is not None


def split_address(title: str) -> tuple[str, str | None]:
    """The title without the address that stands in it, and that address."""
    found = [*_ADDRESS.finditer(title)]
    if not found:
        return title, None
    rest = title[: found[-1].start()].rstrip() + " " + title[found[-1].end() :].lstrip()
    return _DANGLING.sub("", _DOUBLED.sub(r"\1", rest)).strip(), found[-1][1]


def says_private(title: str) -> bool:
    """Whether a browser's title says that its window is private."""
    parts = _DASH.split(title)
    return (
        "[inprivate]" in title.lower()
        or _MARK.search(parts[-1]) is not None
        or parts[0].strip().casefold() in _EMPTY_PRIVATE_TABS
    )


class BrowserWindows:
    """Judges windows one by one, remembering what they and their processes have told before."""

    def __init__(self) -> None:
        self._private: set[int] = set()
        self._show_addresses: set[Hashable] = set()

    def page(self, window: int, app: str, pid: int | None, title: str, *, started_private: bool = False) -> Page:
        """What the window with this id shows now.

        Args:
            window: unique among open windows; reuse it only after `keep_only`.
            started_private: the process was started for private windows.
        """
        if not is_browser(app):
            return Page(title)
        shown, url = split_address(title)
        process = pid or app
        if url:
            self._show_addresses.add(process)
        elif process in self._show_addresses:
            return Page(shown, None, True)
        if started_private or says_private(title):
            self._private.add(window)
        return Page(shown, url, window in self._private)

    def keep_only(self, windows: Collection[int]) -> None:
        """Forgets windows that are no longer open."""
        self._private.intersection_update(windows)
