from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from services.chassis.health import Health


def application(health: Health, registry: CollectorRegistry) -> web.Application:
    """Answer what a cluster asks over HTTP: /metrics, /readyz (503 names the failing checks) and /livez."""

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def ready(_request: web.Request) -> web.Response:
        failing = await health.refresh()
        return web.json_response({"ready": not failing, "failing": failing}, status=503 if failing else 200)

    async def live(_request: web.Request) -> web.Response:
        return web.json_response({"live": True})

    routes = [web.get("/metrics", metrics), web.get("/readyz", ready), web.get("/livez", live)]
    app = web.Application()
    app.add_routes(routes)
    return app
