"""Which project each activity of a day belongs to, over all deployments.

    activities ─┬─ with a project ─────────► keep it                     only the owner moves them
                ├─ named after one ────────► that one                    "Orchard standup", #orchard
                ├─ focused, without ───────► nearest of known projects and each other, agglomerated; else a new one
                └─ routine, without ───────► the project that clearly stands out; else none, with a suggestion

Mail, calendars and chats often serve several projects at once: they join one, they never found or shape one. Nothing
that an earlier run decided is decided again, so that a second run changes nothing, and a run of an old day no other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID, uuid5

from recall_assets.records import RECALL_NAMESPACE, Activity, Assignment, Project, ProjectConstraint
from recall_assets.stages.activities.labels import ROUTINE
from recall_assets.stages.likeness import Bag, bag_of, rarity_of, similarity
from recall_assets.stages.projects.namesakes import called, leading_names
from recall_assets.stages.projects.naming import UNTITLED, has_repository, name_of
from recall_assets.stages.projects.orders import Orders

THRESHOLD = 0.22  # of likeness, for focused activities
ROUTINE_THRESHOLD = 0.25
STANDS_OUT = 2.0  # times the likeness of the second project
LEAST_SECONDS = 120.0  # of activity that can found a project


@dataclass(slots=True)
class _Cluster:
    """Activities of one project; without an id a project that is not born yet."""

    id: UUID | None
    terms: dict[str, float]
    joined: list[Activity] = field(default_factory=list)

    def take(self, other: "_Cluster") -> None:
        self.id = self.id or other.id
        self.joined += other.joined
        for term, weight in other.terms.items():
            self.terms[term] = self.terms.get(term, 0.0) + weight


def assign(
    activities: Sequence[Activity], projects: Sequence[Project], constraints: Sequence[ProjectConstraint], day: date
) -> Assignment:
    """The day's activities with their projects; the projects made or changed; old ids and the ids that replace them.

    Args:
        activities: of all deployments of that day, in any order.
        projects: all that live, `terms` being their centroids over other days.
        constraints: the owner's orders.
        day: of the activities.
    """
    orders = Orders(constraints, {project.id for project in projects})
    known = {project.id: project for project in projects}
    ordered = sorted(activities, key=lambda one: (one.start_at, one.deployment_id, one.id))
    decided = {one.id: orders.decided(one) for one in ordered}
    clusters = _decided_clusters(ordered, projects, decided)
    rarity = rarity_of([*(project.terms for project in projects), *(one.terms for one in ordered)])
    open_ones = [one for one in ordered if decided[one.id] is None and not _belongs_nowhere(one)]
    clusters += [_Cluster(None, _hours(one), [one]) for one in open_ones if one.terms and one.label not in ROUTINE]
    _agglomerate(clusters, rarity, orders)
    clusters = _with_namesakes(clusters, known, orders)
    clusters = [cluster for cluster in clusters if cluster.id or _may_be_founded(cluster)]
    taken = set(known)
    for cluster in clusters:
        cluster.id = cluster.id or _new_id(day, cluster.joined, taken)
    centres = [(cluster.id, bag_of(cluster.terms, rarity)) for cluster in clusters if cluster.id]
    joined = {one.id: cluster.id for cluster in clusters for one in cluster.joined}
    for one in (one for one in open_ones if one.label in ROUTINE):
        head = _called_by(one.terms, 1.0, clusters, known)
        joined[one.id] = head.id if head and orders.allow(head.id, [one]) else None
    assigned = tuple(
        _settled(one, decided[one.id] or joined.get(one.id), bag_of(one.terms, rarity), centres, orders)
        for one in activities
    )
    held = {one.project_id for one in assigned}
    made = [_described(known.get(c.id), c, day) for c in clusters if c.id is not None and c.id in held]
    return Assignment(assigned, tuple(one for one in made if known.get(one.id) != one), orders.aliases)


def _may_be_founded(cluster: _Cluster) -> bool:
    """Long enough, and about something that has a name."""
    lasted = sum(one.active_seconds for one in cluster.joined)
    return lasted >= LEAST_SECONDS and name_of(cluster.terms) != UNTITLED


def _decided_clusters(
    activities: Sequence[Activity], projects: Sequence[Project], decided: dict[UUID, UUID | None]
) -> list[_Cluster]:
    """A cluster for each known project: its centroid, and this day's activities that already belong to it.

    Routine ones never add to it, so that what one of them joined does not draw the next one in a second run.
    """
    clusters = {one.id: _Cluster(one.id, dict(one.terms)) for one in sorted(projects, key=lambda one: str(one.id))}
    for activity in activities:
        if (project_id := decided[activity.id]) is not None and activity.label not in ROUTINE:
            clusters[project_id].take(_Cluster(project_id, _hours(activity)))
    return list(clusters.values())


def _agglomerate(clusters: list[_Cluster], rarity: dict[str, float], orders: Orders) -> None:
    """Joins the most alike pair until none is alike enough; two known projects are never joined here."""
    bags = [bag_of(cluster.terms, rarity) for cluster in clusters]
    while True:
        best, pair = THRESHOLD, (0, 0)
        for later in range(1, len(clusters)):
            for earlier in range(later):
                one, other = clusters[earlier], clusters[later]
                if (one.id and other.id) or not orders.allow(one.id or other.id, [*one.joined, *other.joined]):
                    continue
                alike = similarity(bags[earlier], bags[later])
                if alike > best:
                    best, pair = alike, (earlier, later)
        if pair == (0, 0):
            return
        earlier, later = pair
        clusters[earlier].take(clusters.pop(later))
        bags.pop(later)
        bags[earlier] = bag_of(clusters[earlier].terms, rarity)


def _with_namesakes(clusters: Sequence[_Cluster], known: Mapping[UUID, Project], orders: Orders) -> list[_Cluster]:
    """The clusters after each new one without a repository has joined the project that its titles call by name.

    Two that would bear the same name are one: nobody could tell them apart.
    """
    left: list[_Cluster] = []
    for one in clusters:
        head = None
        if not one.id and not has_repository(one.terms):
            hours = sum(activity.active_seconds for activity in one.joined) / 3600
            head = _called_by(one.terms, hours, clusters, known) or _of_same_name(one, clusters, left, known)
        if head is not None and head is not one and orders.allow(head.id, [*head.joined, *one.joined]):
            head.take(one)
        else:
            left.append(one)
    return left


def _of_same_name(
    one: _Cluster, clusters: Sequence[_Cluster], left: Sequence[_Cluster], known: Mapping[UUID, Project]
) -> _Cluster | None:
    """A known project, one with a repository, or an earlier new one, whose name this one would get too."""
    name = name_of(one.terms).casefold()
    heads = [*(other for other in clusters if other.id or has_repository(other.terms)), *left]
    return next((head for head in heads if _name(head, known).casefold() == name != UNTITLED.casefold()), None)


def _name(cluster: _Cluster, known: Mapping[UUID, Project]) -> str:
    project = known.get(cluster.id) if cluster.id else None
    return project.name if project else name_of(cluster.terms)


def _called_by(
    terms: Mapping[str, float], hours: float, clusters: Sequence[_Cluster], known: Mapping[UUID, Project]
) -> _Cluster | None:
    """The project that these terms call by name: one that has a repository, or else a known one."""
    shown = leading_names(terms, hours)
    named = [(_name(one, known), one) for one in clusters]
    working = [(name, one) for name, one in named if has_repository(one.terms)]
    for heads in (working, [(name, one) for name, one in named if one.id in known]):
        found = called(shown, [name for name, _ in heads])
        if found is not None:
            return heads[found][1]
    return None


def _settled(
    activity: Activity, project_id: UUID | None, bag: Bag, centres: Sequence[tuple[UUID, Bag]], orders: Orders
) -> Activity:
    """The activity with its project and how alike it is; a routine one joins what stands out."""
    if project_id is not None and project_id == activity.project_id:
        return replace(activity, suggested_project_id=None)
    ranked = sorted(
        ((similarity(bag, centre), identity) for identity, centre in centres if orders.allow(identity, [activity])),
        key=lambda one: (-one[0], str(one[1])),
    )
    if project_id is not None:
        score = next((score for score, identity in ranked if identity == project_id), 0.0)
        return replace(activity, project_id=project_id, project_score=round(score, 4), suggested_project_id=None)
    if _belongs_nowhere(activity):
        return activity
    first, second = (*ranked, (0.0, None), (0.0, None))[:2]
    if first[0] >= ROUTINE_THRESHOLD and first[0] >= STANDS_OUT * second[0]:
        return replace(activity, project_id=first[1], project_score=round(first[0], 4), suggested_project_id=None)
    suggestion = first[1] if first[0] > 0 else None
    return replace(activity, project_id=None, project_score=round(first[0], 4), suggested_project_id=suggestion)


def _belongs_nowhere(activity: Activity) -> bool:
    """Whether an earlier run found so; the verdict is taken back where the activity's terms change."""
    return activity.project_id is None and activity.project_score is not None


def _hours(activity: Activity) -> dict[str, float]:
    return {term: weight * activity.active_seconds / 3600 for term, weight in activity.terms.items()}


def _new_id(day: date, activities: Sequence[Activity], taken: set[UUID]) -> UUID:
    found = uuid5(RECALL_NAMESPACE, f"project/{day.isoformat()}/{min(str(one.id) for one in activities)}")
    while found in taken:
        found = uuid5(found, "again")
    taken.add(found)
    return found


def _described(known: Project | None, cluster: _Cluster, day: date) -> Project:
    assert cluster.id is not None
    terms = {term: round(weight, 4) for term, weight in cluster.terms.items()}
    if known is None:
        return Project(cluster.id, name_of(terms), day, day, terms=terms)
    # What was forgotten took the name with it, where nothing that is left says it.
    name = name_of(terms) if known.name == UNTITLED and known.name_source == "auto" else known.name
    first, last = min(known.first_seen, day), max(known.last_seen, day)
    return replace(known, name=name, terms=terms, first_seen=first, last_seen=last)
