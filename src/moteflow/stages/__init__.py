"""One small module per DVC stage: read params and paths, call pure functions, write outs."""
