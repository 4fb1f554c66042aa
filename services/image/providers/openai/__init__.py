"""OpenAI's image models, and every server that speaks their API."""
