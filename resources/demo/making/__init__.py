"""The parts of the demo: what happened in the month, how it was booked, how each system exports it."""
