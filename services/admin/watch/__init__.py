"""What needs a person is noticed, and told once."""
