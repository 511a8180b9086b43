"""Small parts that screens are built from."""
