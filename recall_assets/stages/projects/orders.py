"""The owner's orders about projects, in the form in which a run asks for them.

must_link    activity ─► project            wins over everything that a run thinks
cannot_link  activity ─╳─ project           the run looks for another one
merge        other ─► project               chains are followed: a ─► b ─► c makes a and b part of c

An edit changes them so that the later word wins; a run only reads them.

link         must_link                      instead of any earlier word about that activity and project
part         cannot_link                    and no must_link to that project any more
merge        merge                          and no cannot_link any more that keeps out what belongs to the two
"""

from collections.abc import Collection, Sequence
from uuid import UUID, uuid5

from recall_assets.records import RECALL_NAMESPACE, Activity, ProjectConstraint


class Orders:
    """What the owner said, resolved against the projects that live.

    Args:
        constraints: oldest first.
        living: ids of the projects that a run knows.
    """

    def __init__(self, constraints: Sequence[ProjectConstraint], living: Collection[UUID]) -> None:
        self._merged = {c.other_project_id: c.project_id for c in constraints if c.kind == "merge"}
        self._living = set(living)
        self._must = {c.activity_id: c.project_id for c in constraints if c.kind == "must_link"}
        self._cannot = {(c.activity_id, self.living_id(c.project_id)) for c in constraints if c.kind == "cannot_link"}

    @property
    def aliases(self) -> dict[UUID, UUID]:
        """Each merged project and the one it is a part of now."""
        return {old: self.living_id(old) for old in self._merged if old and self.living_id(old) != old}

    def living_id(self, project_id: UUID) -> UUID:
        """The project under which that id lives; a circle of merges ends where it began."""
        passed = {project_id}
        while (following := self._merged.get(project_id)) and following not in passed:
            passed.add(following)
            project_id = following
        return project_id

    def decided(self, activity: Activity) -> UUID | None:
        """The project that the owner or an earlier run gave the activity; none where it is open."""
        ordered = self._must.get(activity.id)
        chosen = ordered or activity.project_id
        if chosen is None:
            return None
        chosen = self.living_id(chosen)
        if chosen not in self._living or (ordered is None and not self.allow(chosen, [activity])):
            return None
        return chosen

    def allow(self, project_id: UUID | None, activities: Sequence[Activity]) -> bool:
        """Whether no order keeps one of the activities out of the project."""
        return not any((activity.id, project_id) in self._cannot for activity in activities)


def linked(
    constraints: Sequence[ProjectConstraint], activities: Collection[UUID], project_id: UUID
) -> list[ProjectConstraint]:
    """The orders after these activities were given to the project."""
    kept = [
        order
        for order in constraints
        if order.activity_id not in activities or (order.kind == "cannot_link" and order.project_id != project_id)
    ]
    return [*kept, *(_order("must_link", project_id, activity_id=one) for one in sorted(activities))]


def parted(
    constraints: Sequence[ProjectConstraint], activities: Collection[UUID], project_id: UUID
) -> list[ProjectConstraint]:
    """The orders after these activities were taken out of the project, for good."""
    kept = [one for one in constraints if one.activity_id not in activities or one.project_id != project_id]
    return [*kept, *(_order("cannot_link", project_id, activity_id=one) for one in sorted(activities))]


def merged(
    constraints: Sequence[ProjectConstraint], other_id: UUID, kept_id: UUID, members: Collection[UUID]
) -> list[ProjectConstraint]:
    """The orders after a project was made a part of another.

    Args:
        members: the activities that belong to either of the two.
    """
    resolved = Orders(constraints, ())
    both = {other_id, kept_id}
    kept = [
        order
        for order in constraints
        if not (
            order.kind == "cannot_link"
            and order.activity_id in members
            and resolved.living_id(order.project_id) in both
        )
    ]
    return [*kept, _order("merge", kept_id, other_id=other_id)]


def _order(
    kind: str, project_id: UUID, *, activity_id: UUID | None = None, other_id: UUID | None = None
) -> ProjectConstraint:
    """The order; the same one has the same id."""
    name = f"order/{kind}/{project_id}/{activity_id or other_id}"
    return ProjectConstraint(uuid5(RECALL_NAMESPACE, name), kind, project_id, activity_id, other_id)
