"""What the stand-ins for AI vendors share: answers, their pace, faults, the journal and the control API."""
