"""A stand-in for the Gemini API that the real SDK talks to."""
