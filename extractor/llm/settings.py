"""Where the model is and what it costs: settings from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from extractor.llm.limits import AT_ONCE, Limits
from extractor.llm.profiles import Profile, profiles


class SettingsError(ValueError):
    """A setting that can't be used; the text names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`price_in`, `price_out`: money per million tokens, None where not told. `cache`: the file of answers, None for none.
    `batch_share`: of those prices, what a request in a batch file costs, None where not told."""

    base_url: str
    key: str
    model: str
    profile: Profile
    price_in: float | None = None
    price_out: float | None = None
    cache: Path | None = None
    limits: Limits = field(default_factory=Limits)
    batch_share: float | None = None

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """What so many tokens cost; None where the prices are not told."""
        if self.price_in is None or self.price_out is None:
            return None
        return (tokens_in * self.price_in + tokens_out * self.price_out) / 1e6

    def __repr__(self) -> str:
        """Without the key: this may come into a log."""
        return f"Settings({self.model!r} at {self.base_url!r}, profile {self.profile.name!r})"


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings | None:
    """The settings in EXTRACTOR_…, None where no model is set. Raises SettingsError.

    EXTRACTOR_MODEL, EXTRACTOR_BASE_URL, EXTRACTOR_API_KEY (a local server may need none), EXTRACTOR_PROFILE (default
    openai), EXTRACTOR_CACHE (a file, or "off"), EXTRACTOR_PRICE_IN, EXTRACTOR_PRICE_OUT, EXTRACTOR_BATCH_SHARE (of the
    prices, for batch files), EXTRACTOR_RPM, EXTRACTOR_TPM, EXTRACTOR_CONCURRENCY."""
    model = environment.get("EXTRACTOR_MODEL", "")
    if not model:
        return None
    base_url = environment.get("EXTRACTOR_BASE_URL", "")
    if not base_url.startswith(("http://", "https://")):
        raise SettingsError("EXTRACTOR_BASE_URL")
    profile = profiles().get(environment.get("EXTRACTOR_PROFILE", "openai"))
    if profile is None:
        raise SettingsError(f"EXTRACTOR_PROFILE ({', '.join(profiles())})")
    return Settings(
        base_url, environment.get("EXTRACTOR_API_KEY", "none"), model, profile,
        _number(environment, "EXTRACTOR_PRICE_IN"), _number(environment, "EXTRACTOR_PRICE_OUT"), _cache(environment),
        _limits(environment), _number(environment, "EXTRACTOR_BATCH_SHARE"),
    )


def _limits(environment: Mapping[str, str]) -> Limits:
    requests, tokens, at_once = (_number(environment, f"EXTRACTOR_{name}") for name in ("RPM", "TPM", "CONCURRENCY"))
    for name, number in (("RPM", requests), ("TPM", tokens), ("CONCURRENCY", at_once)):
        if number is not None and number < 1:
            raise SettingsError(f"EXTRACTOR_{name}")
    return Limits(requests, tokens, int(at_once or AT_ONCE))


def _number(environment: Mapping[str, str], name: str) -> float | None:
    text = environment.get(name, "")
    try:
        number = float(text) if text else None
    except ValueError:
        raise SettingsError(name) from None
    if number is not None and not (number >= 0 and isfinite(number)):
        raise SettingsError(name)
    return number


def _cache(environment: Mapping[str, str]) -> Path | None:
    told = environment.get("EXTRACTOR_CACHE", "")
    if told == "off":
        return None
    home = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(told) if told else Path(home) / "extractor" / "answers.sqlite"
