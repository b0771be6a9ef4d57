"""The compose file: what it starts exists, and the profile for many machines is whole."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from monitor.adapters.engine import QUEUES
from monitor.adapters.yaml_settings.load import load_settings
from monitor.entrypoints.cli.main import COMMANDS, build_app
from tests.processes import Installation, install

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if "news-monitor" in service["image"])
# Compose fills these in; nothing else of a shell may stand in the file.
VARIABLES = {"DATABASE_PASSWORD": "secret", "WEB_TOKEN": "t" * 32}


def words_of(name: str) -> list[str]:
    return [str(word) for word in SERVICES[name].get("command", ["run"])]


def environ_of(name: str) -> dict[str, str]:
    def filled(text: object) -> str:
        return re.sub(r"\$\{(\w+):-\}", lambda found: VARIABLES[found.group(1)], str(text))

    return {key: filled(value) for key, value in SERVICES[name]["environment"].items()}


def test_the_profile_scale_is_whole() -> None:
    scale = {name for name, service in SERVICES.items() if "scale" in service.get("profiles", ())}
    assert scale == {"scheduler", "worker", "console", "database"}
    assert {name for name, service in SERVICES.items() if not service.get("profiles")} == {"monitor"}
    # Any number of workers: nothing of theirs may be there only once.
    assert not {"ports", "container_name", "hostname"} & SERVICES["worker"].keys()
    for name in scale - {"database"}:
        assert SERVICES[name]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert SERVICES["database"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    command, *words = words_of(name)
    assert command in COMMANDS
    click = typer.main.get_command(build_app([command]))
    found = click.commands[command]
    options = found.make_parser(found.context_class(found)).parse_args(args=list(words))[0]
    queues = [one for one in str(options.get("queues", "")).split(",") if one]
    assert set(queues) <= set(QUEUES)


def test_together_they_do_all_the_work() -> None:
    assert words_of("scheduler") == ["run"]
    assert "collect,beat" in words_of("worker")
    assert "--serve" in words_of("console")


@pytest.mark.parametrize("name", OURS)
def test_every_environment_is_a_configuration(name: str, tmp_path: Path) -> None:
    installation: Installation = install(tmp_path)
    settings = load_settings(installation.config, environ_of(name), {})
    assert settings.storage.startswith(
        "sqlite" if name == "monitor" else "postgresql+psycopg://monitor:secret@database"
    )
    if name == "console":
        port = settings.policy.web.listen.rpartition(":")[2]
        assert SERVICES[name]["ports"] == [f"127.0.0.1:{port}:{port}"]


@pytest.mark.parametrize("name", OURS)
def test_every_volume_and_mount_is_there(name: str) -> None:
    for mount in SERVICES[name]["volumes"]:
        source = str(mount).split(":")[0]
        assert source in COMPOSE["volumes"] or (ROOT / source).is_dir()


def test_the_image_checks_its_health_with_a_command_that_exists() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (health,) = re.findall(r'^HEALTHCHECK .*CMD \["monitor", "(\w+)"\]$', text, re.MULTILINE)
    assert health in COMMANDS
    (start,) = re.findall(r'^CMD \["(\w+)"\]$', text, re.MULTILINE)
    assert start in COMMANDS
    (program,) = re.findall(r'^ENTRYPOINT \["(\w+)"\]$', text, re.MULTILINE)
    assert f"{program} = " in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
