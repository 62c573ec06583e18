"""What can be wrong with the bytes of a segment."""

from __future__ import annotations


class SegmentFault(Exception):
    """These bytes are not an acceptable segment. `code` is one of the constants below; nothing of it was
    used.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


#: Cut short or not a segment at all, or the inside contradicts itself.
MALFORMED = "malformed"
#: Larger than a segment may be, as sent or unpacked; told before the memory is taken.
OVERSIZE = "oversize"
#: The signature is not the replica's.
SIGNATURE = "signature"
#: Compressed with a dictionary that this program does not have: made by a later version of it.
DICTIONARY = "dictionary"
