"""What both systems stand on."""
