from agent.session import Session, Settings, Strip, Track
from bridge.reach import cut_off, within_reach

TRACKS = (Track("Kick"), Track("Bass"))
LOCKED = (Track("Kick"), Track("Bass", locked=True))
END_DB = 6.0


def of(*gains_db, master_db=0.0):
    return Settings(tuple(Strip(gain) for gain in gains_db), master_db)


def session_of(found, tracks=TRACKS):
    return Session("song", 48_000, 10.0, tracks, found)


FOUND = of(0.0, 0.0)


def reached(settings, tracks=TRACKS, found=FOUND):
    return within_reach(settings, session_of(found, tracks), END_DB, END_DB)


def lost(settings, tracks=TRACKS, found=FOUND):
    return cut_off(settings, reached(settings, tracks, found), session_of(found, tracks))


def heard(settings):
    return [strip.gain_db + settings.master_gain_db for strip in settings.strips]


def test_what_is_in_reach_stays_as_it_is():
    assert reached(of(6.0, -3.0, master_db=6.0)) == of(6.0, -3.0, master_db=6.0)


def test_faders_over_the_end_go_down_together_and_the_master_up():
    settings = of(10.0, -3.0, master_db=-2.0)
    assert reached(settings) == of(6.0, -7.0, master_db=2.0)
    assert heard(reached(settings)) == heard(settings)
    assert lost(settings) == []


def test_a_master_over_the_end_goes_down_to_it_and_the_faders_up_together():
    settings = of(1.0, -3.0, master_db=9.0)
    assert reached(settings) == of(4.0, 0.0, master_db=6.0)
    assert heard(reached(settings)) == heard(settings)
    assert lost(settings) == []


def test_a_master_at_its_end_makes_the_mix_softer_and_no_other():
    settings = of(10.0, 5.0, master_db=4.0)
    assert reached(settings) == of(6.0, 1.0, master_db=6.0)
    assert lost(settings) == []


def test_faders_at_their_end_can_not_make_up_for_all_of_a_master():
    settings = of(5.0, 0.0, master_db=9.0)
    assert reached(settings) == of(6.0, 1.0, master_db=6.0)
    assert lost(settings) == []


def test_faders_go_down_as_far_as_the_master_makes_up_for_it():
    assert reached(of(10.0, -11.0)) == of(6.0, -15.0, master_db=4.0)


def test_no_fader_goes_further_up_than_a_plan_may():
    assert reached(of(-9.0, 0.0, master_db=12.0), found=of(-20.0, 0.0)) == of(-8.0, 1.0, master_db=6.0)


def test_a_locked_track_does_not_come_along_so_that_the_others_are_cut_off():
    settings = of(10.0, -3.0)
    assert reached(settings, LOCKED) == of(6.0, -3.0)
    assert lost(settings, LOCKED) == ["Kick"]


def test_a_locked_fader_over_the_end_stays_there():
    found = of(0.0, 10.0)
    assert reached(found, LOCKED, found) == found


def test_a_master_over_the_end_comes_down_to_it_where_a_track_is_locked():
    assert reached(of(0.0, 0.0, master_db=9.0), LOCKED) == of(0.0, 0.0, master_db=END_DB)


def test_a_track_that_the_wish_locks_stays_like_one_that_the_daw_locks():
    settings = of(1.0, -3.0, master_db=9.0)
    kept = within_reach(settings, session_of(FOUND), END_DB, END_DB, locked=(1,))
    assert kept == of(1.0, -3.0, master_db=END_DB)


def test_a_silent_track_stays_and_keeps_nobody_from_coming_along():
    settings = of(1.0, -3.0, master_db=9.0)
    reached_without = within_reach(settings, session_of(FOUND), END_DB, END_DB, silent=(1,))
    assert reached_without == of(4.0, -3.0, master_db=END_DB)
    assert cut_off(settings, reached_without, session_of(FOUND), silent=(1,)) == []


def test_a_session_of_silent_tracks_has_nothing_to_bring_along():
    settings = of(1.0, -3.0, master_db=9.0)
    assert within_reach(settings, session_of(FOUND), END_DB, END_DB, silent=(0, 1)) == of(1.0, -3.0, master_db=END_DB)
    assert cut_off(settings, settings, session_of(FOUND), silent=(0, 1)) == []


def test_without_a_master_to_turn_down_all_faders_go_down():
    settings = of(1.0, -3.0, master_db=-8.0)
    reached = within_reach(settings, session_of(FOUND), END_DB, 0.0, master_lowest_db=0.0)
    assert reached == of(-7.0, -11.0, master_db=0.0)


def test_without_a_master_a_locked_track_holds_all_where_they_are():
    settings = of(1.0, -3.0, master_db=-8.0)
    reached = within_reach(settings, session_of(FOUND), END_DB, 0.0, master_lowest_db=0.0, locked=(1,))
    assert reached == of(1.0, -3.0, master_db=0.0)
