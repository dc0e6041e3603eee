"""PyTorch's losses in each of their reductions, against numbers that PyTorch 2.11 gives."""

import re

import numpy as np
import pytest
from conftest import backprop

from backprop_cli.api import evaluate
from backprop_cli.errors import BackpropError
from backprop_cli.language.losses import LOSSES

AT = {
    "x": [[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]], "y": [[1.0, 0.5, 1.5], [0.0, -1.0, 3.0]],
    "p": [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]], "q": [[0.1, 0.6, 0.3], [0.25, 0.25, 0.5]],
    "b": [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]], "s": [[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0]],
    "w": [0.5, 1.0, 2.0], "c": [2.0, 0.0], "e": [1.0, -1.0], "v": [[0.5, 1.0, 2.0], [0.25, 4.0, 1.0]],
}  # fmt: skip
# A call, with a place for the reduction; its mean, its sum, and what is left of it without.
CALLS = [
    ("F.mse_loss(x, y{})", 3.4375, 20.625,
     [0.25, 2.25, 0.25, 2.25, 1.5625, 14.0625]),
    ("F.l1_loss(x, y{})", 1.5, 9.0,
     [0.5, 1.5, 0.5, 1.5, 1.25, 3.75]),
    ("F.smooth_l1_loss(x, y{})", 1.041666666667, 6.25,
     [0.125, 1.0, 0.125, 1.0, 0.75, 3.25]),
    ("F.smooth_l1_loss(x, y{}, beta=0.5)", 1.25, 7.5,
     [0.25, 1.25, 0.25, 1.25, 1.0, 3.5]),
    ("F.huber_loss(x, y{})", 1.041666666667, 6.25,
     [0.125, 1.0, 0.125, 1.0, 0.75, 3.25]),
    ("F.huber_loss(x, y{}, delta=0.5)", 0.625, 3.75,
     [0.125, 0.625, 0.125, 0.625, 0.5, 1.75]),
    ("F.binary_cross_entropy(p, b{})", 1.03913513429, 6.23481080574,
     [1.609437912434, 0.356674943939, 0.69314718056, 0.916290731874, 0.356674943939, 2.302585092994]),
    ("F.binary_cross_entropy(p, q, w{})", 0.969356960019, 5.816141760115,
     [0.180886493713, 0.865053660171, 1.38629436112, 0.407462227424, 0.568499409036, 2.407945608652]),
    ("F.binary_cross_entropy_with_logits(x, b{})", 0.76308173112, 4.578490386718,
     [0.47407698418, 0.313261687518, 0.126928011043, 1.701413277983, 0.825939419879, 1.136871006115]),
    ("F.binary_cross_entropy_with_logits(x, b{}, weight=w)", 0.792424045466, 4.754544272794,
     [0.23703849209, 0.313261687518, 0.253856022086, 0.850706638991, 0.825939419879, 2.27374201223]),
    ("F.binary_cross_entropy_with_logits(x, b, pos_weight=w{})", 0.934208485298, 5.605250911786,
     [0.23703849209, 0.313261687518, 0.253856022086, 1.701413277983, 0.825939419879, 2.27374201223]),
    ("F.binary_cross_entropy_with_logits(x, b, w, pos_weight=w{})", 1.193937176844, 7.163623061065,
     [0.118519246045, 0.313261687518, 0.507712044172, 0.850706638991, 0.825939419879, 4.54748402446]),
    ("F.cross_entropy(x, c{})", 0.285991953032, 0.571983906064,
     [0.241311296657, 0.330672609407]),
    ("F.cross_entropy(x, q{})", 1.979741953032, 3.959483906064,
     [2.191311296657, 1.768172609407]),
    ("F.cross_entropy(x, c{}, label_smoothing=0.1)", 0.419325286366, 0.838650572731,
     [0.391311296657, 0.447339276074]),
    ("F.cross_entropy(x, q{}, label_smoothing=0.1)", 1.943700286366, 3.887400572731,
     [2.146311296657, 1.741089276074]),
    ("F.cross_entropy(x, c, weight=w{})", 0.259183559207, 0.647958898018,
     [0.482622593314, 0.165336304704]),
    ("F.cross_entropy(x, c{}, ignore_index=-100)", 0.285991953032, 0.571983906064,
     [0.241311296657, 0.330672609407]),
    ("F.nll_loss(F.log_softmax(x, dim=1), c{})", 0.285991953032, 0.571983906064,
     [0.241311296657, 0.330672609407]),
    ("F.nll_loss(x, c, w{})", -1.9, -4.75,
     [-4.0, -0.75]),
    ("F.kl_div(p.log(), q{})", 0.122266214305, 0.73359728583,
     [-0.069314718056, 0.415888308336, -0.15324768713, -0.218867184338, -0.045580389198, 0.804718956217]),
    ("F.kl_div(p.log(), q.log(){}, log_target=True)", 0.122266214305, 0.73359728583,
     [-0.069314718056, 0.415888308336, -0.15324768713, -0.218867184338, -0.045580389198, 0.804718956217]),
    ("F.poisson_nll_loss(x, b{})", 2.315622975095, 13.893737850569,
     [1.1487212707, 0.367879441171, 5.389056098931, 4.481689070338, 1.284025416688, 1.222366552741]),
    ("F.poisson_nll_loss(p, b{}, log_input=False)", 1.100861669331, 6.605170015988,
     [1.809437862434, 0.3, 1.19314716056, 0.6, 0.3, 2.402584992994]),
    ("F.gaussian_nll_loss(x, y, v{})", 2.194010416667, 13.1640625,
     [-0.09657359028, 1.125, 0.40907359028, 3.80685281944, 0.88845968056, 7.03125]),
    ("F.gaussian_nll_loss(x, y, v{}, full=True)", 3.112948949871, 18.677693699228,
     [0.822364942925, 2.043938533205, 1.328012123485, 4.725791352645, 1.807398213765, 7.950188533205]),
    ("F.hinge_embedding_loss(x, s{})", 0.75, 4.5,
     [0.5, 2.0, 2.0, 0.0, 0.75, -0.75]),
    ("F.hinge_embedding_loss(x, s{}, margin=2)", 1.166666666667, 7.0,
     [0.5, 3.0, 2.0, 0.5, 1.75, -0.75]),
    ("F.margin_ranking_loss(x, y, s{})", 1.166666666667, 7.0,
     [0.5, 0.0, 0.0, 1.5, 1.25, 3.75]),
    ("F.margin_ranking_loss(x, y, s, 0.5{})", 1.5, 9.0,
     [1.0, 0.0, 0.0, 2.0, 1.75, 4.25]),
    ("F.soft_margin_loss(x, s{})", 0.76308173112, 4.578490386718,
     [0.47407698418, 0.313261687518, 0.126928011043, 1.701413277983, 0.825939419879, 1.136871006115]),
    ("F.multilabel_soft_margin_loss(x, b{})", 0.76308173112, 1.526163462239,
     [0.304755560914, 1.221407901325]),
    ("F.multilabel_soft_margin_loss(x, b, w{})", 0.792424045466, 1.584848090931,
     [0.268052067231, 1.3167960237]),
    ("F.multi_margin_loss(y, c{})", 0.75, 1.5,
     [0.166666666667, 1.333333333333]),
    ("F.multi_margin_loss(y, c{}, margin=0.5, p=2)", 2.041666666667, 4.083333333333,
     [0.0, 4.083333333333]),
    ("F.cosine_embedding_loss(y, v, e{})", 0.033430525184, 0.066861050369,
     [0.066861050369, 0.0]),
    ("F.cosine_embedding_loss(y, v, e, margin=0.1{})", 0.033430525184, 0.066861050369,
     [0.066861050369, 0.0]),
    ("F.triplet_margin_loss(x, y, v{})", 0.781646376064, 1.563292752129,
     [0.658312490644, 0.904980261485]),
    ("F.triplet_margin_loss(x, y, v{}, p=1, margin=3)", 3.125, 6.25,
     [3.499998, 2.750002]),
]  # fmt: skip
SPELLINGS = ("F.", "torch.nn.functional.", "nn.functional.", "")


def of(text):
    words = set(re.findall(r"\b[a-z]\b(?!=)", text))
    return evaluate(text, {name: value for name, value in AT.items() if name in words}).value


@pytest.mark.parametrize(("call", "mean", "total", "terms"), CALLS)
def test_each_reduction_is_pytorchs(call, mean, total, terms):
    for spelling in SPELLINGS[: 1 + 3 * (call == CALLS[0][0])]:
        text = call.replace("F.", spelling)
        assert of(text.format("")) == pytest.approx(mean, rel=1e-6, abs=1e-12)
        assert of(text.format(", reduction='mean'")) == pytest.approx(mean, rel=1e-6, abs=1e-12)
        assert of(text.format(', reduction="sum"')) == pytest.approx(total, rel=1e-6, abs=1e-12)
        assert np.ravel(of(text.format(", reduction='none'"))) == pytest.approx(terms, rel=1e-6, abs=1e-12)


def test_every_loss_of_the_table_is_tried():
    assert {call.partition("(")[0].removeprefix("F.") for call, *_ in CALLS} == LOSSES.keys()


@pytest.mark.parametrize(("text", "expected"), [
    ("F.kl_div(p.log(), q, reduction='batchmean')", 0.366798642915),
    ("nn.KLDivLoss(reduction='batchmean')(p.log(), q)", 0.366798642915),
    ("F.mse_loss(x, y, None, None, 'sum')", 20.625),
    ("F.mse_loss(input=x, target=y, reduction='sum')", 20.625),
    ("F.mse_loss(target=y, input=x)", 3.4375),
    ("F.mse_loss(x, y, size_average=None, reduce=None)", 3.4375),
    ("nn.MSELoss(reduction='sum')(x, y)", 20.625),
    ("torch.nn.HuberLoss(delta=0.5, reduction='sum')(x, y)", 3.75),
    ("nn.L1Loss()(x, y)", 1.5),
    ("nn.BCEWithLogitsLoss(pos_weight=w)(x, b)", 0.934208485298),
    ("criterion = nn.CrossEntropyLoss(label_smoothing=0.1)\ncriterion(x, c)", 0.419325286366),
    ("loss_fn = nn.MSELoss(reduction='sum'); loss = loss_fn(x*1, y); loss/2", 10.3125),
    ("relu = nn.ReLU()\nrelu(x).sum()", 4.25),
    ("sum(mse_loss(x, y, reduction='none')[0])", 2.75),
    ("def loss(x, y): return F.mse_loss(x, y, reduction='sum')\nloss(x, y)", 20.625),
    ("t = 0\nfor k in range(3): t += F.mse_loss(x[:, k], y[:, k], reduction='sum')\nt", 20.625),
])  # fmt: skip
def test_other_ways_to_say_it(text, expected):
    assert of(text) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("text", "help_", "corrected"), [
    ("F.mse_loss(x, y, size_average=False)", "write `reduction='sum'`", "F.mse_loss(x, y, reduction='sum')"),
    ("F.mse_loss(x, y, size_average=True)", "write `reduction='mean'`", "F.mse_loss(x, y, reduction='mean')"),
    ("nn.MSELoss(size_average=False)(x, y)", "write `reduction='sum'`", "nn.MSELoss(reduction='sum')(x, y)"),
    ("F.mse_loss(x, y, reduce=False)", "write `reduction='none'`", "F.mse_loss(x, y, reduction='none')"),
    ("F.l1_loss(x, y, reduction='average')", "write `reduction='mean'`", "F.l1_loss(x, y, reduction='mean')"),
    ("nn.MSELoss('sum')(x, y)", "", "nn.MSELoss(reduction='sum')(x, y)"),
])  # fmt: skip
def test_old_and_wrong_names_are_refused_with_the_new_one(text, help_, corrected):
    if help_:
        with pytest.raises(BackpropError) as caught:
            of(text)
        assert caught.value.diagnostics[0].code == "S112"
        assert help_ in caught.value.diagnostics[0].help
    of(corrected)


@pytest.mark.parametrize("text", [
    "F.poisson_nll_loss(x, b, full=True)", "F.cross_entropy(x, c, ignore_index=0)", "nn.HuberLoss(0.5)(x, y)",
    "F.triplet_margin_loss(x, y, v, p=3)", "F.cross_entropy(x, q, weight=w)",
])  # fmt: skip
def test_what_has_no_formula_here_is_refused(text):
    with pytest.raises(BackpropError) as caught:
        of(text)
    assert caught.value.diagnostics[0].code == "S112"


def test_the_gradient_of_a_sum_is_that_of_its_terms():
    made = backprop("grad", "F.mse_loss(x, y, reduction='sum')", "x=[1,2]", "y=[3,1]", "-q", "--no-check").out
    assert made.split() == ["x=[-4,2]", "y=[4,-2]"]  # 2(x - y)
