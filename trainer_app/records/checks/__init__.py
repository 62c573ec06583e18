"""Readers for what people type: NIK, phone, money, NIB and names.

Each module turns raw text into a frozen reading: the cleaned value, a status, and a finished sentence that
says what is wrong and what to do next. A reading never raises on text; only its status "error" means that the
value itself cannot be right. Questions that need other records (is this person already here?) belong to
`trainer_app.records.matching`.
"""
