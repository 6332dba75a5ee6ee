"""The server without sockets and processes: who is told what, and when jobs are started, stopped and ended."""

import pytest

from bridge.control.core import CANCEL_LIMIT_S, Control, Interrupt, Kill, Say, Send, Start
from bridge.control.jobs import Ended, Way
from bridge.json_progress import Told
from bridge.osc.packets import Message, packed
from bridge.progress import Stage

SURFACE, DESK = ("10.0.0.5", 5000), ("10.0.0.6", 6000)
DONE = Ended(0, "Undone: mix")


class Talk:
    """A server that is talked to on a clock of the test's own."""

    def __init__(self):
        self.control, self.at_s = Control(Way(), 0.0), 0.0

    def say(self, address, *arguments, sender=SURFACE):
        return [e for d in packed([Message(f"/faderbot/{address}", arguments)]) for e in self.hear(d, sender)]

    def hear(self, datagram, sender=SURFACE):
        return self.control.heard(datagram, sender, self.at_s)

    def told(self, stage=Stage.HEAR, share=0.5, words=""):
        return self.control.told(Told(stage, share, words), self.at_s)

    def ended(self, ended=DONE):
        return self.control.ended(ended, self.at_s)

    def wait(self, seconds):
        self.at_s += seconds
        return self.control.passed(self.at_s)


@pytest.fixture
def talk():
    return Talk()


def sent(effects, to=SURFACE):
    """Return what is sent to somebody: address below ours, and arguments."""
    return [
        (e.message.address.removeprefix("/faderbot/"), *e.message.arguments)
        for e in effects
        if isinstance(e, Send) and e.to == to
    ]


def kinds(effects):
    return [type(e) for e in effects]


def started(effects):
    return next((e.words for e in effects if isinstance(e, Start)), None)


# Answers


def test_who_pings_is_answered_and_nobody_else(talk):
    talk.say("subscribe", sender=DESK)
    effects = talk.say("ping")
    assert effects == [Send(SURFACE, Message("/faderbot/pong"))]


def test_status_tells_what_goes_on_and_every_value_that_was_set(talk):
    talk.say("target", "broadcast")
    talk.say("strength", 0.5)
    talk.say("lock", 2)
    answers = sent(talk.say("status"))
    assert answers[0] == (
        *("status", "ready", "target broadcast", "strength 0.5", "style balanced", "eq on"),
        *("locked track 2", "focus none", "tempo keep"),
        "rhythm auto, density of the style, swing of the style, humanize 0.5, all bars, seed 0",
        "tune tracks, style balanced",
    )
    assert answers[1:6] == [("target", -23.0), ("strength", 0.5), ("style", "balanced"), ("eq", 1), ("tempo", "keep")]
    assert answers[6:] == [
        *[("rhythm/style", "auto"), ("rhythm/density", "style"), ("rhythm/swing", "style"), ("rhythm/humanize", 0.5)],
        *[("rhythm/bars", 0), ("rhythm/seed", 0)],
        *[("tune/style", "balanced"), ("tune/reference", ""), ("tune/scope", "tracks")],
    ]


def test_mistakes_are_told_to_who_made_them(talk):
    talk.say("subscribe", sender=DESK)
    effects = talk.say("strength", "loud")
    assert sent(effects) == [("error", "/faderbot/strength: 'loud' is no number")]
    assert sent(effects, DESK) == []


@pytest.mark.parametrize(
    "datagram", [b"", b"GET / HTTP/1.0", b"/faderbot/mix", b"#bundle\0", b"/faderbot/mix\0\0\0,f\0\0"]
)
def test_what_is_no_osc_is_passed_over(talk, datagram):
    assert talk.hear(datagram) == []


def test_what_is_for_others_is_passed_over(talk):
    (datagram,) = packed([Message("/track/1/volume", (0.5,))])
    assert talk.hear(datagram) == []


def test_two_servers_do_not_answer_each_others_answers(talk):
    for address, *arguments in [("error", "no"), ("pong",), ("done", "mixed", -20.0, -14.0), ("progress", 0.5, "hear")]:
        assert talk.say(address, *arguments) == []


def test_a_bundle_is_dealt_with_in_order(talk):
    (datagram,) = packed([Message("/faderbot/strength", (0.25,)), Message("/faderbot/mix", (1.0,))])
    assert "--strength=0.25" in started(talk.hear(datagram))


def test_a_value_that_was_set_is_told_to_other_surfaces_alone_and_once(talk):
    talk.say("subscribe")
    talk.say("subscribe", sender=DESK)
    effects = talk.say("strength", 0.5)
    assert (sent(effects), sent(effects, DESK)) == ([], [("strength", 0.5)])
    assert talk.say("strength", 0.5) == []


# Jobs


@pytest.mark.parametrize(("address", "state"), [("rhythm", "writing a rhythm 0 %"), ("tune", "tuning 0 %")])
def test_a_rhythm_and_a_tuning_are_jobs_as_a_mix_is(talk, address, state):
    assert started(talk.say(address, 1.0))[0] == address
    assert sent(talk.say("mix")) == [("error", f"one job at a time: {state}")]
    assert sent(talk.told(Stage.PLAN, 0.0, "bar 3")) == [("progress", 0.55, "bar 3")]
    assert kinds(talk.say("cancel"))[0] is Interrupt
    assert sent(talk.ended(Ended(130, err="faderbot: stopped; nothing was changed")))[0] == (
        "done",
        "stopped; nothing was changed",
    )


@pytest.mark.parametrize(
    ("address", "state"),
    [("learn", "learning from your changes"), ("learn/undo", "taking the last lesson back")],
)
def test_learning_is_a_job_as_others_are(talk, address, state):
    talk.say("subscribe", sender=DESK)
    assert talk.say(address, 0.0) == []
    effects = talk.say(address, 1.0)
    assert started(effects)[0] == "learn"
    assert sent(effects, DESK)[0][:2] == ("status", state)
    assert sent(talk.say("mix")) == [("error", f"one job at a time: {state}")]
    told = talk.ended(Ended(0, '{"lines": ["Learned: bass +2.0 dB"]}'))
    assert sent(told)[0] == sent(told, DESK)[0] == ("done", "Learned: bass +2.0 dB")
    assert sent(talk.say("status"))[0][-1] == "last: Learned: bass +2.0 dB"


@pytest.mark.parametrize("arguments", [("bass",), (1.0, 2.0)])
def test_learning_takes_a_press_and_nothing_else(talk, arguments):
    ((kind, text),) = sent(talk.say("learn", *arguments))
    assert (kind, text.startswith("/faderbot/learn: ")) == ("error", True)


def test_what_was_learned_is_told_and_is_no_last_job(talk):
    talk.say("learn/list")
    (told, *_) = sent(talk.ended(Ended(0, '{"lines": ["your taste in pop: bass +1.0 dB"]}')))
    assert told == ("learn/list", "your taste in pop: bass +1.0 dB")
    assert not any("last" in word for word in sent(talk.say("status"))[0])


def test_a_job_is_told_to_who_started_it_and_to_the_subscribers(talk):
    talk.say("subscribe", sender=DESK)
    effects = talk.say("mix", 1.0)
    assert started(effects)[0] == "mix"
    assert sent(effects)[0][:2] == sent(effects, DESK)[0][:2] == ("status", "mixing 0 %")
    for told in (talk.told(words="playing"), talk.ended(Ended(2, err="faderbot: no REAPER"))):
        assert sent(told)[0] == sent(told, DESK)[0]
    assert sent(talk.say("status"))[0][-1] == "last: no REAPER"


def test_progress_never_goes_back(talk):
    talk.say("mix")
    shares = [
        sent(talk.told(stage, share))[0][1]
        for stage, share in [
            (Stage.READ, 1.0),
            (Stage.HEAR, 0.5),
            (Stage.HEAR, 0.0),
            (Stage.PLAN, 0.1),
            (Stage.VERIFY, 1.0),
        ]
    ]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_one_job_at_a_time(talk):
    talk.say("mix")
    for button in ("mix", "undo", "ab", "dryrun", "tracks", "learn", "learn/list"):
        assert sent(talk.say(button, sender=DESK), DESK) == [("error", "one job at a time: mixing 0 %")]
    talk.ended()
    assert started(talk.say("undo", sender=DESK)) == ("undo",)


def test_a_release_neither_starts_nor_cancels(talk):
    assert talk.say("mix", 0.0) == []
    talk.say("mix", 1.0)
    assert talk.say("cancel", 0.0) == []


def test_cancel_interrupts_the_job_once_and_its_end_is_told(talk):
    talk.say("mix")
    first, second = talk.say("cancel", sender=DESK), talk.say("cancel", sender=DESK)
    assert (kinds(first).count(Interrupt), kinds(second).count(Interrupt)) == (1, 0)
    assert sent(first, DESK)[0][:2] == ("status", "stopping: mixing")
    assert sent(talk.ended(Ended(130, err="faderbot: stopped; nothing was changed")))[0] == (
        "done",
        "stopped; nothing was changed",
    )


def test_there_may_be_nothing_to_cancel(talk):
    assert sent(talk.say("cancel")) == [("error", "there is nothing to cancel")]


def test_a_job_that_hangs_after_a_cancel_is_ended_once_after_the_limit(talk):
    talk.say("mix")
    assert talk.wait(1000.0) == []
    talk.say("cancel")
    assert talk.control.due_s == talk.at_s + CANCEL_LIMIT_S
    assert talk.wait(CANCEL_LIMIT_S - 0.1) == []
    assert kinds(talk.wait(0.1)) == [Kill, Say]
    assert (talk.wait(100.0), talk.control.due_s) == ([], None)
    (told, *_) = sent(talk.ended(Ended(-9, left="the journal has all 5 values")))
    assert told == ("error", "mixing did not stop within 30 s and was ended; the journal has all 5 values")


def test_a_server_that_is_stopped_stops_its_job_and_starts_none(talk):
    talk.say("mix")
    assert kinds(talk.control.stop(0.0)) == [Interrupt]
    assert talk.control.stop(0.0) == []
    talk.ended()
    assert sent(talk.say("mix")) == [("error", "the server is being stopped")]


def test_tracks_are_told_and_are_no_last_job(talk):
    talk.say("tracks")
    (told, *_) = sent(talk.ended(Ended(0, '{"tracks": ["Bass", "Kick"]}')))
    assert told == ("tracks", "Bass", "Kick")
    assert not any("last" in word for word in sent(talk.say("status"))[0])


# Subscribers


def test_a_subscription_that_is_not_renewed_ends(talk):
    talk.say("subscribe", sender=DESK)
    talk.wait(59.0)
    assert sent(talk.say("mix"), DESK)
    talk.wait(1.0)
    assert sent(talk.told(), DESK) == []


def test_a_surface_that_listens_elsewhere_names_its_port_and_gets_all_there(talk):
    there = (SURFACE[0], 9978)
    assert sent(talk.say("subscribe", 9978.0), there)[0][0] == "status"
    assert sent(talk.say("ping"), there) == [("pong",)]
    assert sent(talk.say("nonsense"), there)[0][0] == "error"
    assert [e.to for e in talk.say("mix") if isinstance(e, Send)] == [there]
    talk.say("unsubscribe")
    assert sent(talk.say("ping")) == [("pong",)]


# Floods


def test_a_flood_is_dropped_with_one_error_a_second_and_others_are_served(talk):
    answers = [answer for _ in range(1000) for answer in sent(talk.say("ping"))]
    assert answers.count(("pong",)) == 200
    assert [answer for answer in answers if answer != ("pong",)] == [
        ("error", "too many messages: 1 dropped, more than 100 a second are not taken")
    ]
    assert sent(talk.say("ping", sender=DESK), DESK) == [("pong",)]
    talk.wait(1.0)
    assert sent(talk.say("ping")) == [
        ("pong",),
        ("error", "too many messages: 799 dropped, more than 100 a second are not taken"),
    ]


def test_junk_counts_as_messages_do(talk):
    for _ in range(300):
        talk.hear(b"junk")
    assert sent(talk.say("ping"))[0][0] == "error"
