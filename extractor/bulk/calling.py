"""From the options of `extractor run` to an order, or to what is wrong with them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from extractor.bulk.order import Order
from extractor.messages import text

if TYPE_CHECKING:
    from extractor.llm.settings import Settings
    from extractor.reading.modes import Mode

_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)(t?)")


def order(options: Mapping[str, Any]) -> Order:
    """The order in these options. Raises click.UsageError."""
    if not options["sources"] and not options["lists"]:
        raise click.UsageError("name a SOURCE, or --list FILE")
    if options["deep"] and find_spec("scipy") is None:
        raise click.UsageError(text("E-NO-MILP", {}, "en"))
    if options["engine"] == "ray" and find_spec("ray") is None:
        raise click.UsageError("--engine ray: pip install 'extractor[ray]'")
    if options["address"] is not None and options["engine"] != "ray":
        raise click.UsageError("--address goes with --engine ray")
    mode: Mode = options["mode"] or ("cascade" if os.environ.get("EXTRACTOR_MODEL") else "grid")
    models = _models(mode, options) if mode != "grid" else ()
    vision = _vision(options) if options["second_look"] else None
    money, tokens = _budget(options["budget"])
    asked = models if vision is None else (*models, vision)
    if money is not None and any(m.price_in is None or m.price_out is None for m in asked):
        raise click.UsageError("--budget in money needs EXTRACTOR_PRICE_IN and EXTRACTOR_PRICE_OUT")
    cores = _cores()
    workers = options["workers"] or cores
    return Order(
        tuple(options["sources"]), tuple(options["lists"]), options["archive"], mode, options["deep"], models, workers, money,
        tokens, options["retry_failed"], options["engine"], options["address"], max(cores // workers, 1), options["keep_pages"],
        vision,
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _budget(amount: str | None) -> tuple[float | None, int | None]:
    """Money or tokens."""
    if amount is None:
        return None, None
    match = _AMOUNT.fullmatch(amount)
    if match is None:
        raise click.UsageError("--budget: an amount of money (12.50) or a number of tokens (2000000t) is wanted")
    return (None, int(float(match[1]))) if match[2] else (float(match[1]), None)


def _models(mode: Mode, options: Mapping[str, Any]) -> tuple[Settings, ...]:
    """The models that the environment names and the mode asks, with the limits of the call."""
    try:
        from extractor.asking import models
    except ModuleNotFoundError as missing:
        raise click.UsageError(text("E-NO-MODEL-PACKAGES", {"package": missing.name}, "en")) from None
    from extractor.llm.settings import SettingsError

    try:
        found = models()
    except SettingsError as error:
        raise click.UsageError(text("E-MODEL-SETTING", {"setting": error}, "en")) from None
    if not found:
        raise click.UsageError(text("E-MODEL-SETTING", {"setting": "EXTRACTOR_MODEL"}, "en"))
    asked = found if mode == "challenge" else found[:1]
    return tuple(_limited(settings, options) for settings in asked)


def _vision(options: Mapping[str, Any]) -> Settings:
    """The model of a second look, with the limits of the call."""
    try:
        from extractor.looking import vision_model
    except ModuleNotFoundError as missing:
        raise click.UsageError(text("E-NO-MODEL-PACKAGES", {"package": missing.name}, "en")) from None
    from extractor.llm.settings import SettingsError

    try:
        return _limited(vision_model(), options)
    except SettingsError as error:
        raise click.UsageError(text("E-MODEL-SETTING", {"setting": error}, "en")) from None


def _limited(settings: Settings, options: Mapping[str, Any]) -> Settings:
    told = {
        name: options[option] for name, option in (("requests", "rpm"), ("tokens", "tpm"), ("concurrency", "concurrency"))
        if options[option] is not None
    }
    return replace(settings, limits=replace(settings.limits, **told))
