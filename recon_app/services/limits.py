"""How much memory the process that reads a foreign file may take, held by the system itself.

Linux refuses further address space (RLIMIT_AS), Windows further committed memory (a job object); both end in
a MemoryError or in the end of the process. macOS enforces neither: there only the time is limited.
"""

from __future__ import annotations

import sys
from pathlib import Path

_MB = 2**20

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
    _PROCESS_MEMORY = 0x100  # JOB_OBJECT_LIMIT_PROCESS_MEMORY
    _OWN_MB = 300  # what Python, numpy and pandas have committed before a file is opened

    class _Basic(ctypes.Structure):
        """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

        _fields_ = (
            ("process_time", ctypes.c_int64),
            ("job_time", ctypes.c_int64),
            ("flags", wintypes.DWORD),
            ("least_working_set", ctypes.c_size_t),
            ("most_working_set", ctypes.c_size_t),
            ("processes", wintypes.DWORD),
            ("affinity", ctypes.c_size_t),
            ("priority", wintypes.DWORD),
            ("scheduling", wintypes.DWORD),
        )

    class _Extended(ctypes.Structure):
        """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

        _fields_ = (
            ("basic", _Basic),
            ("transfers", ctypes.c_uint64 * 6),
            ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t),
            ("peak_process_memory", ctypes.c_size_t),
            ("peak_job_memory", ctypes.c_size_t),
        )

    _jobs: list[int] = []  # the one that this process has put itself into

    def limit_memory(megabytes: int | None) -> None:
        """Allow this process so much memory beside what it uses now; None for any.

        Raises:
            OSError: the system refuses it.
        """
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = kernel.GetCurrentProcess.restype = wintypes.HANDLE
        if not _jobs:
            job = wintypes.HANDLE(kernel.CreateJobObjectW(None, None))
            process = wintypes.HANDLE(kernel.GetCurrentProcess())
            if not job.value or not kernel.AssignProcessToJobObject(job, process):
                raise ctypes.WinError(ctypes.get_last_error())
            _jobs.append(job.value)
        limits = _Extended()
        if megabytes is not None:
            limits.basic.flags = _PROCESS_MEMORY
            limits.process_memory = (_OWN_MB + megabytes) * _MB
        size = ctypes.sizeof(limits)
        job = wintypes.HANDLE(_jobs[0])
        if not kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), size):
            raise ctypes.WinError(ctypes.get_last_error())

elif sys.platform == "linux":
    import resource

    def limit_memory(megabytes: int | None) -> None:
        """Allow this process so much memory beside what it uses now; None for any.

        Raises:
            OSError: the system refuses it.
        """
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        soft = hard
        if megabytes is not None:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
            wanted = pages * resource.getpagesize() + megabytes * _MB
            soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))

else:

    def limit_memory(megabytes: int | None) -> None:
        """Do nothing: this system has no such limit."""
        del megabytes
