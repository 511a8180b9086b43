"""Use cases: what the window and the command line do. Each service that writes returns Changes."""
