"""The vendors of image models, one package each; nothing above them knows their types."""
