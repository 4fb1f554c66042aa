"""Logs, traces and metrics, the same in every process."""
