"""The built wheel holds everything that it needs: processes, pages, migrations, styles and words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
START = """
import json, sys
from introduction import create_app, settings
from introduction.store import database, migrate
chosen = settings.read()
migrate.upgrade(database.open_engine(chosen.database_url))
client = create_app(chosen).test_client()
pages = {path: client.get(path).status_code for path in ("/", "/sign-in", "/static/look.css", "/healthz")}
print(json.dumps({"pages": pages, "from": settings.__file__}))
"""


def test_the_installed_wheel_starts_and_serves_pages(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*build, str(tmp_path), str(ROOT)], check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    # The wheel stands first on the path; its dependencies come from this environment, the checkout from nowhere.
    places = [str(installed), *(place for place in sys.path if place.endswith("site-packages"))]
    environment = {**os.environ, "INTRODUCTION_STATE": str(tmp_path / "var")}
    library = "[p for p in sys.path if p.startswith(sys.base_prefix) and 'site-packages' not in p]"
    code = f"import sys; sys.path[:] = {library} + {places!r}\n{START}"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["from"].startswith(str(installed)), "the wheel itself was started"
    assert set(told["pages"].values()) == {200}
