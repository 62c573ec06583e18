"""The compression dictionaries that this program knows, by the number in a frame's head.

A dictionary is never changed, for segments compressed with it live for ever: a better one gets the next
number and a line here. They are trained from made-up data by resources/sync/make_dictionary.py.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import zstandard

from trainer_app.records.segment.faults import DICTIONARY, MALFORMED, SegmentFault

CURRENT = 1
_FILES = {1: "segment-1.dict"}
#: Larger than this a window need not be, for nothing larger is ever unpacked.
_WINDOW_LOG = 23


@cache
def _dictionary(number: int) -> zstandard.ZstdCompressionDict | None:
    if number == 0:
        return None
    if number not in _FILES:
        raise SegmentFault(DICTIONARY, str(number))
    data = files("trainer_app.resources").joinpath("sync", _FILES[number]).read_bytes()
    return zstandard.ZstdCompressionDict(data)


def compress(raw: bytes, level: int, number: int = CURRENT) -> bytes:
    """One zstd frame with checksum and dictionary number, without the length, which the segment's header
    tells.
    """
    parameters = zstandard.ZstdCompressionParameters.from_level(
        level,
        source_size=len(raw),
        dict_size=_DICTIONARY_SIZE,
        write_checksum=1,
        write_content_size=0,
        write_dict_id=1,
    )
    compressor = zstandard.ZstdCompressor(dict_data=_dictionary(number), compression_params=parameters)
    return compressor.compress(raw)


_DICTIONARY_SIZE = 16 * 1024


def decompress(frame: bytes, length: int) -> bytes:
    """The `length` bytes in a zstd frame. Raises `SegmentFault`; never takes more memory than that for the
    result.
    """
    try:
        parameters = zstandard.get_frame_parameters(frame)
        # a length told by the frame itself would be believed by the library and allocated before anything is
        # read
        if parameters.content_size not in (zstandard.CONTENTSIZE_UNKNOWN, length):
            raise SegmentFault(MALFORMED, "length")
        decompressor = zstandard.ZstdDecompressor(
            dict_data=_dictionary(parameters.dict_id), max_window_size=1 << _WINDOW_LOG
        )
        raw = decompressor.decompress(frame, max_output_size=length, allow_extra_data=False)
    except zstandard.ZstdError as fault:
        raise SegmentFault(MALFORMED, "zstd") from fault
    if len(raw) != length:
        raise SegmentFault(MALFORMED, "length")
    return raw
