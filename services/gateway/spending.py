from quartet.common.v1.usage_pb2 import Usage

from services.gateway.dialogue import Spent


def spent(usage: Usage) -> Spent:
    """Read what an answer cost."""
    return Spent(
        usage.provider,
        usage.input_token_count,
        usage.output_token_count,
        usage.cost_micros if usage.HasField("cost_micros") else None,
    )
