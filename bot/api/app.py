"""The HTTP interface: a FastAPI application that stands alone or is mounted beside the chat."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Query, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.api.bodies import AskBody, QueryBody, ToolBody
from bot.api.page import api_html
from bot.api.service import Asked, Json, Service
from bot.api.work import Bench
from bot.ui.limits import TooManyError
from semantic_layer.errors import AccessError, AskGrowthError
from semantic_layer.text import LOCALES, Locale, Text

Who = Callable[[str], str | None]
_BEARER = HTTPBearer(auto_error=False, description="askgrowth token add USER")
ABOUT = (
    "Questions in words, queries by name and prebuilt analyses, under the access rules of the token's user. "
    "Answers follow the JSON contract of `askgrowth ask --json`: outcome is answer, clarify, refuse or error."
)
NO_TOKEN = Text(zh="没有有效的令牌。", en="There is no valid token.")
GET_TOKEN = Text(
    zh="运行 askgrowth token add 用户名,再带上请求头 Authorization: Bearer ag_…。",
    en="Run askgrowth token add USER, then send the header Authorization: Bearer ag_….",
)


class UnauthorizedError(AskGrowthError):
    """A request without a token that is known and in use."""

    code = "unauthorized"


def build_api(service: Service, who: Who, *, bench: Bench | None = None) -> FastAPI:
    """Return the application; its paths are those below `/api`. `who` gives the user of a token, None for no one."""
    api = FastAPI(
        title="AskGrowth", version="1", description=ABOUT, docs_url=None, redoc_url=None, openapi_url=None
    )
    runs = bench or Bench(service.pipeline.layer.interrupt)

    async def user(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> str:
        found = await runs.beside(lambda: who(credentials.credentials)) if credentials else None
        if found is None:
            raise UnauthorizedError(NO_TOKEN, GET_TOKEN)
        return found

    User = Annotated[str, Depends(user)]  # noqa: N806 - a type

    @api.post("/ask", summary="Answer a question in words")
    async def ask(body: AskBody, by: User) -> Json:
        return await runs.run(
            by,
            lambda watch: service.ask(
                body.question,
                body.asked_by(by),
                conversation=body.conversation,
                planner=body.planner,
                progress=watch,
            ),
        )

    @api.post("/query", summary="Query metrics by name")
    async def query(body: QueryBody, by: User) -> Json:
        return await runs.run(
            by, lambda _watch: service.query(body.written(), body.asked_by(by), sql_only=body.sql_only)
        )

    @api.get("/metrics", summary="What can be asked: metrics, dimensions, segments")
    async def metrics(by: User, search: Annotated[str, Query(max_length=200)] = "") -> Json:
        return await runs.run(by, lambda _watch: service.metrics(Asked(by), search))

    @api.get("/tools", summary="The prebuilt analyses and their inputs")
    async def tools(by: User, locale: Locale | None = None) -> list[Json]:
        return await runs.run(by, lambda _watch: service.tools(Asked(by, locale=locale)))

    @api.post("/tools/{name}", summary="Run one analysis")
    async def run_tool(name: Annotated[str, Path(max_length=100)], body: ToolBody, by: User) -> Json:
        return await runs.run(by, lambda watch: service.run_tool(name, body.inputs, body.asked_by(by), watch))

    @api.get("/health", summary="Whether the server answers; needs no token")
    async def health() -> Json:
        notice = service.pipeline.notice
        said = {"notice": {"zh": notice.zh, "en": notice.en}} if notice is not None else {}
        return {"ok": True, "workspace": service.pipeline.layer.settings.name.en, **said}

    _describe(api)
    api.add_exception_handler(AskGrowthError, _told)
    return api


def _describe(api: FastAPI) -> None:
    """Serve the OpenAPI description and a page of our own: FastAPI's pages load scripts from other hosts."""

    def schema() -> dict[str, Any]:
        return get_openapi(
            title=api.title, version=api.version, description=api.description, routes=api.routes,
            servers=[{"url": "/api"}],
        )  # fmt: skip

    @api.get("/openapi.json", include_in_schema=False)
    async def description() -> JSONResponse:
        return JSONResponse(schema())

    @api.get("/docs", include_in_schema=False)
    async def page(request: Request) -> Response:
        return HTMLResponse(
            api_html(schema(), _language(request), f"{request.url.scheme}://{request.url.netloc}")
        )


def _told(request: Request, error: Exception) -> JSONResponse:
    """Return an error of ours as JSON in the reader's language, with its status."""
    assert isinstance(error, AskGrowthError)
    locale = _language(request)
    said = {"code": error.code, "message": error.message.at(locale), "mend": error.mend.at(locale)}
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, UnauthorizedError) else None
    return JSONResponse({"outcome": "error", "error": said}, status_code=status_of(error), headers=headers)


def status_of(error: AskGrowthError) -> int:
    """Return the HTTP status of an error."""
    if isinstance(error, UnauthorizedError):
        return 401
    if isinstance(error, AccessError):
        return 403
    if isinstance(error, TooManyError):
        return 429
    return 504 if error.code == "timeout" else 400


def _language(request: Request) -> Locale:
    return LOCALES[0] if request.headers.get("accept-language", "").lower().startswith("zh") else LOCALES[1]
