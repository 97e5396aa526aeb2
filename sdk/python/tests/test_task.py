import json

import numpy as np
import pytest

import neursafe_fl as nsfl
from neursafe_fl._task import TaskError


def test_metrics_are_written_with_numbers_of_python(task):
    nsfl.commit_metrics({"sample_num": np.int64(600), "loss": np.float32(0.5), "accuracy": 1.0})
    assert json.loads((task / "metrics.json").read_text()) == {"sample_num": 600, "loss": 0.5, "accuracy": 1.0}


def test_metrics_of_another_type_or_name_warn_and_are_written(task):
    with pytest.warns(UserWarning, match="sample_num"):
        nsfl.commit_metrics({"sample_num": 1.5})
    with pytest.warns(UserWarning, match="f1"):
        nsfl.commit_metrics({"f1": 0.25})
    assert json.loads((task / "metrics.json").read_text()) == {"f1": 0.25}


def test_only_the_chief_commits_metrics(task, monkeypatch):
    monkeypatch.setenv("WORKER_INDEX", "1")
    nsfl.commit_metrics({"loss": 1.0})
    assert not (task / "metrics.json").exists()


def test_datasets_are_found_in_both_spellings(task):
    assert nsfl.get_dataset_path("mnist") == "/data/mnist"
    assert nsfl.get_dataset_path("big") == "/data/big"


def test_an_unknown_dataset_names_the_known_ones(task):
    with pytest.raises(KeyError, match="big, mnist"):
        nsfl.get_dataset_path("cifar")


def test_parameters_come_from_the_server_and_go_back(task):
    assert nsfl.get_parameters() == {}
    assert nsfl.get_parameter("a") is None
    (task / "prepared_param.json").write_text('{"a": 3}')
    assert nsfl.get_parameter("a") == 3
    nsfl.put_parameter("x", 1)
    nsfl.put_parameter("y", np.float64(2.5))
    assert json.loads((task / "result_param.json").read_text()) == {"x": 1, "y": 2.5}
    nsfl.put_parameters({"z": 3})
    assert json.loads((task / "result_param.json").read_text()) == {"z": 3}


def test_files_come_from_the_server_and_go_back(task):
    (task / "prepared").mkdir()
    (task / "prepared" / "c.json").write_text('{"a": 1}')
    assert nsfl.get_file("c.json") == b'{"a": 1}'
    assert nsfl.get_file("c.json", lambda path, key: json.load(open(path))[key], key="a") == 1
    nsfl.put_file("r.bin", b"123")
    assert (task / "result" / "r.bin").read_bytes() == b"123"
    nsfl.put_file("s.bin", [1, 2], lambda file, content, pad: file.write(bytes(content) + pad), pad=b"!")
    assert (task / "result" / "s.bin").read_bytes() == b"\x01\x02!"


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x"])
def test_files_outside_the_task_are_refused(task, name):
    with pytest.raises(TaskError):
        nsfl.put_file(name, b"")
    with pytest.raises(TaskError):
        nsfl.get_file(name)


def test_the_seed_is_the_rounds_own(task, monkeypatch):
    assert nsfl.get_seed() is None
    monkeypatch.setenv("NSFL_SEED", "4294967295")
    assert nsfl.get_seed() == 4294967295


def test_outside_a_task_the_error_says_what_to_do(monkeypatch):
    monkeypatch.delenv("TASK_WORKSPACE", raising=False)
    with pytest.raises(TaskError, match="TASK_WORKSPACE"):
        nsfl.get_parameters()


def test_a_job_without_an_optimizer_gives_none(task):
    with pytest.warns(UserWarning, match="no optimizer"):
        assert nsfl.create_optimizer() is None


def test_an_unknown_optimizer_is_refused_by_name(task, monkeypatch):
    monkeypatch.setenv("OPTIMIZER_NAME", "lion")
    with pytest.raises(TaskError, match="lion"):
        nsfl.create_optimizer()
