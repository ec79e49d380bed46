"""Settings as a production server would read them: in a process of their own."""

import json
import os
import subprocess
import sys

import pytest

from config.paths import ROOT

OURS = ("KLATSCH_", "DJANGO_", "DATABASE_URL", "CELERY_")


@pytest.fixture
def production(tmp_path):
    """`production("check", ...)` runs manage.py with nothing set but what docs/deploy.md calls necessary."""

    def manage(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        env |= {
            "DATABASE_URL": "postgresql://klatsch@127.0.0.1:1/klatsch",
            "KLATSCH_DATA_DIR": str(tmp_path),
            "KLATSCH_HOSTS": "desk.example.com",
            "KLATSCH_SECRET_KEY": "s3cret-" + "".join(chr(33 + n) for n in range(90)),
            **more,
        }
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)

    return manage


def test_deployment_check_has_nothing_to_say(production):
    done = production("check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr


def test_deployment_check_would_have_spoken(production):
    done = production("check", "--deploy", "--fail-level", "WARNING", KLATSCH_HTTPS="false")
    assert done.returncode == 1
    assert "security.W008" in done.stderr


def test_a_secret_is_made_once_for_whoever_brings_none(tmp_path):
    env = {**os.environ, "KLATSCH_DATA_DIR": str(tmp_path), "DATABASE_URL": "postgresql:///none"}
    env.pop("KLATSCH_SECRET_KEY", None)
    code = "import json; from config import settings; print(json.dumps(settings.SECRET_KEY))"
    first, second = (
        json.loads(
            subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, check=True).stdout
        )
        for _ in range(2)
    )
    assert first == second
    assert len(first) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
