"""A stand-in for OpenAI's HTTP API that the real SDK talks to."""
