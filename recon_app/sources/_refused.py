"""Files that are recognised and never read: the user is told why and what to export instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import RecordType
from recon_app.sources._base import Batch, InputFile, Reading, Source


class RefusedSource(Source):
    """A file of a known kind that holds nothing to reconcile.

    Attributes:
        reason: Why it is not read.
        advice: What to do instead.
    """

    record_type = RecordType.ORDER  # of no meaning: nothing is ever read
    key = ("ident",)
    reason: ClassVar[str]
    advice: ClassVar[str]

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Refuse the file.

        Raises:
            FileRejected: always.
        """
        raise FileRejected(Problem(None, None, self.reason, self.advice))
