"""What a flat export says of its columns: the outcome, what may foretell it, and since when."""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lead_warehouse.errors import UserError


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Attribute(_Strict):
    """A column that may foretell the outcome.

    Attributes:
        known: ``record``, with the lead itself, or ``outcome``, once it is won or lost.
        kind: ``text``, of a few values, or ``number``.
    """

    column: str
    known: Literal["record", "outcome"]
    kind: Literal["text", "number"] = "text"


class Outcome(_Strict):
    """The column of the outcome, and the values that say that it was reached."""

    column: str
    reached: Annotated[list[str], Field(min_length=1)]


class InTime(_Strict):
    """Where later leads begin, which are judged by what earlier ones teach.

    Attributes:
        column: an ISO date or time; none where the rows of the file are in order.
        judged_from: the first one judged; of rows in order the share that is learned from.
    """

    column: str | None = None
    judged_from: str | None = None
    trained_share: Annotated[float, Field(gt=0, lt=1)] | None = None


class Declaration(_Strict):
    """All that is declared of an export.

    Attributes:
        groups: columns by group, such as fit and behaviour; each is judged with those before it.
        missing: texts that say nothing, beside the empty one.
    """

    outcome: Outcome
    groups: Annotated[dict[str, list[Attribute]], Field(min_length=1)]
    in_time: InTime | None = None
    delimiter: str = ","
    missing: list[str] = []


def load_declaration(path: Path) -> Declaration:
    """Read a declaration; what is known only at the outcome is refused.

    Raises:
        UserError: it cannot be read, is not understood, or would foretell an outcome by itself.
    """
    try:
        declaration = Declaration.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}; check the path") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: is no YAML ({' '.join(str(error).split())}); mend it") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path}: {where}: {first['msg']}; see docs/calibration.md") from None
    refuse_leaks(declaration, path)
    return declaration


def refuse_leaks(declaration: Declaration, path: Path) -> None:
    """Raise where a column is declared as known only at the outcome.

    Raises:
        UserError: naming it.
    """
    for group, attributes in declaration.groups.items():
        for one in attributes:
            if one.known == "outcome":
                raise UserError(
                    f"{path}: {group}: column {one.column} is known only at the outcome, so it "
                    "would foretell what it was filled from; take it out"
                )
            if one.column == declaration.outcome.column:
                raise UserError(
                    f"{path}: {group}: column {one.column} is the outcome itself; take it out"
                )
