"""A process that reads one file and dies: no sockets, no other files, no children, little time."""
