"""Backward passes as people write them, from the mathematics of courses and papers: all right, and none is accused."""

import pytest
from conftest import ROOT

from backprop_cli import check_code

FILES = sorted((ROOT / "tests/hand_written").glob("*.py"))
LISTS = sorted((ROOT / "tests/hand_written_lists").glob("*.py"))


@pytest.mark.parametrize("path", FILES + LISTS, ids=lambda path: path.stem)
def test_nothing_that_is_right_is_accused(path):
    report = check_code(str(path))
    assert report.ok and report.first_wrong is None
    assert {result.verdict for result in report.results} == {"agrees"}


# Mistakes as people make them, one a file: what is written, what is written instead, and what is said of it.
MISTAKES = [
    ("softmax_linear", "    dscores /= num_examples\n", "", "not divided"),
    ("two_layer_loop", "dhidden[hidden_layer <= 0] = 0", "dhidden[hidden_layer < 0] = 0", "comparison"),
    ("svm_naive", "dW[:, y[i]] -= X[i]", "dW[:, y[i]] += X[i]", "sign"),
    ("two_layer_loop", "dscores[range(num_examples), y] -= 1", "dscores[range(num_examples), y] = 1", "overwrites"),
    ("modular_net", "db = np.sum(dout, axis=0)", "db = np.mean(dout, axis=0)", "mean"),
    ("batchnorm_staged", "dmu = -1 * np", "dmu = np", "sign"),
    ("batchnorm_staged", "dxmu1 = dxhat * ivar", "dxmu1 = ivar", "local"),
    ("layernorm", "dxn.mean(axis=1", "dxn.mean(axis=0", "axis"),
    ("dropout", "dH = dH_drop * mask", "dH = dH_drop", "local"),
    ("conv_naive", "dw[f] += window", "dw[f] = window", "overwrites"),
    ("char_rnn", "dhraw = (1 - hs[t] * hs[t]) * dh", "dhraw = (1 + hs[t] * hs[t]) * dh", "sign"),
    ("char_rnn", "dhnext = np.dot(Whh.T, dhraw)", "dhnext = np.dot(Whh, dhraw)", "transposed"),
    ("rnn_steps", "dWh += dWh_t", "dWh = dWh_t", "overwrites"),
    ("attention", "dQ = dS @ K / np.sqrt(dk)", "dQ = dS @ K * np.sqrt(dk)", "inverse"),
    ("dlai_planar", "(1 - np.power(A1, 2))", "(1 + np.power(A1, 2))", "sign"),
    ("dlai_deep", "dZ = dA * s * (1 - s)", "dZ = dA * s * (1 + s)", "sign"),
    ("tied_autoencoder", "dW += X.T @ dz", "dW = X.T @ dz", "overwrites"),
    ("vae", "dmu = dz + mu", "dmu = dz", "term"),
    ("ridge", "dw = 2 * X", "dw = X", "factor"),
    ("layer_stack", "return (1 - self.out**2) * dout", "return (1 - self.out) * dout", "power"),
    ("layer_stack", "return dout * (self.out > 0)", "return dout", "mask"),
    ("layer_functions", "db = np.sum(dout, axis=0)", "db = np.mean(dout, axis=0)", "mean"),
    ("layer_functions", "dx = dout * (x >= 0)", "dx = dout * (x < 0)", "comparison"),
    ("layer_functions", "    dx /= N\n", "", "not divided"),
    ("layer_functions", "dx = dout * mask", "dx = dout", "local"),
    ("layer_functions", "dw[f] += win", "dw[f] = win", "overwrites"),
    ("recurrent_functions", "da = dnext_h * (1 - next_h**2)", "da = dnext_h * (1 + next_h**2)", "sign"),
    ("recurrent_functions", "dxf *= mf[:, None]", "dxf *= 2*mf[:, None]", "extra factor"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "right", "wrong", "mistake"), MISTAKES)
def test_the_first_wrong_line_is_named(name, right, wrong, mistake, tmp_path):
    text = (ROOT / f"tests/hand_written/{name}.py").read_text(encoding="utf-8")
    assert text.count(right) == 1
    path = tmp_path / "net.py"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    report = check_code(str(path))
    line = text[: text.index(right)].count("\n") + bool(wrong)
    named = [result.mistakes for result in report.results if result.mistakes]
    assert (report.first_wrong.line, named) == (line, [(mistake,)])


# -- PyTorch, where it is installed ------------------------------------------------------------------------------

TENSORS = ROOT / "tests/hand_written_torch/character_mlp.py"
# A line, what is in its place, and the gradient that is the first wrong one.
OF_TENSORS = [
    ("dlogp[range(n), Y] = -1 / n", "dlogp[range(n), Y] = -1", "dlogp"),
    ("dcounts += dtotal", "dcounts += dshare", "dcounts"),
    ("dz = (1 - h**2) * dh", "dz = (1 - h) * dh", "dz"),
    ("dsquares = torch.ones_like(squares) / (n - 1)", "dsquares = torch.ones_like(squares) / n", "dsquares"),
    ("dcentred += 2", "dcentred = 2", "dcentred"),
    ("db2 = dlogits.sum(0)", "db2 = dlogits.mean(0)", "db2"),
    ("db1 = dpre.sum(0)", "db1 = dcentred.sum(0)", "db1"),
    ("dtop = -dlow", "dtop = -dcounts", "dtop"),
    ("        dC[X[i, j]] += demb[i, j]", "        dC[X[i, j]] = demb[i, j]", "dC"),
]


def test_all_gradients_of_a_torch_script_are_judged():
    torch = pytest.importorskip("torch", reason="torch is not installed: a script of tensors is not checked")
    report = check_code(str(TENSORS))
    assert [result.verdict for result in report.results] == ["agrees"] * 26
    assert torch.get_default_dtype() == torch.float32


@pytest.mark.parametrize(("line", "wrong", "name"), OF_TENSORS, ids=[name for _, _, name in OF_TENSORS])
def test_the_first_wrong_line_of_a_torch_script_is_named(line, wrong, name, tmp_path):
    pytest.importorskip("torch", reason="torch is not installed: a script of tensors is not checked")
    text = TENSORS.read_text(encoding="utf-8")
    assert text.count(line) == 1
    file = tmp_path / "net.py"
    file.write_text(text.replace(line, wrong), encoding="utf-8")
    report = check_code(str(file))
    number = text[: text.index(line)].count("\n") + 1
    (lines,) = [one.lines for one in report.results if one.name == name]
    assert report.first_wrong.name == name and {number, report.first_wrong.line} <= {*lines}  # of several it is one
