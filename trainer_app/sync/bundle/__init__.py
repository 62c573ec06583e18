"""A stick as carrier: one sealed file with segments, receipts and what the sender holds, and its answer.

`format` is the bytes, `sealing` the lock (age), `stick` the file on the stick; `packing` makes a laptop's
bundle, `taking` stores one at the centre or a supervisor's laptop, `replying` answers it, `homecoming` takes
the answer. What is in a bundle is stored by `sync.intake` and `sync.arrival` like everything that comes
another way. Enrolment and the choice of who may send do not belong here.
"""
