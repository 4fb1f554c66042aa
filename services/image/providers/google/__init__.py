"""Google's image models, through the Gemini API."""
