import math
from dataclasses import replace

import numpy as np
import pyloudnorm
import pytest
import soundfile as sf

from agent.daw import SessionUnreadable, WriteRefused
from agent.mixing import Wish
from agent.policy import shipped
from agent.session import FLAT_EQ, Settings, Strip
from bridge.embedded import EmbeddedDaw
from bridge.jobs import differences, mix, preview_mix
from bridge.progress import Stage
from tests.mixes import POLICY, RATE_HZ, daw_of, described, song, tone


class Recorder:
    def __init__(self):
        self.stages, self.done = [], {}

    def begin(self, stage, total):
        self.stages.append((stage, total))
        self.done[stage] = 0.0

    def advance(self, by):
        self.done[self.stages[-1][0]] += by


def test_the_file_is_at_the_target_and_under_the_ceiling(tmp_path):
    daw = song()
    result = mix(daw, Wish(loudness_lufs=-16.0), POLICY, tmp_path / "mix.wav")
    audio, rate = sf.read(tmp_path / "mix.wav")
    assert pyloudnorm.Meter(rate).integrated_loudness(audio) == pytest.approx(-16.0, abs=0.1)
    assert result.finish.measured.true_peak_dbtp <= -1.0
    assert len(audio) == 3 * RATE_HZ
    assert sf.info(tmp_path / "mix.wav").subtype == "PCM_24"


def test_the_daw_stands_at_the_settings_of_the_report_in_one_undo_step(tmp_path):
    daw = song()
    found = daw.read().settings
    result = mix(daw, Wish(), POLICY, tmp_path / "mix.wav")
    assert daw.read().settings == result.settings != found
    assert daw.engine.undo_names == ("Faderbot: auto-mix (3 tracks)",)
    daw.undo()
    assert daw.read().settings == found


def test_the_daw_at_these_settings_renders_the_file_but_for_limiter_and_rounding(tmp_path):
    daw = song()
    result = mix(daw, Wish(loudness_lufs=-23.0), POLICY, tmp_path / "mix.wav")
    assert result.finish.limiter is None
    rendered = np.concatenate(list(daw.render()))
    assert sf.read(tmp_path / "mix.wav", dtype="float32")[0] == pytest.approx(rendered, abs=2.0**-22)


def test_only_the_mix_is_left_in_the_folder(tmp_path):
    mix(song(), Wish(), POLICY, tmp_path / "mix.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["mix.wav"]


def test_a_peaky_mix_is_limited_and_made_up_for(tmp_path):
    clicks = tone(300, 0.02)
    clicks[::2000] += 0.2
    result = mix(daw_of(Clicks=clicks), Wish(loudness_lufs=-19.0), POLICY, tmp_path / "mix.wav")
    assert 0.0 < result.finish.limiter.max_reduction_db <= 12.1
    assert result.finish.file_gain_db > 0.0
    assert result.finish.measured.integrated_lufs == pytest.approx(-19.0, abs=0.06)
    assert result.finish.measured.true_peak_dbtp <= -1.0
    (note,) = (note for note in result.notes if note.startswith("limiter, in the file only: took off at most"))
    assert ("more than 3 dB may be heard" in note) == (result.finish.limiter.max_reduction_db > 3.0)


def test_a_target_out_of_reach_is_said_and_the_ceiling_holds(tmp_path):
    clicks = np.zeros((3 * RATE_HZ, 2), np.float32)
    clicks[::4000] = 0.9
    result = mix(daw_of(Clicks=clicks), Wish(loudness_lufs=-6.0), POLICY, tmp_path / "mix.wav")
    assert result.finish.measured.true_peak_dbtp <= -1.0
    assert result.finish.measured.integrated_lufs < -6.1
    assert result.finish.limiter.max_reduction_db == pytest.approx(12.0, abs=0.3)
    assert any("more than 3 dB may be heard" in note for note in result.notes)
    assert "not −6.0 LUFS: more would take over 12 dB off its peaks" in result.notes[-1]


def test_a_mix_too_quiet_for_its_faders_gets_the_rest_in_the_file(tmp_path):
    result = mix(daw_of(Hum=tone(300, 0.0012)), Wish(loudness_lufs=-10.0), POLICY, tmp_path / "mix.wav")
    assert result.settings.master_gain_db <= 24.0
    assert result.finish.measured.integrated_lufs == pytest.approx(-10.0, abs=0.1)


def test_strength_zero_changes_nothing_but_still_guards_the_ceiling(tmp_path):
    daw = daw_of(Loud=tone(300, 0.9), Louder=tone(310, 0.9))
    result = mix(daw, Wish(strength=0.0), POLICY, tmp_path / "mix.wav")
    assert result.settings == result.session.settings == daw.read().settings
    assert daw.engine.undo_names == ()
    assert result.before.true_peak_dbtp > 0.0
    assert result.finish.measured.true_peak_dbtp <= -1.0
    assert result.finish.limiter is not None
    assert "strength 0: no setting was changed" in result.notes


def test_the_figures_after_are_those_of_what_came_out(tmp_path):
    result = mix(song(), Wish(loudness_lufs=-16.0), POLICY, tmp_path / "mix.wav")
    assert result.after.loudness_lufs == result.finish.measured.integrated_lufs != result.plan.after.loudness_lufs
    assert result.after.cost.loudness == 0.0
    shown = described(result)
    assert shown.after.cost.total == pytest.approx(result.after.cost.total, abs=1e-4)
    assert shown.after.figures.loudness_lufs == pytest.approx(result.after.loudness_lufs, abs=1e-4)


def test_a_target_out_of_reach_costs_what_it_costs(tmp_path):
    clicks = np.zeros((3 * RATE_HZ, 2), np.float32)
    clicks[::4000] = 0.9
    result = mix(daw_of(Clicks=clicks), Wish(loudness_lufs=-6.0), POLICY, tmp_path / "mix.wav")
    assert result.after.cost.loudness == pytest.approx(min(1.0, (-6.5 - result.after.loudness_lufs) / 6.0), abs=1e-6)
    assert described(result).after.cost.loudness > 0.0


def test_the_master_goes_down_no_further_than_24_db_and_the_file_gets_the_rest(tmp_path):
    loud = {f"Loud {k}": tone(300.0 + 10 * k, 0.95) for k in range(8)}
    daw = daw_of(**loud)
    strips = tuple(Strip(12.0) for _ in loud)
    daw.apply(Settings(strips, 3.0), "loud")
    result = mix(daw, Wish(loudness_lufs=-40.0, locked=tuple(range(8))), POLICY, tmp_path / "mix.wav")
    assert result.settings.master_gain_db == 3.0 - 24.0
    assert result.finish.limiter is None
    assert result.finish.file_gain_db < -1.0
    assert result.finish.measured.integrated_lufs == pytest.approx(-40.0, abs=0.1)
    assert any(note.endswith("dB made up for a master fader at its end") for note in result.notes)
    assert result.reasons[-1].text == "Master −24.0 dB: brings the mix to −40.0 LUFS, with the gain in the file"


def test_half_the_strength_is_half_the_way_in_db(tmp_path):
    whole = preview_mix(song(), Wish(), POLICY)
    half = mix(song(), Wish(strength=0.5), POLICY, tmp_path / "mix.wav")
    for full, part in zip(whole.settings.strips, half.settings.strips, strict=True):
        assert part.gain_db == pytest.approx(full.gain_db / 2)
        assert part.eq_gains_db == pytest.approx([gain / 2 for gain in full.eq_gains_db])
    assert half.settings.master_gain_db == pytest.approx(whole.plan.settings.master_gain_db / 2)
    assert half.finish.file_gain_db == 0.0


def test_a_preview_changes_nothing(tmp_path):
    daw = song()
    result = preview_mix(daw, Wish(), POLICY)
    assert result.finish is None
    assert result.settings != daw.read().settings == result.session.settings


def test_a_preview_shows_what_a_mix_does(tmp_path):
    for target in (-16.0, -23.0):
        shown = preview_mix(song(), Wish(loudness_lufs=target), POLICY)
        done = mix(song(), Wish(loudness_lufs=target), POLICY, tmp_path / "mix.wav")
        assert shown.settings.master_gain_db == pytest.approx(done.settings.master_gain_db, abs=0.2)  # the twin's
        assert shown.after.loudness_lufs == pytest.approx(target, abs=0.01)
        assert shown.reasons[-1].text.endswith(f"brings the mix to −{-target:.1f} LUFS")


def test_a_preview_below_full_strength_leaves_the_master_as_planned():
    result = preview_mix(song(), Wish(strength=0.5), POLICY)
    assert result.settings == result.plan.settings


def test_a_preview_says_that_the_limiter_will_probably_be_needed():
    clicks = tone(300, 0.02)
    clicks[::2000] += 0.2

    def on_limiter(target):
        notes = preview_mix(daw_of(Clicks=clicks), Wish(loudness_lufs=target), POLICY).notes
        return [note for note in notes if note.startswith("limiter")]

    assert on_limiter(-40.0) == []
    (note,) = on_limiter(-14.0)
    assert note.startswith("limiter, in the file only: probably needed, for about ")
    assert note.endswith("dB; more than 3 dB may be heard, a quieter target needs less")


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish(focus=(1,)), ["focus: wanted is Bass 3 dB above the level of the role"]),
        (
            Wish(focus=(1,), strength=0.5),
            ["focus: wanted is Bass 3 dB above the level of the role, and strength 0.5 goes that share of the way"],
        ),
        (Wish(focus=(1,), strength=0.0), ["focus on Bass has no effect: strength 0"]),
        (Wish(focus=(3,)), ["focus on Spare has no effect: silent"]),
        (Wish(focus=(0, 1, 2)), ["focus on Kick, Bass and Lead Vocal has no effect: every audible track is in focus"]),
        (Wish(focus=(0,), locked=(0, 1, 2)), ["focus on Kick has no effect: every audible track is locked"]),
        (
            Wish(focus=(0,), locked=(0,)),
            [
                "focus: wanted is Kick 3 dB above the level of the role",
                "focus on Kick can not lift: locked; only the others can make way",
            ],
        ),
    ],
)
def test_a_focus_is_said_as_a_wish_and_where_it_comes_to_nothing(wish, says):
    notes = preview_mix(song(Spare=np.zeros((RATE_HZ, 2))), wish, POLICY).notes
    assert [note for note in notes if note.startswith("focus")] == says


def test_the_others_make_way_for_a_focus_that_is_locked():
    daw = daw_of(A=tone(300, 0.1), B=tone(600, 0.1), C=tone(1200, 0.1))
    plain = preview_mix(daw, Wish(locked=(0,), eq=False), POLICY)
    focused = preview_mix(daw, Wish(locked=(0,), focus=(0,), eq=False), POLICY)
    for track in (1, 2):
        assert focused.settings.strips[track].gain_db < plain.settings.strips[track].gain_db


def test_a_silent_track_is_left_alone_and_named(tmp_path):
    result = mix(song(Spare=np.zeros((RATE_HZ, 2))), Wish(), POLICY, tmp_path / "mix.wav")
    assert result.settings.strips[3] == Strip()
    assert "silent (below −70 LUFS), left alone: Spare" in result.notes


def test_a_session_of_silence_is_left_alone_and_the_report_says_so(tmp_path):
    daw = daw_of(A=np.zeros((RATE_HZ, 2)), B=np.zeros((RATE_HZ, 2)))
    result = mix(daw, Wish(), POLICY, tmp_path / "mix.wav")
    assert result.settings == result.session.settings
    assert daw.engine.undo_names == ()
    assert "no track is audible: no setting was changed" in result.notes
    assert not sf.read(tmp_path / "mix.wav")[0].any()


def test_a_session_of_one_sample_is_left_alone_and_the_report_says_so(tmp_path):
    result = mix(daw_of(Tick=np.full((1, 2), 0.5)), Wish(), POLICY, tmp_path / "mix.wav")
    assert result.settings == result.session.settings
    assert any("too short for a loudness" in note for note in result.notes)
    assert len(sf.read(tmp_path / "mix.wav")[0]) == 1


def test_a_locked_track_is_left_alone_and_named(tmp_path):
    result = mix(song(), Wish(locked=(0,)), POLICY, tmp_path / "mix.wav")
    assert result.settings.strips[0] == Strip()
    assert "locked, left alone: Kick" in result.notes


def test_clipping_is_noticed():
    result = preview_mix(song(Guitar=np.clip(tone(200, 4.0), -1, 1)), Wish(), POLICY)
    assert any(note.startswith("Guitar reaches full scale 30 times") for note in result.notes)


def test_numbers_that_are_no_audio_are_refused():
    with pytest.raises(SessionUnreadable, match="which no audio does"):
        preview_mix(song(Noise=tone(200, 1e30)), Wish(), POLICY)


def test_progress_tells_every_stage_in_order(tmp_path):
    seen = Recorder()
    mix(song(), Wish(loudness_lufs=-20.0), POLICY, tmp_path / "mix.wav", progress=seen)
    stages = list(dict.fromkeys(stage for stage, _ in seen.stages))
    assert stages == [Stage.READ, Stage.HEAR, Stage.PLAN, Stage.RENDER, Stage.VERIFY]
    for stage, total in seen.stages:
        assert seen.done[stage] == pytest.approx(total)


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("bug")])
def test_what_fails_after_the_settings_were_applied_puts_the_session_back(tmp_path, failure):
    daw = song()
    daw.apply(Settings((Strip(-1.0), Strip(), Strip())), "the user's own step")
    found = daw.read().settings

    def deliver(_result):
        assert daw.read().settings != found
        raise failure

    with pytest.raises(type(failure)):
        mix(daw, Wish(), POLICY, tmp_path / "mix.wav", deliver=deliver)
    assert daw.read().settings == found
    assert daw.engine.undo_names == ("the user's own step",)


def test_a_failing_render_puts_the_session_back_and_leaves_no_render_behind(tmp_path):
    class Failing(EmbeddedDaw):
        renders = 0

        def render(self):
            self.renders += 1
            for block in super().render():
                yield block
                if self.renders == 2:
                    raise SessionUnreadable("the disk was pulled out")

    daw = Failing(song().engine)
    with pytest.raises(SessionUnreadable, match="pulled out"):
        mix(daw, Wish(), POLICY, tmp_path / "mix.wav")
    assert daw.read().settings == Settings((Strip(), Strip(), Strip()))
    assert daw.engine.undo_names == ()
    assert list(tmp_path.iterdir()) == []


def test_a_daw_that_takes_other_settings_is_put_back(tmp_path):
    class Coarse(EmbeddedDaw):
        def apply(self, settings, undo_name):
            return super().apply(replace(settings, master_gain_db=round(settings.master_gain_db) + 1.0), undo_name)

    daw = Coarse(song().engine)
    with pytest.raises(WriteRefused, match="master fader in dB reads"):
        mix(daw, Wish(), POLICY, tmp_path / "mix.wav")
    assert daw.engine.undo_names == ()


def test_a_step_that_was_never_made_is_not_undone(tmp_path):
    class Refusing(EmbeddedDaw):
        def apply(self, settings, undo_name):
            raise WriteRefused("no")

    daw = Refusing(song().engine)
    EmbeddedDaw.apply(daw, Settings((Strip(-1.0), Strip(), Strip())), "the user's own step")
    with pytest.raises(WriteRefused):
        mix(daw, Wish(), POLICY, tmp_path / "mix.wav")
    assert daw.engine.undo_names == ("the user's own step",)


def test_the_same_seed_gives_the_same_mix(tmp_path):
    policy = shipped()[0]
    one = mix(song(), Wish(), policy, tmp_path / "one.wav", seed=5)
    two = mix(song(), Wish(), policy, tmp_path / "two.wav", seed=5)
    assert one.settings == two.settings
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()


def changed(**what):
    return Settings((Strip(**what),))


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (changed(gain_db=-1.0), "the fader of track 1 in dB"),
        (changed(gain_db=-math.inf), "the fader of track 1 in dB"),
        (changed(pan=0.1), "the pan of track 1"),
        (changed(high_pass_hz=80.0), "the high-pass of track 1 in Hz"),
        (changed(eq=(*FLAT_EQ[:3], replace(FLAT_EQ[3], gain_db=1.0))), "EQ band 4 of track 1 in dB"),
        (Settings((Strip(),), 1.0), "the master fader in dB"),
        (Settings((Strip(),), 0.0, 121.0), "the tempo in BPM"),
        (Settings((Strip(), Strip())), "there are 2 tracks, not 1"),
    ],
)
def test_differences_are_named(read, words):
    assert words in next(differences(Settings((Strip(),)), read))


def test_settings_within_the_tolerance_do_not_differ():
    assert list(differences(changed(gain_db=-1.0), changed(gain_db=-1.0 + 1e-7))) == []
    assert list(differences(changed(gain_db=-math.inf), changed(gain_db=-math.inf))) == []
