from services.video.metrics import VideoMetrics
from services.video.vault import Vault


class Stocktaking:
    """Says how much room the files take."""

    def __init__(self, vault: Vault, metrics: VideoMetrics) -> None:
        self._vault = vault
        self._metrics = metrics

    async def sweep(self) -> None:
        """Look once. Raises what NATS raises."""
        self._metrics.store_bytes.set(await self._vault.size_bytes())
