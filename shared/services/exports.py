"""Personal data that leave their mask or the building: noted before they go."""

from shared.db import transaction
from shared.models import Application
from shared.rules.rights import Actor, Can
from shared.services import access, audit


@transaction
def record_export(table: str, count: int, *, by: Actor) -> None:
    """Note that `by` takes `count` rows of `table` out of the system."""
    audit.record("export", table, None, {"rows": [None, str(count)]}, by=by)


@transaction
def reveal(application_id: int, *, by: Actor) -> Application:
    """The application, whose personal values `by` is about to see in full; `NotYours` where the role may not."""
    application = access.one(Application, application_id, by=by, to=Can.REVEAL)
    audit.record("reveal", Application.__tablename__, application.id, by=by)
    return application
