from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

MONTH_SECONDS: Final = 30 * 86_400


class StaticFolder(StaticFiles):
    """The panel's own styles and scripts, which browsers keep: their addresses change with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = f"public, max-age={MONTH_SECONDS}, immutable"
        return response
