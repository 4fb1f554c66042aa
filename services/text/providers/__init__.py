"""The vendors of language models, one package each; nothing above them knows their types."""
