"""What both systems stand on: units, quarters, house rules, forms of change, measures."""
