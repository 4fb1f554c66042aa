"""What people may spend: counted before it is spent, exact whatever dies."""
