"""Everything on one machine: starts all processes under one supervisor."""
