"""The owner's orders about projects, in the form in which a run asks for them.

must_link    activity ─► project            wins over everything that a run thinks
cannot_link  activity ─╳─ project           the run looks for another one
merge        other ─► project               chains are followed: a ─► b ─► c makes a and b part of c
split        project ─╳─ other              a later merge between the two is ignored
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from recall_assets.records import Activity, ProjectConstraint


class Orders:
    """What the owner said, resolved against the projects that live.

    Args:
        constraints: oldest first.
        living: ids of the projects that a run knows.
    """

    def __init__(self, constraints: Sequence[ProjectConstraint], living: Collection[UUID]) -> None:
        split = {frozenset((c.project_id, c.other_project_id)) for c in constraints if c.kind == "split"}
        self._merged: dict[UUID, UUID] = {}
        for order in constraints:
            pair = frozenset((order.project_id, order.other_project_id))
            if order.kind == "merge" and order.other_project_id and pair not in split:
                self._merged[order.other_project_id] = order.project_id
        self._living = set(living)
        self._must = {c.activity_id: c.project_id for c in constraints if c.kind == "must_link"}
        self._cannot = {(c.activity_id, c.project_id) for c in constraints if c.kind == "cannot_link"}

    @property
    def aliases(self) -> dict[UUID, UUID]:
        """Each merged project and the one it is a part of now."""
        return {old: self.living_id(old) for old in self._merged if self.living_id(old) != old}

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
