from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from controlroom.base.canonical import from_json, from_toml, identity, to_json, to_toml


class Inner(msgspec.Struct, frozen=True):
    share: Fraction
    gain_db: float = 0.0


class Value(msgspec.Struct, frozen=True):
    name: str
    inner: tuple[Inner, ...] = ()
    place_s: float | None = None
    path: Path = Path("a/b")


def test_keys_are_sorted_so_that_order_is_no_difference():
    assert to_json({"b": 1, "a": 2}) == b'{"a":2,"b":1}'
    assert identity({"b": 1, "a": 2}) == identity({"a": 2, "b": 1})
    assert identity(1) != identity(2)


def test_numpy_figures_are_figures():
    assert to_json({"a": np.float32(0.5), "b": np.arange(2)}) == b'{"a":0.5,"b":[0,1]}'


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.tuples(st.fractions(0, 1), st.floats(-90, 20))),
    st.none() | st.floats(0, 1e6),
)
def test_toml_and_json_give_back_what_they_were_given(name, inner, place_s):
    value = Value(name, tuple(Inner(share, gain) for share, gain in inner), place_s)
    assert from_json(to_json(value), Value) == value
    assert from_toml(to_toml(value), Value) == value


def test_a_whole_number_written_by_hand_is_a_figure_too():
    assert from_toml('name = "x"\nplace_s = 3', Value).place_s == 3.0
