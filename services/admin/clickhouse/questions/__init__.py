"""What analysts ask: one documented SQL file each."""
