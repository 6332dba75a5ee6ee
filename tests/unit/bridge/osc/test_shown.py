import pytest

from bridge.osc.shown import number_in


@pytest.mark.parametrize(
    ("text", "number"),
    [("100 Hz", 100.0), ("2.50 kHz", 2500.0), ("-3.00 dB", -3.0), ("0,71", 0.71), ("−1.5 dB", -1.5), ("inf", None)],
)
def test_the_number_in_a_text(text, number):
    assert number_in(text) == pytest.approx(number) if number is not None else number_in(text) is None
