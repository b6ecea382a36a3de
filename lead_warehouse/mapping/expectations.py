"""What a mapping expects of deliveries: how complete they are, and how often they come.

These settings decide whether a file is taken and what is told of it, never how it becomes rows, so
they are no part of an input's digest: changing one lands nothing again.
"""

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from lead_warehouse.mapping.strict import Strict

MAX_AGE = 100_000


class Completeness(Strict):
    """When a newly delivered file is taken for whole.

    Attributes:
        settle_seconds: a file changed more recently than this is looked at a second time.
        min_share: least share, from 0 to 1, of the usual number of records.
        when_empty: what becomes of a file without records where some are usual.
        from_records: no share is asked for where fewer records than this are usual.
        late_after_days: events older than what was known by more days than this are told.
    """

    settle_seconds: float = Field(default=2, ge=0, le=3600, allow_inf_nan=False)
    min_share: float = Field(default=0.1, ge=0, le=1, allow_inf_nan=False)
    when_empty: Literal["hold", "accept"] = "hold"
    from_records: int = Field(default=20, ge=1)
    late_after_days: int = Field(default=365, ge=1, le=MAX_AGE)

    def overridden_by(self, other: Self | None) -> Self:
        """These settings, but for those that ``other`` says."""
        if other is None:
            return self
        own = self.model_dump(exclude_unset=True)
        return type(self).model_validate(own | other.model_dump(exclude_unset=True))


class Age(Strict):
    """A span of time, as dbt writes it."""

    count: int = Field(ge=1, le=MAX_AGE)
    period: Literal["minute", "hour", "day"]

    @property
    def span(self) -> timedelta:
        return timedelta(**{f"{self.period}s": self.count})

    def __str__(self) -> str:
        return f"{self.count:,} {self.period}{'s' * (self.count > 1)}"


class Freshness(Strict):
    """How long an input may go without delivering anything new."""

    warn_after: Age | None = None
    error_after: Age | None = None

    @model_validator(mode="after")
    def _limits_make_sense(self) -> Self:
        if self.warn_after is None and self.error_after is None:
            raise ValueError("'freshness' sets no limit; add warn_after or error_after")
        if self.warn_after and self.error_after and self.error_after.span <= self.warn_after.span:
            raise ValueError(
                f"error_after ({self.error_after}) must be longer than "
                f"warn_after ({self.warn_after})"
            )
        return self
