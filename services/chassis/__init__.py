"""What every service is bolted to; it knows no service and no vendor."""
