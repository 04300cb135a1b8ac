"""The windows of an X server, top to bottom, kept in step by its events.

    root ── children, bottom to top (QueryTree)
      ├─ frame of a window manager ── client (in _NET_CLIENT_LIST, or has WM_STATE): class, title, pid
      └─ override-redirect: menu, tooltip, notification, screen locker

A round trip of python-xlib costs 0.2 ms and twenty windows need a hundred of them, so nothing is asked twice: an event
tells which window's place or properties are to be asked again. Every window may vanish between two requests; then it is
left out. What the windows mean for the agent is `x11`'s.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from Xlib import X
from Xlib.display import Display
from Xlib.error import XError
from Xlib.ext import shape
from Xlib.protocol.rq import Event
from Xlib.xobject.drawable import Window as XWindow

from capture_agent.protocol import Rect

_T = TypeVar("_T")
_PLACE_EVENTS = frozenset({X.ConfigureNotify, X.MapNotify, X.UnmapNotify, X.ReparentNotify, X.DestroyNotify})
_ORDER_EVENTS = _PLACE_EVENTS | {X.CreateNotify, X.CirculateNotify}
# How deep below a frame a window manager puts the client; the deepest known is three.
_DEPTH, _BREADTH = 4, 64
GUARD_TITLE = "mutter guard window"  # everything below it is hidden by the compositor though it is mapped


@dataclass(frozen=True, slots=True)
class Place:
    """A child of the root: where it is, and which client it frames."""

    rect: Rect
    mapped: bool
    popup: bool  # no window manager frames it: a menu, a notification, a locker
    opaque: bool
    client: int


@dataclass(frozen=True, slots=True)
class Properties:
    """What a client says of itself."""

    app: str = field(default="", repr=False)
    title: str = field(default="", repr=False)
    pid: int | None = None
    owner: int | None = None  # WM_TRANSIENT_FOR
    hidden: bool = False
    translucent: bool = False
    margins: tuple[int, int, int, int] = (0, 0, 0, 0)  # left, right, top, bottom: shadows drawn inside the window


@dataclass(frozen=True, slots=True)
class Shown:
    """A mapped window with its place and its properties."""

    place: Place
    properties: Properties

    @property
    def rect(self) -> Rect:
        """Its rectangle with its frame, without its shadow."""
        x, y, width, height = self.place.rect
        left, right, top, bottom = self.properties.margins
        return x + left, y + top, max(width - left - right, 0), max(height - top - bottom, 0)

    @property
    def opaque(self) -> bool:
        """Whether nothing below it shines through."""
        return self.place.opaque and not self.properties.translucent


class X11Windows:
    """The stack of windows of one display. One thread uses it."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._root = display.screen().root
        self._root_depth = display.screen().root_depth
        self._root.change_attributes(event_mask=X.SubstructureNotifyMask | X.PropertyChangeMask | X.StructureNotifyMask)
        self._shapes = display.has_extension("SHAPE")
        self._order: list[int] | None = None
        self._places: dict[int, Place] = {}
        self._properties: dict[int, Properties] = {}
        self._clients: frozenset[int] | None = None
        self._composited: int | None = None

    def notice(self, event: Event) -> None:
        """Forgets what `event` makes untrue."""
        if event.type == X.PropertyNotify:
            if event.window.id != self._root.id:
                self._properties.pop(event.window.id, None)
            elif event.atom == self._atom("_NET_CLIENT_LIST"):
                self._clients = None
                self._places.clear()
            return
        if event.type in _ORDER_EVENTS:
            self._order = None
        if event.type in _PLACE_EVENTS:
            self._places.pop(event.window.id, None)
        if event.type == X.ReparentNotify:
            self._places.pop(event.parent.id, None)
        if event.type == X.DestroyNotify:
            self._properties.pop(event.window.id, None)

    def shown(self) -> list[Shown]:
        """The mapped windows, topmost first; those that others cover wholly are among them."""
        if self._order is None:
            self._order = [child.id for child in reversed(self._root.query_tree().children)]
            self._places = {id_: self._places[id_] for id_ in self._order if id_ in self._places}
        composited = self._display.get_selection_owner(self._atom(f"_NET_WM_CM_S{self._display.get_default_screen()}"))
        if (owner := getattr(composited, "id", 0)) != self._composited:
            self._composited = owner
            self._places.clear()
        windows: list[Shown] = []
        for id_ in self._order:
            place = self._places.get(id_) or self._remember(self._places, id_, self._ask_place)
            if place is None or not place.mapped:
                continue
            properties = self._properties.get(place.client) or self._remember(
                self._properties, place.client, self._ask_properties
            )
            if properties is None or properties.hidden:
                continue
            if place.popup and properties.title == GUARD_TITLE:
                break
            windows.append(Shown(place, properties))
        return windows

    def known(self) -> set[int]:
        """Every client that was seen and is still open, shown or not."""
        return set(self._properties)

    def active(self) -> int | None:
        """The client that has the keyboard."""
        named = self.numbers(self._root, "_NET_ACTIVE_WINDOW")
        if named:
            return named[0] or None
        focus = self._display.get_input_focus().focus
        if isinstance(focus, int):  # None, or whatever lies under the pointer
            focus = self._root.query_pointer().child if focus == X.PointerRoot else None
        top = self._top_of(focus) if isinstance(focus, XWindow) else None
        place = self._places.get(top) if top else None
        return place.client if place else None

    def announces_focus(self) -> bool:
        """Whether the window manager tells which window is active, so that an event says when it changes."""
        return bool(self.numbers(self._root, "_NET_ACTIVE_WINDOW"))

    # ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def numbers(self, window: XWindow, name: str) -> list[int]:
        """A property of numbers, atoms or windows; empty where the window has none or is gone."""
        try:
            answer = window.get_full_property(self._atom(name), X.AnyPropertyType)
        except XError:
            return []
        return list(answer.value) if answer is not None and not isinstance(answer.value, bytes | str) else []

    def _text(self, window: XWindow, name: str) -> str:
        answer = window.get_full_property(self._atom(name), X.AnyPropertyType)
        if answer is None:
            return ""
        value = answer.value
        if not isinstance(value, bytes):
            return str(value)
        latin = answer.property_type == self._atom("STRING")
        return value.decode("latin-1" if latin else "utf-8", "replace")

    def _atom(self, name: str) -> int:
        return self._display.get_atom(name)

    def _window(self, id_: int) -> XWindow:
        return self._display.create_resource_object("window", id_)

    @staticmethod
    def _remember(known: dict[int, _T], id_: int, ask: Callable[[int], _T]) -> _T | None:
        try:
            known[id_] = ask(id_)
        except XError:  # it vanished
            return None
        return known[id_]

    def _ask_place(self, id_: int) -> Place:
        window = self._window(id_)
        attributes = window.get_attributes()
        if attributes.win_class != X.InputOutput or attributes.map_state != X.IsViewable:
            return Place((0, 0, 0, 0), mapped=False, popup=False, opaque=False, client=id_)
        box = window.get_geometry()
        shaped = bool(self._shapes and shape.query_extents(window).bounding_shaped)
        alpha = bool(self._composited) and box.depth > self._root_depth
        client = self._client_of(id_)
        return Place(
            rect=(box.x, box.y, box.width + 2 * box.border_width, box.height + 2 * box.border_width),
            mapped=True,
            popup=bool(attributes.override_redirect) and client == id_,
            opaque=not shaped and not alpha,
            client=client,
        )

    def _client_of(self, frame: int) -> int:
        """The client below a frame: by the window manager's list, else by WM_STATE, else the window itself."""
        if self._clients is None:
            self._clients = frozenset(self.numbers(self._root, "_NET_CLIENT_LIST"))
        tree: list[int] = []
        level = [frame]
        for _ in range(_DEPTH):
            listed = next((id_ for id_ in level if id_ in self._clients), None)
            if listed is not None:
                return listed
            tree += level
            level = [child for id_ in level for child in self._children(id_)][:_BREADTH]
        return next((id_ for id_ in tree if self.numbers(self._window(id_), "WM_STATE")), frame)

    def _children(self, id_: int) -> list[int]:
        try:
            return [child.id for child in self._window(id_).query_tree().children]
        except XError:
            return []

    def _top_of(self, window: XWindow) -> int | None:
        try:
            while True:
                tree = window.query_tree()
                if tree.parent == self._root or isinstance(tree.parent, int):
                    return window.id
                window = tree.parent
        except XError:
            return None

    def _ask_properties(self, id_: int) -> Properties:
        window = self._window(id_)
        # Before the first question, so that no later change is missed.
        window.change_attributes(event_mask=X.PropertyChangeMask | X.StructureNotifyMask)
        pid = next(iter(self.numbers(window, "_NET_WM_PID")), None)
        names = window.get_wm_class()
        owner = window.get_wm_transient_for()
        states = self.numbers(window, "_NET_WM_STATE")
        hidden = self._atom("_NET_WM_STATE_HIDDEN") in states and self._atom("_NET_WM_STATE_SHADED") not in states
        margins = self.numbers(window, "_GTK_FRAME_EXTENTS")
        return Properties(
            app=(names[1] or names[0]) if names else "",
            title=self._text(window, "_NET_WM_NAME") or self._text(window, "WM_NAME"),
            pid=pid,
            owner=owner.id if isinstance(owner, XWindow) else None,
            hidden=hidden,
            translucent=bool(self._composited) and bool(self.numbers(window, "_NET_WM_WINDOW_OPACITY")),
            margins=_four(margins),
        )


def _four(numbers: Iterable[int]) -> tuple[int, int, int, int]:
    values = [*numbers]
    return (values[0], values[1], values[2], values[3]) if len(values) == 4 else (0, 0, 0, 0)
