"""Where the model is and what it costs: settings from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from extractor.llm.profiles import Profile, profiles


class SettingsError(ValueError):
    """A setting that can't be used; the text names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`price_in`, `price_out`: money per million tokens, None where not told. `cache`: the file of answers, None for none."""

    base_url: str
    key: str
    model: str
    profile: Profile
    price_in: float | None = None
    price_out: float | None = None
    cache: Path | None = None

    def __repr__(self) -> str:
        """Without the key: this may come into a log."""
        return f"Settings({self.model!r} at {self.base_url!r}, profile {self.profile.name!r})"


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings | None:
    """The settings in EXTRACTOR_…, None where no model is set. Raises SettingsError.

    EXTRACTOR_MODEL, EXTRACTOR_BASE_URL, EXTRACTOR_API_KEY (a local server may need none), EXTRACTOR_PROFILE (default
    openai), EXTRACTOR_CACHE (a file, or "off"), EXTRACTOR_PRICE_IN, EXTRACTOR_PRICE_OUT."""
    model = environment.get("EXTRACTOR_MODEL", "")
    if not model:
        return None
    base_url = environment.get("EXTRACTOR_BASE_URL", "")
    if not base_url.startswith(("http://", "https://")):
        raise SettingsError("EXTRACTOR_BASE_URL")
    profile = profiles().get(environment.get("EXTRACTOR_PROFILE", "openai"))
    if profile is None:
        raise SettingsError(f"EXTRACTOR_PROFILE ({', '.join(profiles())})")
    prices = _price(environment, "EXTRACTOR_PRICE_IN"), _price(environment, "EXTRACTOR_PRICE_OUT")
    return Settings(
        base_url, environment.get("EXTRACTOR_API_KEY", "none"), model, profile, prices[0], prices[1], _cache(environment)
    )


def _price(environment: Mapping[str, str], name: str) -> float | None:
    text = environment.get(name, "")
    try:
        return float(text) if text else None
    except ValueError:
        raise SettingsError(name) from None


def _cache(environment: Mapping[str, str]) -> Path | None:
    told = environment.get("EXTRACTOR_CACHE", "")
    if told == "off":
        return None
    home = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(told) if told else Path(home) / "extractor" / "answers.sqlite"
