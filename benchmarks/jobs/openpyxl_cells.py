"""A peer: openpyxl reads all cells of a workbook, row by row."""

from __future__ import annotations

import json
import sys
import time

import openpyxl

if __name__ == "__main__":
    since = time.perf_counter()
    sheet = openpyxl.load_workbook(sys.argv[1], read_only=True).worksheets[0]
    rows = sum(1 for _ in sheet.iter_rows(values_only=True))
    print(json.dumps({"wall": time.perf_counter() - since, "rows": rows}))
