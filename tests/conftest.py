"""How property tests run: the same examples every time, without limits that a busy machine breaks by chance.

``--hypothesis-profile=search`` looks for new ones.
"""

from hypothesis import HealthCheck, settings

SLOW_MACHINES = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=SLOW_MACHINES)
settings.register_profile("search", deadline=None, suppress_health_check=SLOW_MACHINES)
settings.load_profile("steady")
