"""What runs, where, and in which release; and how to change that."""
