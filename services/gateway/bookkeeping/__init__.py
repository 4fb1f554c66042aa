"""What analysts are told of requests, and the keys by which they know people."""
