"""Read one big text file in two parts at once, each by a process of its own.

The second part begins at a line in the middle. That a record begins there, and which number it has, shows
when both are read: then what was found is put together as if one process had read all of it. Where that
cannot be, because of a fault, a question or anything else to be told, the file is read again in one go.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping

from recon_app.services.reader import Tell, Worker, borrowed, ended_when_broken_off
from recon_app.services.reading import Read, finish, read_part
from recon_app.sources._base import InputFile, Reading, Source
from recon_app.store.staging import Staging


def read_in_parts(
    worker: Worker,
    staging: Staging,
    file: InputFile,
    source: Source,
    options: Mapping[str, str],
    reading: Reading,
    tell: Tell,
) -> Generator[None, None, bool]:
    """Read a file into ``staging``; pauses when the processes have begun.

    Args:
        worker: The process for the first part.
        staging: Takes the rows.
        file: The file.
        source: How it is read.
        options: Answers to the source's questions.
        reading: Takes what is found.
        tell: Told the progress.

    Returns:
        Whether it was read; if not, nothing was taken.
    """
    parts = file.parts() if source.divides and worker.may_divide else None
    if parts is None or worker.reader is None:
        return False
    with borrowed(keep=False) as helper, ended_when_broken_off(worker.reader):
        paths = (staging.rows_path, staging.rest_path)
        readers = (worker.reader, helper)
        for reader, path, part in zip(readers, paths, parts, strict=True):
            reader.begin(read_part, path, part, source.id, options, staging.first_id)
        yield

        def tell_both(done: int, total: int) -> None:
            try:
                tell(done + helper.told[0], total)
            except BaseException:
                helper.kill()  # both end at the same time
                raise

        first: Read = worker.reader.wait(tell_both)
        done = first.reading.rows
        rest: Read | None = None
        if first.fault is None:
            rest = helper.wait(lambda more, total: tell(done + more, total))
    if rest is None or rest.fault is not None or not first.reading.continues(rest.reading):
        staging.forget()
        return False
    finish(first.reading, source, cut_off=rest.cut_off)
    vars(reading).update(vars(first.reading))
    staging.take(first.rows(), rest.rows())
    return True
