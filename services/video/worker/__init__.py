"""Works on the jobs of the queue: as many replicas as there is work for."""
