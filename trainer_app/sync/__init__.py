"""Moving what was saved between stores: receipts, one exchange in both directions, enrolment, carriers.

Carriers only move bytes (`carriers/`, one file each, one list). What a segment is lives in `records.segment`,
how it is stored in `storage`; who may send what is decided in `answer`, which centre and hub share.
"""
