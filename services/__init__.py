"""The services of Quartet. Each folder is one deployable; `chassis` is what they share."""
