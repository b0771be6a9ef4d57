"""Health for machines: 200 while well, 503 with every reason when not."""

import asyncio

from aiohttp import web

from monitor.entrypoints.web.desk import DESK


def routes() -> list[web.RouteDef]:
    return [web.get("/healthz", _health), web.get("/readyz", _health)]


async def _health(request: web.Request) -> web.Response:
    reasons = await asyncio.to_thread(request.app[DESK].ailments)
    return web.json_response({"ready": not reasons, "reasons": list(reasons)}, status=503 if reasons else 200)
