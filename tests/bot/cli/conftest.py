"""What the tests of the commands share: clean surroundings, and a pack that is small and so quick to read."""

import shutil
from pathlib import Path

import pytest

from bot.settings import DEFAULT_CONTENT, Settings

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def small_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the dental practice's pack."""
    folder = tmp_path_factory.mktemp("packs") / "dental"
    shutil.copytree(ROOT / "tests" / "data" / "packs" / "dental", folder)
    shutil.copytree(DEFAULT_CONTENT / "messages", folder / "messages")
    return folder


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An empty folder and none of our settings in the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch
