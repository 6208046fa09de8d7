"""The thumbs below an answer. Chainlit's own routes let anybody rate anything; these check whose answer it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal, TypeVar

import chainlit as cl
from chainlit.auth import get_current_user
from fastapi import Depends, HTTPException, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.store.feedback import LONGEST_COMMENT, rate, take_back
from bot.ui.labels import NOT_SAVED
from bot.ui.patches import first

T = TypeVar("T")


class Rating(BaseModel):
    """What Chainlit's page sends for one thumb."""

    forId: str  # noqa: N815 - Chainlit's name
    value: Literal[0, 1]
    comment: str | None = None


class RateRequest(BaseModel):
    """A rating as it arrives."""

    feedback: Rating


class TakeBackRequest(BaseModel):
    """A rating to remove."""

    feedbackId: str  # noqa: N815 - Chainlit's name


def check_ratings(engine: Engine) -> None:
    """Serve the ratings before Chainlit's own routes do."""
    signed_in = Depends(get_current_user)

    async def put(request: RateRequest, user: cl.User | None = signed_in) -> Response:
        rating = request.feedback
        comment = (rating.comment or "")[:LONGEST_COMMENT]
        found = await _kept(rate, engine, _name(user), rating.forId, rating.value, comment)
        if found is None:
            raise HTTPException(status_code=404)
        return JSONResponse({"success": True, "feedbackId": found})

    async def remove(request: TakeBackRequest, user: cl.User | None = signed_in) -> Response:
        if not await _kept(take_back, engine, _name(user), request.feedbackId):
            raise HTTPException(status_code=404)
        return JSONResponse({"success": True})

    first("/feedback", put, ("PUT",))
    first("/feedback", remove, ("DELETE",))


async def _kept(work: Callable[..., T], *values: object) -> T:
    """Return what a write gives; where the database takes none, the page says that nothing was kept."""
    try:
        return await asyncio.to_thread(work, *values)
    except DBAPIError as error:
        raise HTTPException(status_code=503, detail=f"{NOT_SAVED.zh} {NOT_SAVED.en}") from error


def _name(user: cl.User | None) -> str:
    if user is None:
        raise HTTPException(status_code=401)
    return user.identifier
