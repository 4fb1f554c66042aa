"""Who is answered, and what is set of people by operators."""
