"""Which project each activity of a day belongs to, over all deployments.

    activities ─┬─ with a project ──────────────► keep it            (only the owner moves them)
                └─ without ─► nearest of ┬ known projects            above THRESHOLD: join
                                         └ each other (agglomerate)  else: a new project, if there is enough of it
    then: projects born in this run that turned out alike are merged; the older id stays, an alias is written

Nothing that an earlier run decided is decided again: a second run with the same activities changes nothing, and a run
of an old day changes no other day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

from recall_assets.records import RECALL_NAMESPACE, Activity, Assignment, Project, ProjectConstraint
from recall_assets.stages.projects.naming import name_of
from recall_assets.stages.projects.similarity import bag_of, rarity_of, similarity

THRESHOLD = 0.30
LEAST_SECONDS = 120.0  # of activity that can found a project


def assign(
    activities: Sequence[Activity], projects: Sequence[Project], constraints: Sequence[ProjectConstraint], day: date
) -> Assignment:
    """The day's activities with their projects; the projects made or changed; old ids and the ids that replace them.

    Args:
        activities: of all deployments of that day.
        projects: all that are known, their `terms` as the centroid of their activities.
        constraints: the owner's orders.
        day: of the activities.
    """
    known = {project.id: project for project in projects}
    merged = {c.other_project_id: c.project_id for c in constraints if c.kind == "merge" and c.other_project_id}
    must = {c.activity_id: c.project_id for c in constraints if c.kind == "must_link"}
    cannot = {(c.activity_id, c.project_id) for c in constraints if c.kind == "cannot_link"}
    chosen: dict[UUID, UUID] = {}
    score: dict[UUID, float] = {}
    for activity in activities:
        project_id = must.get(activity.id) or activity.project_id
        while project_id in merged:
            project_id = merged[project_id]
        if project_id in known and (activity.id, project_id) not in cannot:
            chosen[activity.id] = project_id
            score[activity.id] = 1.0 if activity.id in must else (activity.project_score or 0.0)
    ordered = sorted(activities, key=lambda a: (a.start_at, a.deployment_id))
    open_ones = [a for a in ordered if a.id not in chosen]
    groups = _groups(open_ones, chosen, ordered, known, cannot)
    born: dict[UUID, Project] = {}
    for project_id, members, likeness in groups:
        target = project_id
        if target is None:
            if sum(member.active_seconds for member in members) < LEAST_SECONDS:
                continue
            target = _new_id(day, members, known)
            born[target] = Project(target, "", day, day)
        for member in members:
            chosen[member.id] = target
            score[member.id] = round(likeness[member.id], 4)
    assigned = tuple(
        replace(a, project_id=chosen.get(a.id), project_score=score.get(a.id), suggested_project_id=None)
        for a in activities
    )
    changed = [_touched(p, assigned, day) for p in {**known, **born}.values() if p.id in set(chosen.values())]
    return Assignment(assigned, tuple(p for p in changed if p != known.get(p.id)), merged_aliases(merged, known))


def merged_aliases(merged: Mapping[UUID, UUID], known: Mapping[UUID, Project]) -> dict[UUID, UUID]:
    return {old: kept for old, kept in merged.items() if old in known}


def _groups(
    open_ones: Sequence[Activity],
    chosen: Mapping[UUID, UUID],
    ordered: Sequence[Activity],
    known: Mapping[UUID, Project],
    cannot: set[tuple[UUID | None, UUID]],
) -> list[tuple[UUID | None, list[Activity], dict[UUID, float]]]:
    """Agglomerates the open activities onto known projects and each other."""
    terms: dict[UUID, dict[str, float]] = {p.id: dict(p.terms) for p in known.values()}
    rarity = rarity_of([*(p.terms for p in known.values()), *(a.terms for a in ordered)])
    for activity in ordered:
        if activity.id in chosen:
            _add(terms.setdefault(chosen[activity.id], {}), activity.terms, activity.active_seconds)
    clusters: list[tuple[UUID | None, list[Activity], dict[str, float]]] = [
        (project_id, [], bag) for project_id, bag in sorted(terms.items(), key=lambda i: str(i[0])) if bag
    ]
    for a in open_ones:
        bag: dict[str, float] = {}
        _add(bag, a.terms, a.active_seconds)
        clusters.append((None, [a], bag))
    while True:
        bags = [bag_of(c[2], rarity) for c in clusters]
        best = (THRESHOLD, -1, -1)
        for j in range(len(clusters)):
            for i in range(j):
                if clusters[i][0] and clusters[j][0]:
                    continue
                target = clusters[i][0] or clusters[j][0]
                if target and any((m.id, target) in cannot for m in (*clusters[i][1], *clusters[j][1])):
                    continue
                like = similarity(bags[i], bags[j])
                if like > best[0]:
                    best = (like, i, j)
        if best[1] < 0:
            break
        _, i, j = best
        merged_terms = dict(clusters[i][2])
        for term, weight in clusters[j][2].items():
            merged_terms[term] = merged_terms.get(term, 0.0) + weight
        clusters[i] = (clusters[i][0] or clusters[j][0], [*clusters[i][1], *clusters[j][1]], merged_terms)
        del clusters[j]
    found = []
    for project_id, members, bag in clusters:
        if members:
            centre = bag_of(bag, rarity)
            found.append((project_id, members, {m.id: similarity(bag_of(m.terms, rarity), centre) for m in members}))
    return found


def _add(bag: dict[str, float], terms: Mapping[str, float], seconds: float) -> None:
    for term, weight in terms.items():
        bag[term] = bag.get(term, 0.0) + weight * seconds / 3600


def _new_id(day: date, members: Sequence[Activity], known: Mapping[UUID, Project]) -> UUID:
    found = uuid5(RECALL_NAMESPACE, f"project/{day.isoformat()}/{min(str(member.id) for member in members)}")
    while found in known:
        found = uuid5(found, "again")
    return found


def _touched(project: Project, activities: Sequence[Activity], day: date) -> Project:
    terms = dict(project.terms)
    if not terms:
        for activity in activities:
            if activity.project_id == project.id:
                _add(terms, activity.terms, activity.active_seconds)
    name = project.name or name_of(terms)
    return replace(
        project,
        name=name,
        terms={term: round(weight, 4) for term, weight in terms.items()},
        first_seen=min(project.first_seen, day),
        last_seen=max(project.last_seen, day),
    )
