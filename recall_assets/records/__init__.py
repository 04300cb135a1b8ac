"""The frozen nouns of Recall, in the order in which they come to be.

    DeploymentDay ─ Frame ─ Word ─ Finding ─ Activity ─ Project ─ DaySummary ─ Memory ─ Hit     Edit: the owner's
                                │    every sentence and memory ─► Source ─► what it was made from
                                └─ Sealed ─ Epoch ─ EpochSeal ─ Slot ─ ChainEntry

No behaviour beyond what follows from the fields themselves; no I/O, no clock.
"""

from recall_assets.records.boxes import Box, joined_boxes
from recall_assets.records.capture import (
    RECALL_NAMESPACE,
    DeploymentDay,
    Finding,
    Frame,
    GivenUp,
    KeptImage,
    Provenance,
    ReadingChoice,
    Retention,
    Review,
    Status,
    Transcript,
    Utterance,
    Window,
    Word,
)
from recall_assets.records.care import Alert, AlertKey, AlertKind, Trouble
from recall_assets.records.forgetting import ForgetCriteria, ForgetRule, SoughtWords
from recall_assets.records.hierarchy import (
    Activity,
    Assignment,
    DaySummary,
    DocumentFrequency,
    Edit,
    Interruption,
    Project,
    ProjectConstraint,
    Sentence,
    Source,
    SourceKind,
)
from recall_assets.records.memories import (
    Concept,
    CoreBlock,
    Episode,
    FoundSecret,
    Memory,
    MemoryKind,
    Procedure,
    Resource,
    VaultEntry,
)
from recall_assets.records.search import Document, Hit
from recall_assets.records.vault import ChainEntry, Epoch, EpochSeal, Sealed, Slot, SlotKind

__all__ = [
    "RECALL_NAMESPACE",
    "Activity",
    "Alert",
    "AlertKey",
    "AlertKind",
    "Assignment",
    "Box",
    "ChainEntry",
    "Concept",
    "CoreBlock",
    "DaySummary",
    "DeploymentDay",
    "Document",
    "DocumentFrequency",
    "Edit",
    "Episode",
    "Epoch",
    "EpochSeal",
    "Finding",
    "ForgetCriteria",
    "ForgetRule",
    "FoundSecret",
    "Frame",
    "GivenUp",
    "Hit",
    "Interruption",
    "KeptImage",
    "Memory",
    "MemoryKind",
    "Procedure",
    "Project",
    "ProjectConstraint",
    "Provenance",
    "ReadingChoice",
    "Resource",
    "Retention",
    "Review",
    "Sealed",
    "Sentence",
    "Slot",
    "SlotKind",
    "SoughtWords",
    "Source",
    "SourceKind",
    "Status",
    "Transcript",
    "Trouble",
    "Utterance",
    "VaultEntry",
    "Window",
    "Word",
    "joined_boxes",
]
