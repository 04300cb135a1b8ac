"""What is remembered, by kind, each with what it rests on; the owner's core beside it.

GET /memories?kind=semantic&about=vat rounding
POST /memories/{id}/words | forget      POST /memories/core
"""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Engine

from recall_assets import remembering
from recall_assets.records import MemoryKind
from recall_assets.server.views.editing import Form, field_of
from recall_assets.server.views.rendering import page
from recall_assets.store import core_memory, memory_edits
from recall_assets.store.remembered import counts
from recall_assets.store.timeline.rows import machines

_MOST = 60
_TOLD = {
    MemoryKind.SEMANTIC: ("Known", "People, tickets, terms and facts."),
    MemoryKind.RESOURCE: ("Resources", "Pages, documents, files and repositories that were open."),
    MemoryKind.EPISODIC: ("Events", "What happened when."),
    MemoryKind.PROCEDURAL: ("How it is done", "Commands and steps."),
    MemoryKind.KNOWLEDGE_VAULT: ("Secrets", "Where they stood; their values are sealed."),
}


def add_memory_pages(router: APIRouter, engine: Engine) -> None:
    """Adds the routes."""

    @router.get("/memories")
    def memories_page(request: Request, kind: MemoryKind = MemoryKind.SEMANTIC, about: str = "") -> Response:
        words = about.strip()[:500]
        with engine.connect() as connection:
            found = remembering.recall_memories(connection, kind=kind, about=words or None, limit=_MOST)
            values = {
                "kind": kind,
                "kinds": [(one, *_TOLD[one], count) for one, count in _in_order(counts(connection))],
                "about": words,
                "found": found,
                "most": _MOST,
                "core": core_memory.read_all(connection),
                "machines": machines(connection),
            }
        return page(request, "memories.html", values)

    @router.post("/memories/core")
    def write_core(form: Form) -> Response:
        with engine.begin() as connection:
            remembering.set_core(connection, field_of(form, "label"), field_of(form, "value").strip())
        return RedirectResponse("/memories", 303)

    @router.post("/memories/{memory_id}/words")
    def write(memory_id: UUID, form: Form) -> Response:
        with engine.begin() as connection:
            said = {name: field_of(form, name).strip() for name in ("summary", "details")}
            one = remembering.rewrite(connection, memory_id, **said)
        return RedirectResponse(f"/memories?kind={one.memory.kind}#{one.memory.id}", 303)

    @router.post("/memories/{memory_id}/forget")
    def forget(memory_id: UUID) -> Response:
        with engine.begin() as connection:
            kind = remembering.recall_memory(connection, memory_id).memory.kind
            memory_edits.forget(connection, memory_id)
        return RedirectResponse(f"/memories?kind={kind}", 303)


def _in_order(standing: dict[MemoryKind, int]) -> list[tuple[MemoryKind, int]]:
    return [(kind, standing.get(kind, 0)) for kind in _TOLD]
