"""The ground of every generated table: what a declaration may say, and who may come in. Everything is off at first."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from flask_admin.contrib.sqla import ModelView
from flask_wtf import FlaskForm
from sqlalchemy import inspect

from admin.forms import tables as forms
from admin.forms.lookup import Target
from admin.forms.typed import number_of
from admin.views import cells
from admin.views.filters import Filter
from admin.views.ground import Closed
from admin.views.labels import label_of
from shared.db import Base, session
from shared.models.kinds import Role
from shared.rules import policy
from shared.rules.rights import Can
from shared.services import access
from shared.services.errors import NotYours
from shared.text import Text
from shared.web.login import by, is_anybody


class Declared(Closed, ModelView):  # type: ignore[misc]
    """A table as a declaration. `on` lists what the table offers at all; SCOPE decides who may, and to which rows."""

    model: type[Base]
    label: Text
    hint: Text | None = None  # what the table is for, above the list
    on: ClassVar[tuple[Can, ...]] = ()
    column_labels: ClassVar[Mapping[str, Text]] = {}
    column_more: ClassVar[Sequence[str]] = ()  # columns that a reader may add to the list
    column_link = ""  # the column by which a row is opened; without one there is a link of its own
    import_key: ClassVar[tuple[str, ...]] = ()  # the columns that name a row to an import: unique in the database
    takes_files = False  # whether a file may bring rows: where the verbs keep no more rules than the import does
    column_searchable_list: ClassVar[Sequence[str]] = ()
    column_filters: ClassVar[Sequence[str]] = ()
    column_sortable_list: ClassVar[Sequence[str]] = ()
    column_editable_list: ClassVar[Sequence[str]] = ()
    form_columns: ClassVar[Sequence[str]] = ()
    form_create_only: ClassVar[Sequence[str]] = ()  # what is set once, like a code
    title_columns: ClassVar[Sequence[str]] = ()  # what a row is called by, where it has no name of its own
    pages_beside: ClassVar[Sequence[tuple[str, Text, Can]]] = ()  # pages of the table's own, linked above its list
    pages_of_row: ClassVar[Sequence[tuple[str, Text, Can]]] = ()  # and those about one row, linked on its page
    newest_first = False
    is_small = False  # some thousand rows at the most: what it is filtered by needs no index
    list_template = "table/list.html"
    details_template = "table/details.html"
    create_template = edit_template = "table/form.html"
    delete_template = "table/delete.html"

    def __init__(self) -> None:
        name = self.model.__tablename__
        super().__init__(self.model, session, name=self.label, endpoint=name, url=f"/{name.replace('_', '-')}")
        self.filters = [self._filter(name) for name in self.column_filters]
        self.targets = {one.name: one.target for one in self.filters if one.target}
        keys = [name for name in self.form_columns if inspect(self.model).columns[name].foreign_keys]
        self.form_targets = {name: Target(self.model, name) for name in keys}

    def _filter(self, name: str) -> Filter:
        return Filter.over(self.model, name, self.label_of(name), self.filter_choices().get(name))

    def filter_choices(self) -> Mapping[str, Callable[[], Mapping[str, Text | str]]]:
        """What a filter over a column of texts offers, where they are few."""
        return {}

    def beside(self, row: Base | None = None) -> list[tuple[str, Text]]:
        """The table's own pages that the reader may open: about the whole, or about `row`."""
        pages = self.pages_beside if row is None else self.pages_of_row
        named = {} if row is None else {"id": inspect(row).identity[0]}
        return [
            (self.get_url(f".{name}", **named), label)
            for name, label, can in pages
            if policy.offers(self.model, by(), can)
        ]

    # What Flask-Admin asks while it builds the view; outside a request nobody may do anything.

    def may(self, action: Can) -> bool:
        """Whether the table offers `action` and SCOPE opens it to the reader."""
        return action in self.on and is_anybody() and policy.offers(self.model, by(), action)

    @staticmethod
    def _role() -> Role | None:
        return by().role if is_anybody() else None

    can_create = property(lambda self: self.may(Can.CREATE))
    can_edit = property(lambda self: self.may(Can.EDIT))
    can_delete = property(lambda self: self.may(Can.DELETE))
    can_export = property(lambda self: self.may(Can.EXPORT))
    can_view_details = property(lambda self: self.may(Can.VIEW))

    def label_of(self, name: str) -> Text:
        return label_of(name, self.column_labels)

    get_column_name = label_of

    def value(self, row: Base, name: str) -> str:
        """What stands in a column of the list, the page, the export: in words, personal values masked."""
        return cells.cell(row, name)

    def title_of(self, row: Base) -> str:
        """The row in one line, for headings and questions."""
        return " ".join(self.value(row, name) for name in self.title_columns) if self.title_columns else str(row)

    def get_filters(self) -> None:
        """Filters are ours: see `filters`."""

    def init_search(self) -> bool:
        return bool(self.column_searchable_list)

    def get_create_form(self) -> type[FlaskForm]:
        return forms.form_for(self.model, self.form_columns, self.label_of, self._lookup_url)

    def get_edit_form(self) -> type[FlaskForm]:
        return forms.form_for(self.model, self.edit_columns, self.label_of, self._lookup_url)

    def get_list_form(self) -> type[FlaskForm]:
        return forms.form_for(self.model, self.column_editable_list, self.label_of, self._lookup_url)

    @property
    def edit_columns(self) -> list[str]:
        return [name for name in self.form_columns if name not in self.form_create_only]

    def _lookup_url(self, name: str) -> Callable[[], str]:
        return lambda: self.get_url(".ajax_lookup", name=name)

    # Who may come in.

    def is_accessible(self) -> bool:
        return policy.may(self.model, self._role(), Can.VIEW)

    def require(self, action: Can) -> None:
        """Go on only where the table offers `action` to the reader; else the page does not exist."""
        if not self.may(action):
            raise NotYours

    def row(self, key: object, to: Can) -> Any:  # noqa: ANN401  a row of the view's model
        """The row with the number `key`, if the reader may do `to` to it."""
        number = number_of(key)
        if number is None:
            raise NotYours
        return access.one(self.model, number, by=by(), to=to)

    def get_one(self, id: object) -> Any:  # noqa: A002, ANN401  as Flask-Admin calls it
        return self.row(id, Can.VIEW)
