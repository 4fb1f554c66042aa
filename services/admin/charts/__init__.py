"""Figures as charts: what is asked of ClickHouse, and pictures of it for pages and for Telegram."""
