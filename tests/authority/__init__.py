"""Who may what: the written table, and what it promises of every route and every role."""
