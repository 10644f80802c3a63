"""`zhizhao registry import` as people and scripts run it, on each store."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from factories.ledgers import PASSPHRASE, cheap_keys
from factories.registers import a_firm, a_row, table, write_csv, write_message, write_xlsx
from zhizhao.app.parts import KEY_FOLDER
from zhizhao.cli.main import root
from zhizhao.kernel.clock import HeldClock, SystemClock
from zhizhao.registry.intake import reasons

KEYS = {"rows", "new", "changed", "unchanged", "rejected", "error_file"}


@pytest.fixture
def config(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the settings file of an installation with keys and an empty store."""
    folder = tmp_path / "installation"
    now = SystemClock().now()
    cheap_keys(folder / KEY_FOLDER, HeldClock(now))
    path = folder / "zhizhao.toml"
    path.write_text(
        f'base_url = "https://zhizhao.example"\ndata_dir = "."\ndatabase_url = "{database_url}"\n'
        '[kind_templates]\n"9" = "G"\n',
        "utf-8",
    )
    monkeypatch.setenv("ZHIZHAO_KEY_PASSPHRASE", PASSPHRASE.decode())
    return path


def run(config: Path, *arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(root, ["--config", str(config), *arguments], catch_exceptions=False)


def as_json(config: Path, *arguments: str) -> dict[str, Any]:
    """Run the command and return its one JSON object."""
    result = run(config, "--json", "registry", "import", *arguments)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


class TestImport:
    """The command."""

    def test_the_contract(self, config: Path, tmp_path: Path) -> None:
        """The keys of INTERFACES.md §2; twice changes nothing; a changed row is a change; errors stand beside."""
        rows = [a_row(1), a_row(2, 备注="x"), a_row(3, 统一社会信用代码="91370811MAT000026K")]
        path = write_xlsx(tmp_path / "名录.xlsx", table(rows))
        first = as_json(config, str(path))
        assert first.keys() >= KEYS
        assert [first[key] for key in ("rows", "new", "changed", "unchanged", "rejected")] == [3, 3, 0, 0, 0]
        assert first["warnings"] == {"uscc-outer-check": 1}
        assert first["unknown_columns"] == ["备注"]
        rows = [a_row(1), a_row(2, 住所="别处"), a_row(4, 名称="济宁\u202e示例")]
        write_xlsx(path, table(rows))
        second = as_json(config, str(path))
        assert [second[key] for key in ("rows", "new", "changed", "unchanged", "rejected")] == [3, 0, 1, 1, 1]
        assert second["error_file"] == str(tmp_path / "名录.errors.xlsx")
        assert Path(second["error_file"]).exists()
        write_xlsx(path, table(rows[:2]))
        third = as_json(config, str(path))
        assert [third[key] for key in ("changed", "unchanged", "error_file")] == [0, 2, None]
        assert not Path(second["error_file"]).exists()

    def test_dry_run(self, config: Path, tmp_path: Path) -> None:
        """Nothing is written but the error file."""
        path = write_csv(tmp_path / "名录.csv", table([a_row(1), a_row(2, 区划代码="?")]))
        tried = as_json(config, "--dry-run", str(path))
        assert (tried["new"], tried["rejected"], tried["dry_run"]) == (1, 1, True)
        assert "区划代码" in Path(tried["error_file"]).read_text("utf-8-sig")
        assert as_json(config, str(path))["new"] == 1

    def test_for_people(self, config: Path, tmp_path: Path) -> None:
        """Chinese lines with figures, remarks, warnings and the error file."""
        path = write_csv(tmp_path / "名录.csv", table([a_row(1, 证件号码="", 备注="x"), a_row(2, 名称="")]))
        result = run(config, "registry", "import", str(path))
        assert result.exit_code == 0
        lines = result.stdout.splitlines()
        assert lines[0] == "共 2 行，新增 1，变更 0，未变 0，未收 1"
        assert "不认识的列（已忽略）：备注" in lines
        assert f"证件号码：{reasons.WARNINGS['document-missing'][1]}（1 行）" in lines
        assert lines[-1].endswith("名录.errors.csv")

    def test_refusals(self, config: Path, tmp_path: Path) -> None:
        """A whole file that cannot be taken: exit status 1, one line on stderr, the reason in it."""
        path = write_csv(tmp_path / "名录.csv", [["名称", "类型", "住所"], ["甲", "乙", "丙"]])
        result = run(config, "registry", "import", str(path))
        assert result.exit_code == 1
        assert result.stderr.startswith("error: intake-refused: ")
        assert "缺少必需的列：统一社会信用代码" in result.stderr
        assert len(result.stderr.splitlines()) == 1
        assert run(config, "registry", "import", str(tmp_path / "absent.csv")).exit_code == 2

    def test_message_and_status_list(self, config: Path, tmp_path: Path) -> None:
        """A message needs no status; a table with digits needs the list."""
        assert as_json(config, str(write_message(tmp_path / "in.xml", [a_firm(1)])))["new"] == 1
        path = write_csv(tmp_path / "名录.csv", table([a_row(2, 登记状态="1")]))
        assert as_json(config, str(path))["rejected"] == 1
        assert as_json(config, str(path), "--status-list", "new")["new"] == 1

    def test_help(self, config: Path) -> None:
        """On every level."""
        for arguments in (["registry", "--help"], ["registry", "import", "--help"]):
            assert run(config, *arguments).exit_code == 0

    def test_an_older_file_brings_nothing_back(self, config: Path, tmp_path: Path) -> None:
        """Each such row is told with number, column and both dates; `--older` takes it, and a dry run says so."""
        new = write_csv(tmp_path / "new.csv", table([a_row(1, 住所="新处", 核准日期="2024-05-06"), a_row(2)]))
        old = write_csv(tmp_path / "old.csv", table([a_row(2), a_row(1, 住所="旧处", 核准日期="2023-01-01")]))
        as_json(config, str(new))
        for arguments in ((str(old), "--dry-run"), (str(old),)):
            told = as_json(config, *arguments)
            assert [told[key] for key in ("new", "changed", "unchanged", "rejected")] == [0, 0, 1, 1]
            line = Path(told["error_file"]).read_text("utf-8-sig").splitlines()[1]
            assert line.startswith("3,")
            assert "核准日期" in line
            assert "2023-01-01 早于已登记的 2024-05-06" in line
        assert as_json(config, str(old), "--older")["changed"] == 1
