"""What the owner may change, whoever asks for it: pages, API or commands.

    rename, merge, split      a project          ┐   rows change at once ─► every page shows it
    assign, accept, reject    an activity's one  ├─► orders ─► no later run changes it back
    edit, release             an activity's words┘   journal ─► summaries are made again (defs.edited), undo

Each function takes the connection of one transaction and returns the edit; the caller commits. Words are looked at for
secrets first: what would be one is refused, for nothing could seal it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Connection

from recall_assets.errors import InputError, UnknownIdError
from recall_assets.records import Activity, DeploymentDay, Edit, Project, ProjectConstraint, Sentence
from recall_assets.stages.projects.orders import linked, merged, parted
from recall_assets.stages.secrets import detect
from recall_assets.stages.sentences import describe
from recall_assets.store import activities, edits, frames, projects, transcripts

LONGEST_NAME = 120
LONGEST_TITLE = 300
LONGEST_SENTENCE = 1000
MOST_SENTENCES = 12


def rename_project(connection: Connection, project_id: UUID, name: str) -> Edit:
    """The project has that name from now on.

    Raises:
        UnknownIdError: there is no such project.
        InputError: the name is empty, too long or a secret, or another project's.
    """
    edits.hold(connection)
    project = _project(connection, project_id)
    name = _words(name, "name", LONGEST_NAME)
    _refuse_namesake(connection, name, project.id)
    before = edits.snapshot(connection, [project.id], [])
    projects.rename(connection, project.id, name, "owner")
    days = [day for _, day in activities.of_project(connection, project.id)]
    return edits.add(connection, "rename", f"Renamed {project.name} to {name}", project.id, _keys(days), before)


def merge_projects(connection: Connection, other_id: UUID, kept_id: UUID) -> Edit:
    """The other project is a part of the kept one from now on; its id leads there.

    Raises:
        UnknownIdError: there is no such project.
        InputError: they are one already.
    """
    edits.hold(connection)
    other, kept = _project(connection, other_id), _project(connection, kept_id)
    if other.id == kept.id:
        raise InputError("The two are one project already.", "Name two projects.")
    moved = activities.of_project(connection, other.id)
    before = edits.snapshot(connection, [other.id, kept.id], [one for one, _ in moved])
    members = {one for one, _ in [*moved, *activities.of_project(connection, kept.id)]}
    before["orders"] = _change_orders(connection, lambda orders: merged(orders, other.id, kept.id, members))
    projects.merge(connection, other.id, kept.id, edits.BY_OWNER)
    told = f"Merged {other.name} into {kept.name}"
    return edits.add(connection, "merge", told, kept.id, _keys(day for _, day in moved), before)


def split_project(connection: Connection, project_id: UUID, activity_ids: Collection[UUID], name: str) -> Edit:
    """These activities make a project of their own, the edit's subject, and are kept out of the old one.

    Raises:
        UnknownIdError: there is no such project or activity.
        InputError: an activity is not the project's, all of them are named or none, or the name cannot be.
    """
    edits.hold(connection)
    project, chosen = _project(connection, project_id), _activities(connection, activity_ids)
    name = _words(name, "name", LONGEST_NAME)
    _refuse_namesake(connection, name)
    foreign = [one.id for one in chosen if one.project_id != project.id]
    if foreign:
        raise InputError(f"Activity {foreign[0]} does not belong to that project.", "Name those that do.")
    if len(chosen) == len(activities.of_project(connection, project.id)):
        raise InputError("These are all activities of the project.", "Rename it instead.")
    ids, days = {one.id for one in chosen}, [one.day for one in chosen]
    new = Project(uuid4(), name, min(days), max(days), name_source="owner")
    before = edits.snapshot(connection, [project.id], ids)
    projects.found(connection, new, edits.BY_OWNER)
    before["made"] = [str(new.id)]
    before["orders"] = _change_orders(connection, lambda orders: parted(linked(orders, ids, new.id), ids, project.id))
    activities.give(connection, ids, new.id)
    told = f"Split {name} from {project.name}"
    return edits.add(connection, "split", told, new.id, _keys(days), before)


def assign(connection: Connection, activity_ids: Collection[UUID], project_id: UUID | None) -> Edit:
    """These activities belong to that project from now on, or, without one, to none.

    Raises:
        UnknownIdError: there is no such project or activity.
    """
    edits.hold(connection)
    chosen = _activities(connection, activity_ids)
    project = None if project_id is None else _project(connection, project_id)
    ids = {one.id for one in chosen}
    before = edits.snapshot(connection, [], ids)
    before["orders"] = _change_orders(connection, lambda orders: _assigned(orders, chosen, project))
    activities.give(connection, ids, project.id if project else None)
    if project is not None:
        projects.cover(connection, project.id, [one.day for one in chosen])
    what = f"“{chosen[0].title}”" if len(chosen) == 1 else f"{len(chosen)} activities"
    told = f"Put {what} into {project.name}" if project else f"Took {what} out of projects"
    subject = project.id if project else chosen[0].id
    return edits.add(connection, "assign", told, subject, _keys(one.day for one in chosen), before)


def accept_suggestion(connection: Connection, activity_id: UUID) -> Edit:
    """The activity belongs to the project that was suggested.

    Raises:
        UnknownIdError: there is no such activity.
        InputError: nothing is suggested for it.
    """
    return assign(connection, [activity_id], _suggested(connection, activity_id))


def reject_suggestion(connection: Connection, activity_id: UUID) -> Edit:
    """The activity never belongs to the project that was suggested, and stays without one.

    Raises:
        UnknownIdError: there is no such activity.
        InputError: nothing is suggested for it.
    """
    edits.hold(connection)
    suggested = _project(connection, _suggested(connection, activity_id))
    (activity,) = _activities(connection, [activity_id])
    before = edits.snapshot(connection, [], [activity.id])
    before["orders"] = _change_orders(connection, lambda orders: parted(orders, {activity.id}, suggested.id))
    activities.give(connection, [activity.id], None, keep_score=True)
    told = f"“{activity.title}” is not {suggested.name}"
    return edits.add(connection, "reject", told, activity.id, (), before)


def edit_activity(
    connection: Connection, activity_id: UUID, *, title: str | None = None, sentences: Sequence[str] | None = None
) -> Edit:
    """The activity has this title and these sentences from now on, and is never cut again; None leaves one as it is.

    A sentence that stood there before keeps what it rests on; a new one rests on the owner's word.

    Raises:
        UnknownIdError: there is no such activity.
        InputError: nothing is changed, or the words are empty, too long or a secret.
    """
    edits.hold(connection)
    (activity,) = _activities(connection, [activity_id])
    changed = replace(activity, locked=True)
    if title is not None and title.strip() != activity.title:
        changed = replace(changed, title=_words(title, "title", LONGEST_TITLE), title_source="owner")
    if sentences is not None and list(sentences) != [one.text for one in activity.sentences]:
        changed = replace(changed, sentences=_sentences(activity, sentences), summary_kind="owner")
    if changed == replace(activity, locked=True):
        raise InputError("Nothing is changed.", "Give another title or other sentences.")
    before = edits.snapshot(connection, [], [activity.id])
    activities.rewrite(connection, changed, edits.BY_OWNER)
    return edits.add(connection, "edit", f"Edited “{changed.title}”", activity.id, [_partition(activity)], before)


def release_activity(connection: Connection, activity_id: UUID) -> Edit:
    """Recall describes and cuts the activity again as it sees fit; its project stays.

    Raises:
        UnknownIdError: there is no such activity.
        InputError: the owner never edited it.
    """
    edits.hold(connection)
    (activity,) = _activities(connection, [activity_id])
    if not activity.locked:
        raise InputError("The activity is as Recall made it.", "There is nothing to give back.")
    before = edits.snapshot(connection, [], [activity.id])
    free = replace(activity, locked=False, title_source="auto", summary_kind="extractive")
    activities.rewrite(connection, _described(connection, free), edits.BY_OWNER)
    told = f"Gave “{activity.title}” back to Recall"
    return edits.add(connection, "edit", told, activity.id, [_partition(activity)], before)


def undo(connection: Connection, edit_id: int | None = None) -> Edit:
    """Takes back the newest edit that stands.

    Args:
        edit_id: the edit that is meant; refused where a newer one stands, for that may rest on it.

    Raises:
        InputError: no edit stands, or a newer one does.
    """
    edits.hold(connection)
    newest = edits.newest_standing(connection)
    if newest is None:
        raise InputError("There is no edit to take back.")
    edit, before = newest
    if edit_id not in (None, edit.id):
        raise InputError(f"Edit {edit_id} is not the newest that stands.", f"Take back edit {edit.id} first.")
    edits.restore(connection, before)
    edits.mark_undone(connection, edit.id)
    for kept in before["activities"]:
        activity = activities.read(connection, UUID(kept["id"]))
        if edit.kind == "edit" and activity is not None:
            activities.rewrite(connection, _described(connection, activity), edits.BY_OWNER)
    return edits.add(connection, "undo", f"Took back: {edit.told}", edit.subject, edit.partitions, {})


def _assigned(
    orders: Sequence[ProjectConstraint], chosen: Sequence[Activity], project: Project | None
) -> list[ProjectConstraint]:
    if project is not None:
        return linked(orders, {one.id for one in chosen}, project.id)
    changed = [one for one in orders if one.kind != "must_link" or one.activity_id not in {c.id for c in chosen}]
    for activity in chosen:
        if activity.project_id is not None:
            changed = parted(changed, {activity.id}, activity.project_id)
    return changed


def _change_orders(
    connection: Connection, change: Callable[[Sequence[ProjectConstraint]], list[ProjectConstraint]]
) -> edits.Snapshot:
    orders = projects.constraints(connection)
    return edits.replace_orders(connection, orders, change(orders))


def _project(connection: Connection, project_id: UUID) -> Project:
    living = projects.living_id(connection, project_id)
    found = next((one for one in projects.read_all(connection) if one.id == living), None)
    if found is None:
        raise UnknownIdError(f"There is no project {project_id}.", "`recall projects` lists them.")
    return found


def _activities(connection: Connection, activity_ids: Collection[UUID]) -> list[Activity]:
    found = {one: activities.read(connection, one) for one in dict.fromkeys(activity_ids)}
    missing = [one for one, activity in found.items() if activity is None]
    if missing:
        raise UnknownIdError(f"There is no activity {missing[0]}.", "`recall timeline` lists those of a day.")
    if not found:
        raise InputError("No activity is named.", "`recall timeline` lists those of a day.")
    return [activity for activity in found.values() if activity is not None]


def _suggested(connection: Connection, activity_id: UUID) -> UUID:
    (activity,) = _activities(connection, [activity_id])
    if activity.suggested_project_id is None:
        raise InputError("No project is suggested for that activity.", "`recall projects suggestions` lists them.")
    return activity.suggested_project_id


def _refuse_namesake(connection: Connection, name: str, own_id: UUID | None = None) -> None:
    same = (one for one in projects.read_all(connection) if one.name.casefold() == name.casefold() and one.id != own_id)
    if other := next(same, None):
        raise InputError(f"Project {other.id} has that name already.", "Merge the two, or take another name.")


def _sentences(activity: Activity, sentences: Sequence[str]) -> tuple[Sentence, ...]:
    if len(sentences) > MOST_SENTENCES:
        raise InputError(f"A summary has at most {MOST_SENTENCES} sentences.", "Write fewer.")
    stood = {one.text: one for one in activity.sentences}
    said = [_words(text, "sentence", LONGEST_SENTENCE) for text in sentences]
    return tuple(stood.get(text, Sentence(text, ())) for text in said)


def _words(text: str, what: str, longest: int) -> str:
    words = " ".join(text.split())
    if not words:
        raise InputError(f"The {what} is empty.", f"Give a {what}.")
    if len(words) > longest:
        raise InputError(f"A {what} has at most {longest} characters.", "Write it shorter.")
    if not words.isprintable():
        raise InputError(f"The {what} holds characters that cannot be shown.", "Leave them out.")
    if found := detect(words):
        raise InputError(f"The {what} holds what looks like a secret ({found[0].kind}).", "Leave it out.")
    return words


def _described(connection: Connection, activity: Activity) -> Activity:
    """The activity with Recall's words where the owner's are not wanted any more."""
    partition = DeploymentDay(activity.deployment_id, activity.day)
    return describe(activity, frames.read_day(connection, partition), transcripts.read_day(connection, partition))


def _partition(activity: Activity) -> str:
    return DeploymentDay(activity.deployment_id, activity.day).partition_key


def _keys(days: Iterable[date]) -> list[str]:
    return sorted({day.isoformat() for day in days})
