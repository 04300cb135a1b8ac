"""Rows of found secrets are only added, and are there when their frame is read again."""

from uuid import UUID

from sqlalchemy import Engine

from recall_assets.records import Box, Sealed
from recall_assets.store import secrets, vault
from recall_assets.store.secrets import Secret
from recall_assets.vault.sealing import make_epoch
from tests.store.stored_days import add_deployment, add_frames, at, id_of

BOXES = (Box(8, 16, 80, 24), Box(8, 40, 40, 24))


def _secret(name: str, frame_id: UUID, *, kind: str = "password", boxes: tuple[Box, ...] = BOXES) -> Secret:
    return Secret(
        id=id_of(name),
        deployment_id="laptop",
        place="screen" if boxes else "url",
        kind=kind,
        rule="label/password",
        detector_version="test",
        frame_id=frame_id,
        boxes=boxes,
    )


def test_what_was_added_is_read_by_frame(database: Engine) -> None:
    with database.begin() as connection:
        add_deployment(connection)
        first, second = add_frames(connection, range(2))
        added = [_secret("a", first), _secret("b", first, kind="token", boxes=()), _secret("c", second)]
        assert secrets.add(connection, added) == 3
        found = secrets.of_frames(connection, [first])
        assert list(found) == [first]
        assert sorted(found[first], key=lambda secret: secret.kind) == added[:2]
        assert secrets.known_boxes(connection, first) == [("password", BOXES)]


def test_the_same_reading_again_adds_nothing(database: Engine) -> None:
    with database.begin() as connection:
        add_deployment(connection)
        (frame,) = add_frames(connection, range(1))
        twice_in_a_url = [_secret("a", frame, boxes=()), _secret("b", frame, boxes=())]
        assert secrets.add(connection, twice_in_a_url) == 2
        again = [_secret("c", frame, boxes=()), _secret("d", frame, boxes=()), _secret("e", frame)]
        assert secrets.add(connection, again) == 1
        ids = {secret.id for secret in secrets.of_frames(connection, [frame])[frame]}
        assert ids == {id_of("a"), id_of("b"), id_of("e")}


def test_a_sealed_value_comes_back_as_it_was_and_the_others_wait(database: Engine) -> None:
    with database.begin() as connection:
        add_deployment(connection)
        (frame,) = add_frames(connection, range(1))
        epoch, _ = make_epoch([], at(0))
        vault.begin_epoch(connection, epoch, [])
        sealed = Secret(
            id=id_of("s"),
            deployment_id="laptop",
            place="screen",
            kind="iban",
            rule="number/iban",
            detector_version="test",
            frame_id=frame,
            boxes=BOXES,
            sealed=Sealed(b"sealed value", epoch.key_id, b"sealed pixels"),
        )
        secrets.add(connection, [sealed, _secret("w", frame)])
        assert sealed in secrets.of_frames(connection, [frame])[frame]
        assert secrets.count_unsealed(connection) == 1


def test_a_frame_without_secrets_is_left_out(database: Engine) -> None:
    with database.begin() as connection:
        add_deployment(connection)
        (frame,) = add_frames(connection, range(1))
        assert secrets.add(connection, []) == 0
        assert secrets.of_frames(connection, [frame]) == {}
        assert secrets.known_boxes(connection, frame) == []
