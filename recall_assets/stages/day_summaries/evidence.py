"""What the sources of a summary's sentence say, as texts that `stages.sentences.support` can search.

frame    ─► text, title, address, app
speech   ─► its text
activity ─► title, sentences, label, machine, project, times, length
project  ─► name, its activities of the day, their length together
all      ─► the length of all these activities together, overlaps once, and their first and last time
"""

from collections.abc import Iterable, Sequence

from recall_assets.records import Activity, Frame, Source, SourceKind
from recall_assets.stages.day_summaries.day import Day, union_length
from recall_assets.stages.day_summaries.wording import clock, label_in_words, length_in_words


def evidence_of(sources: Sequence[Source], day: Day) -> list[str]:
    """The texts of the sources; a source that is not of this day gives none."""
    frames = {frame.id: frame for own in day.frames.values() for frame in own}
    said = {one.id: one for own in day.transcripts.values() for one in own}
    activities = {activity.id: activity for activity in day.activities}
    texts: list[str] = []
    cited: list[Activity] = []
    counted: list[Activity] = []
    for source in sources:
        if source.kind is SourceKind.FRAME and source.id in frames:
            texts.append(_of_frame(frames[source.id]))
        elif source.kind is SourceKind.TRANSCRIPT and source.id in said:
            texts.append(said[source.id].text)
        elif source.kind is SourceKind.ACTIVITY and source.id in activities:
            texts.append(_of_activity(activities[source.id], day))
            cited.append(activities[source.id])
        elif source.kind is SourceKind.PROJECT and source.id in day.projects:
            own = [activity for activity in day.activities if activity.project_id == source.id]
            texts += [
                day.projects[source.id].name,
                *(_of_activity(activity, day) for activity in own),
                _together(own, day),
            ]
            counted += own
    counted += cited
    alone = [activity for activity in counted if not day.project_of(activity)]
    places = range(len(cited))
    neighbours = [cited[first : last + 1] for first in places for last in places[first + 1 :]]
    return [*texts, *(_together(own, day) for own in (counted, alone, *neighbours))]


def _of_frame(frame: Frame) -> str:
    return "\n".join(part for part in (frame.text, frame.window_title, frame.url, frame.app_name) if part)


def _of_activity(activity: Activity, day: Day) -> str:
    project = day.project_of(activity)
    return "\n".join(
        (
            activity.title,
            activity.summary,
            label_in_words(activity),
            activity.deployment_id,
            project.name if project else "",
            _together([activity], day),
        )
    )


def _together(activities: Iterable[Activity], day: Day) -> str:
    found = {activity.id: activity for activity in activities}.values()
    if not found:
        return ""
    first = min(found, key=lambda activity: activity.start_at)
    last = max(found, key=lambda activity: activity.end_at)
    return f"{length_in_words(union_length(found))} from {clock(day.start(first))} to {clock(day.end(last))}"
