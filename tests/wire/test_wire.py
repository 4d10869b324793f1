"""The grammar: what is sent arrives as it was, and nothing else is believed."""

import math
from collections import OrderedDict

import msgspec
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.wire import frames, messages
from grader.wire.frames import FrameReader, WireError
from grader.wire.tensors import StorageReader, StorageWriter, check_layout
from grader.wire.values import decode, encode


class Plain:
    """An end that sends tensors and keeps no objects."""

    def encode_tensor(self, tensor, storages):
        return storages.describe(tensor)

    def encode_object(self, thing):
        raise WireError("no objects here")

    def decode_tensor(self, value, storages):
        return storages.build(value)

    def decode_object(self, value):
        raise WireError("no objects here")


def there_and_back(thing):
    writer = StorageWriter()
    value = encode(thing, Plain(), writer)
    header = messages.encoder.encode(messages.Done(1, value))
    reply = messages.reply_decoder.decode(header)
    return decode(reply.value, Plain(), StorageReader(writer.body()))


plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
)
values = st.recursive(
    plain, lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@settings(max_examples=200, deadline=None, database=None)
@given(values)
def test_plain_values_arrive_as_they_were(value):
    assert there_and_back(value) == value


@settings(max_examples=50, deadline=None, database=None)
@given(
    st.sampled_from(
        [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64, torch.uint8, torch.bool, torch.complex64]
    ),
    st.lists(st.integers(0, 3), max_size=4),
)
def test_tensors_arrive_bit_for_bit(dtype, shape):
    tensor = torch.arange(math.prod(shape)).reshape(shape).to(dtype)
    back = there_and_back(tensor)
    assert back.dtype == dtype and back.shape == tensor.shape and torch.equal(back, tensor)


def test_strides_and_shared_storage_arrive():
    base = torch.arange(12.0).reshape(3, 4)
    a, b = there_and_back([base.t(), base[1:, ::2]])
    assert a.stride() == (1, 4) and torch.equal(b, base[1:, ::2])
    a[0, 1] = 99
    assert b[0, 0] == 99


def test_passing_tensors_do_not_take_the_place_of_those_that_were_freed():
    writer = StorageWriter()
    numbers = [writer.describe(torch.full((3,), float(i))).storage for i in range(50)]  # each is freed before the next is made
    assert numbers == list(range(50))


def test_kinds_and_order_of_containers_arrive():
    value = OrderedDict([("b", (1, [torch.Size([2])])), ("a", {3})])
    back = there_and_back(value)
    assert type(back) is OrderedDict and list(back) == ["b", "a"] and type(back["b"][1][0]) is torch.Size


def test_special_numbers_arrive():
    back = there_and_back([float("inf"), -0.0, 2**80, -(2**63), ...])
    assert back[0] == math.inf and math.copysign(1, back[1]) == -1 and back[2:4] == [2**80, -(2**63)] and back[4] is ...


@pytest.mark.parametrize(
    "prefix",
    [b"XXXX" + bytes(12), b"GRD1" + (2**31).to_bytes(4, "big") + bytes(8), b"GRD1" + bytes(4) + (2**60).to_bytes(8, "big")],
)
def test_a_frame_is_refused_before_anything_is_allocated(prefix):
    reader = FrameReader()
    reader.feed(prefix)
    with pytest.raises(WireError):
        reader.next()


def test_frames_are_cut_wherever_the_stream_is():
    stream = frames.pack(b"head", b"body") + frames.pack(b"h2")
    reader, found = FrameReader(), []
    for index in range(len(stream)):
        reader.feed(stream[index : index + 1])
        if frame := reader.next():
            found.append(frame)
    assert found == [(b"head", b"body"), (b"h2", b"")]


T = messages.TensorValue


@pytest.mark.parametrize(
    "value",
    [
        T(0, "float32", "cpu", (5,), (1,), 0, False),  # more than the 16 bytes that came
        T(0, "float32", "cpu", (2,), (-1,), 1, False),
        T(0, "float32", "cpu", (2, 2), (1,), 0, False),
        T(0, "float32", "cpu", (2,), (3,), 2, False),
        T(0, "float32", "cpu", (10**6, 10**6), (0, 0), 0, False),
        T(0, "float32", "cpu", (0, 2**40), (1, 1), 0, False),
        T(7, "float32", "cpu", (1,), (1,), 0, False),
        T(0, "float8_e5m2", "cpu", (1,), (1,), 0, False),
        T(0, "object", "cpu", (1,), (1,), 0, False),
        T(0, "float32", "meta", (1,), (1,), 0, False),
        T(0, "float32", "cpu", (1,) * 65, (1,) * 65, 0, False),
    ],
)
def test_a_tensor_that_does_not_match_its_bytes_is_refused(value):
    reader = StorageReader((16).to_bytes(8, "big") + bytes(16))
    with pytest.raises(WireError):
        reader.build(value)


def test_a_storage_that_is_cut_short_is_refused():
    with pytest.raises(WireError):
        StorageReader((16).to_bytes(8, "big") + bytes(3))


@settings(max_examples=300, deadline=None, database=None)
@given(st.binary(max_size=200))
def test_no_bytes_decode_to_anything_but_a_message(data):
    with pytest.raises((msgspec.MsgspecError, RecursionError)):
        messages.reply_decoder.decode(b"\xc1" + data)


def test_nesting_is_bounded():
    deep = b"\x92\xa4Done\x01"
    with pytest.raises((msgspec.MsgspecError, RecursionError)):
        messages.reply_decoder.decode(deep + b"\x93\xa9ManyValue\xa4list\x91" * 5000)


def test_what_has_no_place_on_the_wire_is_refused():
    for thing in (torch.ones(2).to_sparse(), object(), torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)):
        with pytest.raises(WireError):
            encode(thing, Plain(), StorageWriter())


def test_an_empty_tensor_of_any_shape_fits_no_bytes():
    check_layout(T(0, "float32", "cpu", (0, 3), (3, 1), 0, False), 0, 4)
