"""The formats of documents, one module each. They run in the jail only: nothing they read is trusted."""
