"""What the program does: one module per use case, called by the window and the command line alike."""
