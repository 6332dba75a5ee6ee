import pytest

from mock_daw.live import PlayState
from mock_daw.reaper.action_table import TABLE
from mock_daw.reaper.actions import Actions
from mock_daw.session import Marker, Point
from tests.unit.mock_daw.reaper.desks import live_with, send, track


def actions_on(*tracks, **values):
    live = live_with(*tracks, **values)
    return live, Actions(live)


def test_an_unknown_action_does_nothing():
    live, actions = actions_on(track("A"))
    before = live.session
    for command in (0, -1, 99_999_999, "_RS123", "words", "", "١٢"):
        assert not actions.run(command)
        assert not actions.has(command)
        assert actions.state(command) == -1
    assert live.session == before


def test_an_action_is_run_by_number_or_by_its_digits():
    live, actions = actions_on()
    assert actions.run(1007)
    assert live.state == PlayState.PLAYING
    assert actions.run("1016")
    assert live.state == PlayState.STOPPED


@pytest.mark.parametrize(
    ("commands", "state"),
    [
        ((1007,), PlayState.PLAYING),
        ((1007, 1008), PlayState.PAUSED),
        ((1013,), PlayState.PLAYING | PlayState.RECORDING),
        ((1013, 1013), PlayState.STOPPED),
        ((40044,), PlayState.PLAYING),
        ((40044, 40044), PlayState.STOPPED),
        ((40073, 40073), PlayState.PAUSED),
        ((40073, 40073, 40073), PlayState.PLAYING),
    ],
)
def test_the_transport(commands, state):
    live, actions = actions_on()
    for command in commands:
        actions.run(command)
    assert live.state == state


def test_toggles_know_their_state():
    _, actions = actions_on()
    for command in (1007, 1008, 1013, 1068, 40364):
        assert actions.state(command) == 0
    for command in (1068, 40364, 1007):
        actions.run(command)
        assert actions.state(command) == 1
    assert actions.state(40029) == -1


def test_mute_and_solo_are_cleared_in_one_step_and_undone():
    live, actions = actions_on(track("A", muted=True, solo=1), track("B", muted=True))
    actions.run(40339)
    actions.run(40340)
    assert live.undo_names == ("Unmute all tracks", "Unsolo all tracks")
    assert [(t.muted, t.solo) for t in live.session.tracks] == [(False, 0), (False, 0)]
    actions.run(40029)
    actions.run(40029)
    assert [(t.muted, t.solo) for t in live.session.tracks] == [(True, 1), (True, 0)]
    actions.run(40030)
    assert [t.muted for t in live.session.tracks] == [False, False]


def test_selecting_makes_no_undo_step():
    live, actions = actions_on(track("A"), track("B"))
    actions.run(40296)
    assert [t.selected for t in live.session.tracks] == [True, True]
    actions.run(40297)
    assert [t.selected for t in live.session.tracks] == [False, False]
    assert live.undo_names == ()


def test_a_new_track_comes_behind_the_last_selected_one_and_is_selected_alone():
    live, actions = actions_on(track("A", selected=True), track("B"))
    actions.run(40001)
    actions.run(40001)
    tracks = live.session.tracks
    assert [t.name for t in tracks] == ["A", "", "", "B"]
    assert [t.selected for t in tracks] == [False, False, True, False]
    assert len({t.guid for t in tracks}) == 4
    assert live.undo_names == ("Insert new track", "Insert new track")


def test_a_new_track_after_an_undo_has_a_guid_of_its_own():
    live, actions = actions_on()
    actions.run(40001)
    first = live.session.tracks[0].guid
    actions.run(40029)
    actions.run(40001)
    assert live.session.tracks[0].guid != first


def test_removed_tracks_take_the_sends_to_them_along():
    live, actions = actions_on(track("A", sends=(send("B"), send("C"))), track("B", selected=True), track("C"))
    actions.run(40005)
    assert [t.name for t in live.session.tracks] == ["A", "C"]
    assert [s.to for s in live.session.tracks[0].sends] == ["{C}"]


def test_what_lay_in_a_removed_folder_moves_out_of_it():
    live, actions = actions_on(
        track("Drums", folder_depth=1, selected=True),
        track("Kick", folder_depth=1),
        track("Kick In", folder_depth=-1),
        track("Snare", folder_depth=-1),
        track("Bass"),
    )
    actions.run(40005)
    assert [(t.name, t.folder_depth) for t in live.session.tracks] == [
        ("Kick", 1),
        ("Kick In", -1),
        ("Snare", 0),
        ("Bass", 0),
    ]


def test_removing_the_end_of_a_folder_closes_it_before():
    live, actions = actions_on(
        track("Drums", folder_depth=1), track("Kick"), track("Snare", folder_depth=-1, selected=True), track("Bass")
    )
    actions.run(40005)
    assert [t.folder_depth for t in live.session.tracks] == [1, -1, 0]


def test_all_tracks_can_be_removed():
    live, actions = actions_on(track("A", folder_depth=1), track("B", folder_depth=-1))
    actions.run(40296)
    actions.run(40005)
    assert live.session.tracks == ()


def test_the_cursor_goes_from_marker_to_marker_and_to_the_ends():
    live, actions = actions_on(
        markers=(Marker("{1}", 1, 2.0), Marker("{2}", 2, 4.0, 8.0), Marker("{3}", 7, 1.0)),
    )
    stops = []
    for _ in range(5):
        actions.run(40173)
        stops.append(live.edit_position_s)
    assert stops == [1.0, 2.0, 4.0, 8.0, 8.0]
    actions.run(40172)
    assert live.edit_position_s == 4.0
    actions.run(40042)
    assert live.edit_position_s == 0.0
    actions.run(40172)
    assert live.edit_position_s == 0.0
    actions.run(40043)
    assert live.edit_position_s == 8.0
    actions.run(40167)
    assert live.edit_position_s == 1.0
    actions.run(40169)
    assert live.edit_position_s == 1.0


def test_a_new_marker_takes_the_lowest_free_number():
    live, actions = actions_on(markers=(Marker("{1}", 1, 2.0), Marker("{3}", 3, 4.0), Marker("{R}", 2, 0.0, 1.0)))
    live.seek(3.0)
    actions.run(40157)
    assert (live.session.markers[-1].number, live.session.markers[-1].position_s) == (2, 3.0)
    assert live.undo_names == ("Insert marker",)


def test_refreshing_calls_the_surfaces():
    _, actions = actions_on()
    seen = []
    actions.on_refresh.append(lambda: seen.append("osc"))
    assert actions.run(41743)
    assert seen == ["osc"]


def test_named_actions_are_registered_numbered_and_run():
    _, actions = actions_on()
    seen = []
    number = actions.register("_RS7d3c", lambda: seen.append("script"), words="Script: mix", state=lambda: bool(seen))
    assert actions.lookup("_RS7d3c") == number > 0
    assert actions.state("_RS7d3c") == 0
    assert actions.run("_RS7d3c")
    assert actions.run(number)
    assert seen == ["script", "script"]
    assert actions.state(number) == 1
    assert actions.words()[number] == "Script: mix"


def test_registering_a_number_anew_keeps_its_words():
    _, actions = actions_on()
    seen = []
    assert actions.register(1007, lambda: seen.append("played")) == 1007
    actions.run(1007)
    assert seen == ["played"]
    assert actions.words()[1007] == "Transport: Play"


def test_every_action_has_words_and_runs_on_any_session():
    for command in TABLE:
        live, actions = actions_on(track("A", selected=True), track("B", folder_depth=1))
        assert actions.words()[command]
        assert actions.run(command)
        live.undo()


@pytest.mark.parametrize(("command", "name", "at_rest"), [(40406, "Volume", 1.0), (40407, "Pan", 0.0)])
def test_an_envelope_is_made_when_it_is_shown_and_hidden_again(command, name, at_rest):
    live, actions = actions_on(track("A", selected=True), track("B"))
    actions.run(command)
    [envelope] = live.session.tracks[0].envelopes
    assert (envelope.name, envelope.visible, envelope.points) == (name, True, (Point(0.0, at_rest),))
    assert live.session.tracks[1].envelopes == ()
    actions.run(command)
    assert [(e.guid, e.visible) for e in live.session.tracks[0].envelopes] == [(envelope.guid, False)]


def test_the_metronome_is_switched_on_and_off():
    live, actions = actions_on()
    clicks = []
    for command in (41745, 41745, 41746):
        actions.run(command)
        clicks.append(live.session.metronome)
    assert clicks == [True, True, False]


def test_the_master_is_muted_and_unmuted():
    live, actions = actions_on(track("A"))
    actions.run(14)
    assert (live.session.master.muted, live.session.tracks[0].muted) == (True, False)
    assert live.undo_names == ("Toggle mute for master track",)
    actions.run(14)
    assert not live.session.master.muted
