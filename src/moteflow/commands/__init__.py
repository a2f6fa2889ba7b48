"""Commands of `moteflow` that have something to print."""
