"""What vendors have made is checked, and made into what messengers play in place."""
