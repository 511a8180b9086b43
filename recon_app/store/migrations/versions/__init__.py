"""One file per step, in order. A step is never changed after a release."""
