"""What the services share of Runway."""
