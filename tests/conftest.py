"""How property tests run: the same examples every time, without limits that a busy machine breaks by chance.

``--hypothesis-profile=search`` looks for new ones. And no test touches the journal and the taste of whoever runs them.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from bridge.journal import FOLDER_VARIABLE

SLOW_MACHINES = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=SLOW_MACHINES)
settings.register_profile("search", deadline=None, suppress_health_check=SLOW_MACHINES)
settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def _state_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(tmp_path_factory.mktemp("state")))
        yield
