"""What the views of the back office stand on, besides Flask-Admin's own."""

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue

from shared.services.errors import NotYours


class Closed:
    """A view that does not exist for whom it is not accessible; comes before Flask-Admin's class."""

    def inaccessible_callback(self, name: str, **_arguments: object) -> ResponseReturnValue:  # noqa: ARG002
        raise NotYours

    def _run_view(self, fn: Callable[..., Any], *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        # Flask-Admin calls the view a second time when it raises TypeError, which hides faults and repeats writes.
        return fn(self, *arguments, **named)


class Beside:
    """Pages beside a generated table: what they use of it."""

    admin: Any
    require: Any
    row: Any
    render: Any
    get_url: Any
