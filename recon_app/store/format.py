"""What the store must know of a source."""

from __future__ import annotations

from dataclasses import dataclass

from recon_app.models.record import RecordType


@dataclass(frozen=True)
class Format:
    """What the store must know of a source.

    Attributes:
        source: Its id.
        record_type: What its records are.
        key: Fields that identify a record.
        progress: Fields that may move on in later files.
        aside: What depends on the kind of export: fields, and keys of ``extra`` written ``extra.key``.
        snapshot: Field whose value is a place of which a file holds everything, "" for none.
        covers: Field whose value, with the days of a file, says which earlier records it should still hold.
    """

    source: str
    record_type: RecordType
    key: tuple[str, ...]
    progress: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    snapshot: str = ""
    covers: str = ""

    @property
    def aside_fields(self) -> tuple[str, ...]:
        """Whole fields among what is aside."""
        return tuple(name for name in self.aside if "." not in name)

    @property
    def aside_keys(self) -> frozenset[str]:
        """Keys of ``extra`` among what is aside."""
        return frozenset(name.partition(".")[2] for name in self.aside if "." in name)

    @property
    def looks_back(self) -> bool:
        """Whether more is asked of stored records than what a file changes."""
        return bool(self.aside or self.snapshot or self.covers)
