"""The model of a whole definition file: the fixed blocks, and the settings of every table there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def definition_model(written: Mapping[str, Any] | None = None) -> type[Definition]:
    """`Definition`, in which each folder of tables has its block; one class as long as the tables stay the same.

    Of a file that says no more than what is `written`, only the folders are looked at whose block holds more than its own keys.
    """
    told = {folder: (text, settings_of(folder)) for folder, text in catalog.folders().items() if written is None or _asked(folder, written)}
    return _built(repr(told), tuple(told)) if told else Definition


def _asked(folder: str, written: Mapping[str, Any]) -> bool:
    told, own = written.get(folder), OWN.get(folder)
    return folder in written and (own is None or (isinstance(told, Mapping) and not told.keys() <= own.model_fields.keys()))


@cache
def _built(_tables: str, asked: Sequence[str]) -> type[Definition]:
    free = [(folder, text) for folder, text in catalog.folders().items() if folder in asked and (folder in OWN or folder not in Definition.model_fields)]
    made: type[Definition] = create_model("Definition", __base__=Definition, __doc__=Definition.__doc__, **{folder: _block(folder, text) for folder, text in free})
    return made


def _block(folder: str, text: str) -> Any:
    base = OWN.get(folder, Block)
    model = extended(base, folder)
    if base is Activation:
        return model | None, Field(default=None, description=Definition.model_fields[folder].description)
    known = Definition.model_fields.get(folder)
    about = known.description if known else text.strip().split("\n", 1)[0] or f"settings of the tables of {folder}"
    return model, block(model, about)
