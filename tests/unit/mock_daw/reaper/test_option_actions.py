import pytest

from mock_daw.reaper.actions import Actions
from mock_daw.reaper.option_actions import NEW_RECORDING, TOGGLES
from tests.unit.mock_daw.reaper.desks import live_with

SNAPPING = 1157


@pytest.mark.parametrize("action", TOGGLES)
def test_an_option_is_toggled_and_tells_its_state(action):
    live = live_with()
    actions = Actions(live)
    before = actions.state(action)
    assert before == int(action in live.options)
    actions.run(action)
    assert actions.state(action) == 1 - before
    actions.run(action)
    assert actions.state(action) == before
    assert live.changes == 0


def test_of_the_ways_to_record_one_is_on():
    actions = Actions(live_with())
    for action in (*NEW_RECORDING, *NEW_RECORDING):
        actions.run(action)
        assert [number for number in NEW_RECORDING if actions.state(number)] == [action]


def test_snapping_is_on_in_a_fresh_reaper():
    assert Actions(live_with()).state(SNAPPING) == 1
