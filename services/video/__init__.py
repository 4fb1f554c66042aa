"""Makes videos in the background: ordered now, delivered later, never submitted twice."""
