"""The model of a whole definition file: the fixed blocks, and the settings of every table there is."""

from __future__ import annotations

from collections.abc import Container
from functools import cache
from typing import Any

from pydantic import Field, create_model

from saasmetrics import catalog
from saasmetrics.definitions.base import Base, block
from saasmetrics.definitions.blocks import Block, extended, settings_of
from saasmetrics.definitions.churn_risk import ChurnRisk
from saasmetrics.definitions.expansion import Expansion
from saasmetrics.definitions.friction import Friction
from saasmetrics.definitions.health import Health
from saasmetrics.definitions.journey import Journey
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.pricing import Pricing
from saasmetrics.definitions.qualification import Qualification
from saasmetrics.definitions.reliability import Reliability
from saasmetrics.definitions.revenue import Revenue
from saasmetrics.definitions.work import Activation, Value

OWN: dict[str, type[Base]] = {
    "value": Value, "activation": Activation, "churn_risk": ChurnRisk, "expansion": Expansion,
    "qualification": Qualification, "journey": Journey, "friction": Friction, "pricing": Pricing, "revenue": Revenue,
    "reliability": Reliability, "health": Health,
}  # fmt: skip


def definition_model(written: Container[str] | None = None) -> type[Definition]:
    """`Definition`, in which each folder of tables has its block; one class as long as the tables stay the same.

    Of a file that has only the `written` blocks, no tables of other folders are asked for their settings.
    """
    told = [(folder, text, settings_of(folder) if written is None or folder in written else None) for folder, text in catalog.folders().items()]
    return _built(repr(told), tuple(folder for folder, _, settings in told if settings is not None))


@cache
def _built(_tables: str, asked: Container[str]) -> type[Definition]:
    free = {
        name: text for name, text in catalog.folders().items() if name in OWN or name not in Definition.model_fields
    }
    added = {folder: _block(folder, text, folder in asked) for folder, text in free.items() if folder in asked or folder not in OWN}
    made: type[Definition] = create_model("Definition", __base__=Definition, __doc__=Definition.__doc__, **added)
    return made


def _block(folder: str, text: str, asked: bool) -> Any:
    base = OWN.get(folder, Block)
    model = extended(base, folder) if asked else base
    if base is Activation:
        return model | None, Field(default=None, description=Definition.model_fields[folder].description)
    known = Definition.model_fields.get(folder)
    about = known.description if known else text.strip().split("\n", 1)[0] or f"settings of the tables of {folder}"
    return model, block(model, about)
