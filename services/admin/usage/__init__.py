"""Usage events on their way from the stream into ClickHouse, and the sums that are made of them."""
