"""Deep Q-learning by the libraries themselves; only where the extra ``deep`` is installed."""

import gymnasium
import numpy as np
import pytest

import agent
from agent.environment import MixEnv
from agent.network import DeepHyper, Network, Playing
from agent.planning import plan
from agent.policy import about, load_any, save
from agent.practice import practice_scene
from agent.q_learning import episode
from agent.vector_environment import MixVectorEnv

pytestmark = pytest.mark.slow
torch, baselines, checker, deep = (
    pytest.importorskip(name, reason="the extra deep is not installed")
    for name in ("torch", "stable_baselines3", "stable_baselines3.common.env_checker", "agent.deep")
)
NAMES = ["faderbot/Mix-v0", "faderbot/Tune-v0", "faderbot/Rhythm-v0"]
assert agent  # importing it is what gives the environments their names
SMALL = DeepHyper(hidden=32, copies=16, batch=64, updates=2, buffer=5_000)
QUANTILES = DeepHyper(hidden=32, copies=16, batch=64, updates=2, buffer=5_000, quantiles=5)


def scenes():
    rng = np.random.default_rng(1)
    return [practice_scene(rng) for _ in range(2)]


@pytest.mark.parametrize("hyper", [SMALL, QUANTILES])
def test_a_network_plays_as_the_library_that_trained_it(hyper):
    env = MixVectorEnv(scenes(), 16, observations="continuous")
    model = deep._model(deep.Copies(env), hyper, 3)
    seen = np.random.default_rng(0).uniform(-1, 1, (50, 19)).astype(np.float32)
    values = deep.exported(model).q(seen)
    with torch.no_grad():
        if hyper.quantiles:
            theirs = model.policy.quantile_net(torch.as_tensor(seen)).mean(1).numpy()
        else:
            theirs = model.policy.q_net(torch.as_tensor(seen)).numpy()
    assert values == pytest.approx(theirs, abs=1e-5)


@pytest.mark.parametrize("hyper", [SMALL, QUANTILES])
def test_the_same_seed_trains_the_same_network_and_it_improves_a_mix(hyper, tmp_path):
    told = []
    first, again = (
        deep.train_deep(scenes(), hyper, steps=20_000, seed=5, progress=lambda done, _: told.append(done))
        for _ in range(2)
    )
    assert all(
        (a == b).all()
        for one, other in zip(first.layers, again.layers, strict=True)
        for a, b in zip(one, other, strict=True)
    )
    assert told[-1] >= 20_000
    path = tmp_path / "network.npz"
    save(path, first, about(hyper, steps=20_000, seed=5, sessions=("made up",)))
    kept, made = load_any(path)
    assert isinstance(kept, Network)
    assert made.algorithm == ("qr-dqn" if hyper.quantiles else "dqn")
    env = MixEnv(scenes(), scramble_db=12.0, observations="continuous")
    ended = []
    for seed in range(8):
        env.reset(seed=seed)
        start, before = env.settings, env.cost.total
        episode(env, Playing(kept, np.random.default_rng(0)), 0.0, learn=False, seed=seed, options={"start": start})
        ended.append(before - env.cost.total)
    assert np.mean(ended) > 0.1
    made_plan = plan(env, kept, env.scene.start, seed=0, episodes=2)
    assert made_plan.cost.total <= before


def test_what_was_learned_so_far_can_be_had_on_the_way_and_comes_to_the_end():
    met = {}

    def look(done, network):
        if done % 160 == 0:
            met[done] = network()

    made = deep.train_deep(scenes(), SMALL, steps=480, seed=5, so_far=look)
    assert list(met) == [160, 320, 480]
    states = np.random.default_rng(0).uniform(-1, 1, (20, 19)).astype(np.float32)
    changed = [np.abs(made.q(states) - met[done].q(states)).max() for done in met]
    assert changed[0] > changed[1] > changed[2], "each is a copy of its own, nearer and nearer to the end"


@pytest.mark.parametrize("name", NAMES)
def test_stable_baselines_trains_on_the_registered_environment_unchanged(name):
    env = gymnasium.make(name, observations="continuous")
    checker.check_env(env.unwrapped, skip_render_check=True)
    model = baselines.DQN("MlpPolicy", env, learning_starts=50, gamma=0.5, seed=0, device="cpu")
    model.learn(300)
    action, _ = model.predict(env.reset(seed=0)[0])
    assert env.action_space.contains(int(action))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", ["sync", "vector_entry_point"])
def test_a_script_in_one_file_trains_on_copies_of_it(name, mode):
    """As CleanRL's dqn.py does it: a network, a loop over a vector of environments, whichever way they are stepped."""
    envs = gymnasium.make_vec(name, num_envs=2, vectorization_mode=mode, observations="continuous")
    features, actions_count = envs.single_observation_space.shape[0], int(envs.single_action_space.n)
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    net = torch.nn.Sequential(torch.nn.Linear(features, 32), torch.nn.ReLU(), torch.nn.Linear(32, actions_count))
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    seen, _ = envs.reset(seed=0)
    losses = []
    for _ in range(60):
        actions = rng.integers(actions_count, size=2)
        after, rewards, terminated, _, _ = envs.step(actions)
        with torch.no_grad():
            future = net(torch.as_tensor(after)).max(1).values * torch.as_tensor(~terminated)
        wanted = torch.as_tensor(rewards, dtype=torch.float32) + 0.5 * future
        values = net(torch.as_tensor(seen))[range(2), actions]
        loss = torch.nn.functional.mse_loss(values, wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
        seen = after
    assert np.isfinite(losses).all()
    envs.close()
