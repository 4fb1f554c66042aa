"""A local stand-in for Runway's API: tasks that take their time and survive their server."""
