"""What a run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from extractor.bulk.configuration import Configuration, configuration

if TYPE_CHECKING:
    from extractor.llm.settings import Settings
    from extractor.reading.modes import Mode


@dataclass(frozen=True, slots=True)
class Order:
    """`models` are those that the mode asks; `money` and `tokens` bound what they may take. `engine`: a pool of `workers`
    processes here, each with `threads` for OCR, or the Ray cluster at `address`. `vision`: the model of a second
    look, if one is wanted."""

    sources: tuple[str, ...]
    lists: tuple[str, ...]
    archive: str
    mode: Mode
    deep: bool
    models: tuple[Settings, ...]
    workers: int
    money: float | None = None
    tokens: int | None = None
    retry_failed: bool = False
    engine: Literal["local", "ray"] = "local"
    address: str | None = None
    threads: int = 1
    keep_pages: bool = False
    vision: Settings | None = None

    @property
    def configuration(self) -> Configuration:
        return configuration(self.mode, self.deep, self.models, self.vision)
