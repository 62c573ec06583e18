"""All kinds of record, in one place: importing this module declares every one of them."""

from __future__ import annotations

from trainer_app.records.assessment import Assessment
from trainer_app.records.channel import Channel, ChannelUse
from trainer_app.records.consent import Consent
from trainer_app.records.decision import Decision
from trainer_app.records.enterprise import Enterprise
from trainer_app.records.fields import KINDS, Record
from trainer_app.records.ids import RecordId, named_id, pair_id
from trainer_app.records.person import Person
from trainer_app.records.photo import Photo
from trainer_app.records.staff import Device, Policy, Staff
from trainer_app.records.training import (
    Attendance,
    Batch,
    Enrolment,
    Milestone,
    Module,
    Partner,
    Programme,
    Session,
    Target,
)
from trainer_app.records.visit import Visit

__all__ = [
    "KINDS",
    "Assessment",
    "Attendance",
    "Batch",
    "Channel",
    "ChannelUse",
    "Consent",
    "Decision",
    "Device",
    "Enrolment",
    "Enterprise",
    "Milestone",
    "Module",
    "Partner",
    "Person",
    "Photo",
    "Policy",
    "Programme",
    "Record",
    "Session",
    "Staff",
    "Target",
    "Visit",
    "derived_id",
]

#: The area of everything that the centre itself says.
CENTRE_AREA = 0


def derived_id(cls: type[Record], first: RecordId, second: RecordId | None = None) -> RecordId:
    """The id of a record that stands for one or two others: a mark, an enrolment, a consent, a first
    enterprise.
    """
    return named_id(first, cls.table) if second is None else pair_id(first, second)
