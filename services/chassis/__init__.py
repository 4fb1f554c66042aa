"""What every service is bolted to: settings, server, client, errors, events, telemetry. Knows no service and no vendor."""
