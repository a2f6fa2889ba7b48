"""The repository is found through DVC's copies; conf/ has a fingerprint."""

from pathlib import Path

from moteflow.repository import conf_sha256, repository_root


def test_a_checkout_is_its_own_root() -> None:
    assert repository_root(Path("/code/moteflow")) == Path("/code/moteflow")


def test_a_temporary_experiment_leads_back_to_its_repository() -> None:
    copy = Path("/code/moteflow/.dvc/tmp/exps/standalone/tmpabc")
    assert repository_root(copy) == Path("/code/moteflow")


def test_the_fingerprint_sees_edits_new_files_and_renames(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    file = tmp_path / "model" / "ds_cnn.yaml"
    file.write_text("filters: 64\n")
    seen = [conf_sha256(tmp_path)]
    assert conf_sha256(tmp_path) == seen[0]
    file.write_text("filters: 32\n")
    seen.append(conf_sha256(tmp_path))
    file.rename(tmp_path / "model" / "other.yaml")
    seen.append(conf_sha256(tmp_path))
    (tmp_path / "new.yaml").touch()
    seen.append(conf_sha256(tmp_path))
    assert len(set(seen)) == 4
