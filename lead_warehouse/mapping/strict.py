"""The base of every part of a mapping file."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of the file in which an unknown setting is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
