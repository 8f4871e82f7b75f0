"""Files that are kept for a while: sent in to be imported, or made to be fetched. In pieces, so that none is whole.

They stand in the database, where every process of the system reaches them and a backup finds them; encrypted, because
whole lists of people are in them; and not for longer than they are of use.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO

from sqlalchemy import delete, insert, select

from shared.db import Base, session
from shared.models import FilePiece
from shared.models.kinds import FileUse

PIECE = 64 * 1024
AT_ONCE = 32
_TABLE = Base.metadata.tables[FilePiece.__tablename__]


def keep(use: FileUse, owner_id: int, source: IO[bytes]) -> tuple[int, str]:
    """Write down what is left of `source`, in place of what was there; its size and SHA-256. Part of a verb."""
    remove(use, [owner_id])
    digest, size, position = hashlib.sha256(), 0, 0
    while some := source.read(PIECE * AT_ONCE):
        digest.update(some)
        size += len(some)
        pieces = [some[start : start + PIECE] for start in range(0, len(some), PIECE)]
        rows = [
            {"use": use, "owner_id": owner_id, "position": place, "content": piece, "version": 1}
            for place, piece in enumerate(pieces, position)
        ]
        session.connection().execute(insert(_TABLE), rows)
        position += len(pieces)
    return size, digest.hexdigest()


def pieces(use: FileUse, owner_id: int) -> Iterator[bytes]:
    """The file, part by part; nothing where it is kept no more."""
    mine = select(_TABLE.c.position, _TABLE.c.content).where(_TABLE.c.use == use, _TABLE.c.owner_id == owner_id)
    position = -1
    while some := session.execute(mine.where(_TABLE.c.position > position).order_by(_TABLE.c.position)
                                  .limit(AT_ONCE)).all():  # fmt: skip
        for position, piece in some:  # noqa: B007  the last one says where to go on
            yield piece


def copy_to(path: Path, use: FileUse, owner_id: int) -> bool:
    """Put the file at `path` for a reader that needs one; whether there was any."""
    found = False
    with path.open("wb") as target:
        for piece in pieces(use, owner_id):
            target.write(piece)
            found = True
    return found


def keep_pieces(use: FileUse, owner_id: int, contents: Mapping[int, bytes]) -> None:
    """Write down short contents that belong to one owner, each at its position. Part of a verb."""
    rows = [
        {"use": use, "owner_id": owner_id, "position": position, "content": content, "version": 1}
        for position, content in contents.items()
    ]
    if rows:
        session.connection().execute(insert(_TABLE), rows)


def kept_pieces(use: FileUse, owner_id: int, positions: Collection[int]) -> dict[int, bytes]:
    """What `keep_pieces` was given, of these positions as far as it is kept still."""
    mine = _TABLE.c.use == use, _TABLE.c.owner_id == owner_id, _TABLE.c.position.in_(positions)
    found = session.execute(select(_TABLE.c.position, _TABLE.c.content).where(*mine))
    return {row.position: row.content for row in found}


def are_kept(use: FileUse, owner_id: int, positions: Collection[int]) -> set[int]:
    """At which of these positions something is kept still."""
    mine = _TABLE.c.use == use, _TABLE.c.owner_id == owner_id, _TABLE.c.position.in_(positions)
    return set(session.scalars(select(_TABLE.c.position).where(*mine)))


def is_kept(use: FileUse, owner_id: int) -> bool:
    """Whether the file can still be fetched."""
    first = select(_TABLE.c.id).where(_TABLE.c.use == use, _TABLE.c.owner_id == owner_id)
    return session.scalar(first.limit(1)) is not None


def remove_pieces(use: FileUse, owner_id: int, positions: Collection[int]) -> None:
    """Keep what stands at these positions no longer. Part of a verb."""
    mine = _TABLE.c.use == use, _TABLE.c.owner_id == owner_id, _TABLE.c.position.in_(positions)
    session.connection().execute(delete(_TABLE).where(*mine))


def remove(use: FileUse, owner_ids: list[int]) -> None:
    """Keep these files no longer. Part of a verb."""
    gone = delete(_TABLE).where(_TABLE.c.use == use, _TABLE.c.owner_id.in_(owner_ids))
    session.connection().execute(gone)
