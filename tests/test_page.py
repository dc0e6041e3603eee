"""The page in a real browser: it steps by key, button, slider and address, asks for nothing, and no labels overlap."""

import os
import shutil

import pytest
from conftest import backprop
from test_figures import random_figure

import backprop_cli
from backprop_cli.render import Style, render
from backprop_cli.report.drawing import figure
from backprop_cli.report.figure import DrawnSubgraph

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[browser]'")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
if not CHROMIUM:
    pytest.skip("no Chromium here: apt-get install chromium", allow_module_level=True)

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
SEED = ["(x+y)*z", "x=-2", "y=5", "z=-4"]
NEURON = ["1/(1+exp(-(w0*x0+w1*x1+w2)))", "w0=2", "x0=-1", "w1=-3", "x1=-2", "w2=-3"]
NETWORK = [
    "h1 = relu(w11*x1 + w12*x2 + b1); h2 = relu(w21*x1 + w22*x2 + b2); y = sigmoid(v1*h1 + v2*h2 + c); -log(1 - y)",
    "x1=1", "x2=-2.125", "w11=0.123456789", "w12=-0.3", "w21=0.7", "w22=0.25", "b1=3e-7", "b2=-0.2", "v1=1.5", "v2=-2",
    "c=0.3",
]  # fmt: skip
LAYERS = ["f = cross_entropy(max(0, X@W1 + b1)@W2 + b2, y)", "X=randn(4,3)", "W1=randn(3,5)", "b1=zeros(5)",
          "W2=randn(5,3)", "b2=zeros(3)", "y=[0,2,1,1]"]  # fmt: skip
SQUARED = ["f = sum((W@x)^2) + norm(x)", "W=[[0.1,0.5],[-0.3,0.8]]", "x=[0.2,0.4]"]
# What the eye meets: text boxes in pixels, of everything that is drawn and not hidden.
BOXES = """() => Array.from(document.querySelectorAll("svg.bp text"))
    .filter((text) => getComputedStyle(text).visibility !== "hidden" && getComputedStyle(text).display !== "none")
    .map((text) => [text.textContent, text.getBoundingClientRect()])
    .map(([said, box]) => [said, box.left, box.top, box.right, box.bottom])"""


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Opens the page of a command, or of a text; at the end there was no request but for it, and no complaint."""
    contexts, complaints, requests = [], [], []

    def open_(words, fragment="", scheme="light", width=1280):
        path = tmp_path / "page.html"
        if isinstance(words, str):
            path.write_text(words, encoding="utf-8")
        else:
            ran = backprop("graph", *words, "--format", "html", "-o", str(path))
            assert ran.status == 0, ran
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url.partition("#")[0]))
        page.goto(path.as_uri() + fragment)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []
    assert set(requests) == {(tmp_path / "page.html").as_uri()}


def shown(page):
    """What the figure says beside wires: name: (value, gradient), as far as it is visible."""
    return page.evaluate("""() => Object.fromEntries(Array.from(document.querySelectorAll("g[data-node]"), (node) => {
        const said = (look) => Array.from(node.querySelectorAll(look))
            .filter((text) => getComputedStyle(text).visibility !== "hidden").map((text) => text.textContent).join();
        return [said(".name") || said(".leaf") || said(".result"), [said(".value"), said(".grad")]];
    }))""")


def said(page):
    return "\n".join(filter(None, page.inner_text("#said").splitlines()))


def test_steps_by_key(opened):
    page = opened(SEED, "#step=0")
    assert shown(page) == {"x": ["-2", ""], "y": ["5", ""], "z": ["-4", ""], "n1": ["", ""], "f": ["", ""]}
    page.keyboard.press("ArrowRight")
    assert said(page) == "n1 = x + y = -2 + 5 = 3"
    assert shown(page)["n1"] == ["3", ""] and shown(page)["f"] == ["", ""]
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert said(page).splitlines() == [
        "df/dn1 += df/df · ∂f/∂n1 = 1 · (-4) = -4",
        "df/dz += df/df · ∂f/∂z = 1 · 3 = 3",
    ]
    assert shown(page) == {"x": ["-2", ""], "y": ["5", ""], "z": ["-4", "3"], "n1": ["3", "-4"], "f": ["-12", "1"]}
    assert page.inner_text("#where") == "backward pass, step 2 of 3"
    page.keyboard.press("ArrowLeft")
    assert said(page) == "df/df = 1" and shown(page)["z"] == ["-4", ""]
    page.keyboard.press("End")
    assert shown(page)["x"] == ["-2", "-4"] and page.is_disabled("#next")
    page.keyboard.press("Home")
    assert shown(page)["n1"] == ["", ""] and page.is_disabled("#back")


def test_steps_by_button_slider_and_address(opened):
    page = opened(SEED, "#step=3")
    assert said(page) == "df/df = 1"
    page.click("#next")
    assert page.evaluate("location.hash") == "#step=4" and page.input_value("#slider") == "4"
    page.click("#back")
    page.click("#back")
    assert said(page) == "f = n1 * z = 3 * (-4) = -12"
    page.click("#last")
    assert shown(page)["y"] == ["5", "-4"]
    page.click("#first")
    page.focus("#slider")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("location.hash") == "#step=1"
    page.evaluate("location.hash = '#step=2'")
    page.wait_for_function("document.querySelector('#said').innerText.startsWith('f = n1')")
    for nonsense in ("#step=999", "#step=-1", "#step=1e9", "#<b>"):
        page.evaluate("where => { location.hash = where }", nonsense)
    page.reload()
    assert said(page)


def test_marks_what_moves(opened):
    page = opened(SEED, "#step=4")
    marked = page.evaluate("""() => Array.from(document.querySelectorAll(".now"), ({ tagName, classList, dataset }) =>
        [tagName, classList[0], dataset.node ?? `${dataset.from}>${dataset.to}`].join(" "))""")
    # f is the gate; its two wires move and its two local gradients count.
    assert sorted(marked) == ["g output 4", "g port 2>4", "g port 3>4", "path wire 2>4", "path wire 3>4"]


def test_keyboard_reaches_everything_and_names_it(opened):
    page = opened(SEED, "#step=1")
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert reached == ["smaller", "larger", "figure", "first", "back", "next", "last", "slider", "SUMMARY"]
    names = page.evaluate("""() => Array.from(document.querySelectorAll("button, input, [role=region]"),
        (one) => one.getAttribute("aria-label") || one.textContent)""")
    assert all(names) and page.get_attribute("#now", "aria-live") == "polite"
    assert page.get_attribute("#slider", "aria-valuetext") == "forward pass, step 1 of 2"
    assert page.get_attribute("svg.bp", "role") == "img"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "words", [SEED, NEURON, NETWORK, LAYERS, SQUARED], ids=["seed", "neuron", "network", "layers", "squared"]
)
def test_no_two_labels_overlap(opened, words, scheme, width):
    page = opened(words, "#step=99", scheme, width)
    boxes = page.evaluate(BOXES)
    assert len(boxes) > 10
    assert overlapping(boxes) == []
    # The page itself never scrolls sideways; the figure does, within its frame.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for button in ("first", "back", "next", "last"):
        box = page.locator(f"#{button}").bounding_box()
        assert box["width"] >= 44 and box["height"] >= 44


def overlapping(boxes):
    """Pairs of texts that share more than half a pixel."""
    boxes = sorted(boxes, key=lambda box: box[1])
    found = []
    for k, (one, left, top, right, bottom) in enumerate(boxes):
        for other, start, high, end, low in boxes[k + 1 :]:
            if start >= right - 0.5:
                break
            if min(bottom, low) - max(top, high) > 0.5 and min(right, end) - max(left, start) > 0.5:
                found.append((one, other))
    return found


def test_overlaps_would_be_seen():
    assert overlapping([["a", 0, 0, 10, 10], ["b", 9, 9, 20, 20], ["c", 30, 0, 40, 10]]) == [("a", "b")]


@pytest.mark.parametrize("words", [["x", "x=2"], ["u = x*y; v = exp(u); x + 3.25", "x=-1234.5", "y=7"],
                                   ["max(a, 0, b, 1e-9)*a_name_that_is_long + where(a < b, 0.1234567891, a)",
                                    "a=1", "b=2", "a_name_that_is_long=1e-200"]])  # fmt: skip
def test_odd_graphs_do_not_overlap_either(opened, words):
    page = opened(words, "#step=99")
    assert overlapping(page.evaluate(BOXES)) == []


@pytest.mark.parametrize("edges", ["grad", "local", "both", "none"])
def test_long_numbers_do_not_overlap(opened, edges):
    page = opened([*NETWORK, "--edges", edges, "--digits", "17"], "#step=99")
    assert overlapping(page.evaluate(BOXES)) == []


def test_colours_can_be_read(opened):
    """Contrast of at least 4.5:1 (WCAG 2.2, 1.4.3) between each text and what it stands on."""
    for scheme in ("light", "dark"):
        page = opened(NEURON, "#step=99", scheme)
        colours = page.evaluate("""() => Array.from(document.querySelectorAll("svg.bp text"), (text) => {
            const ground = text.classList.contains("operation") ? text.parentNode.querySelector(".body")
                : document.querySelector(".paper");
            return [text.textContent, getComputedStyle(text).fill, getComputedStyle(ground).fill];
        })""")
        assert len(colours) > 30
        for text, ink, paper in colours:
            bright, dark = sorted(map(luminance, (ink, paper)), reverse=True)
            assert (bright + 0.05) / (dark + 0.05) >= 4.5, (scheme, text, ink, paper)


def luminance(colour):
    channels = [int(c) / 255 for c in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_it_says_everything_without_script(browser, tmp_path):
    path = tmp_path / "page.html"
    assert backprop("graph", *SEED, "--format", "html", "-o", str(path)).status == 0
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.is_hidden("#player") and page.is_visible("svg.bp")
    page.click("summary")
    assert "df/dx += df/dn1 · ∂n1/∂x = -4 · 1 = -4" in page.inner_text("#steps")
    context.close()


def test_structure_has_no_player(opened):
    page = opened(["(x+y)*z"])
    assert page.is_hidden("#player") and page.is_hidden("#all")


def test_modules_with_leaves_do_not_overlap(opened):
    report = backprop_cli.grad("max(a*b, 0.25, leaky_relu(a, slope=0.125)) + b", a=1, b=2, check=False)
    drawn = figure(report, Style().number, edges="both")
    inner = tuple(node.id for node in drawn.nodes if "leaky" in node.written or node.name == "0.125")
    outer = tuple(node.id for node in drawn.nodes if node.kind in ("gate", "constant"))
    path = {node: (1, 2) if node in inner else (1,) for node in outer}
    drawn = drawn._replace(
        nodes=tuple(node._replace(subgraphs=path.get(node.id, ())) for node in drawn.nodes),
        subgraphs=(DrawnSubgraph(1, "outer_module_with_a_long_name", outer), DrawnSubgraph(2, "inner(a)", inner)),
    )
    page = opened("".join(render(drawn, "html", Style())), "#step=99")
    assert len(inner) == 2 and overlapping(page.evaluate(BOXES)) == []


def test_it_steps_in_a_notebook(browser):
    """In a frame without an address of its own, beside other markup."""
    complaints = []
    context = browser.new_context()
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_content(f"<p>out:</p>{backprop_cli.grad('(x+y)*z', x=-2, y=5, z=-4, check=False)._repr_html_()}")
    inside = page.frames[1]
    inside.wait_for_selector("#player:not([hidden])")
    inside.click("#first")
    inside.click("#next")
    inside.press("#next", "ArrowRight")
    assert inside.inner_text("#said") == "f = n1 * z = 3 * (-4) = -12"
    assert complaints == []
    context.close()


def test_a_large_page_steps_without_delay(opened):
    page = opened("".join(render(random_figure(450, 7), "html", Style())), "#step=0")
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("location.hash") == "#step=20"
    page.keyboard.press("End")
    assert overlapping(page.evaluate(BOXES)) == []


def test_gates_fold(opened):
    gates = ["gate sig(x) = 1/(1+exp(-x)); f = sig(w*x+b)", "w=2", "x=-1", "b=1"]
    page = opened(gates)
    drawn = "Array.from(document.querySelectorAll('.view:not([hidden]) g[data-node]')).length"
    assert page.inner_text("#fold") == "unfold gates" and page.evaluate(drawn) == 6
    assert page.inner_text("h1") == "f = sig(w*x+b) = 0.269" and page.inner_text("#program") == gates[0]
    assert page.is_disabled("#next")  # it opens at the last step
    page.click("#fold")
    assert page.inner_text("#fold") == "fold gates" and page.evaluate(drawn) > 8 and page.is_disabled("#next")
    assert overlapping(page.evaluate(BOXES)) == []
    assert page.locator(".view:not([hidden]) .module rect").count() == 1  # a frame a gate
    page.locator(".view:not([hidden]) .module text").click()
    assert page.evaluate(drawn) == 6 and overlapping(page.evaluate(BOXES)) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_zooms(opened, width):
    page = opened(NETWORK, width=width)
    cut = "(() => { const f = document.getElementById('figure'); return f.scrollWidth > f.clientWidth; })()"
    covers = """() => document.getElementById("player").getBoundingClientRect().top
        >= document.getElementById("figure").getBoundingClientRect().bottom"""
    assert not page.evaluate(cut) and page.evaluate(covers)
    for _ in range(8):
        page.click("#larger")
    assert page.evaluate(cut)
    page.click("#fit")
    assert not page.evaluate(cut) and page.is_disabled("#fit")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_a_tall_figure_scrolls_above_its_player(opened, width, height):
    """The player is in sight with all of its figure's frame, and each step brings its gate into sight."""
    page = opened(LAYERS, "#step=0", width=width)
    page.set_viewport_size({"width": width, "height": height})
    in_sight = """() => {
        const frame = document.getElementById("figure").getBoundingClientRect();
        const gate = document.querySelector(".view:not([hidden]) g.now").getBoundingClientRect();
        return gate.top >= frame.top - 1 && gate.bottom <= frame.bottom + 1;
    }"""
    page.keyboard.press("End")
    while page.is_enabled("#back"):
        assert page.evaluate(in_sight)
        page.keyboard.press("ArrowLeft")
        if page.inner_text("#where").startswith("forward pass, step 0"):
            break
    assert page.evaluate("document.getElementById('figure').clientHeight") <= max(
        384, height - (240 if width > 480 else 304)
    )


def test_a_page_takes_the_layout_that_its_width_can_show(opened):
    page = opened(LAYERS, "#step=3")
    wide = page.evaluate("picture.viewBox.baseVal.width")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => picture.viewBox.baseVal.width < 700")
    assert page.evaluate("location.hash") == "#step=3" and page.locator(".view:not([hidden])").count() == 1
    assert page.locator(".view:not([hidden]) .now").count() > 0
    page.set_viewport_size({"width": 1280, "height": 844})
    page.wait_for_function(f"() => picture.viewBox.baseVal.width === {wide}")


OPTION = ["d1 = (log(S/K) + (r + s^2/2)*T)/(s*sqrt(T)); d2 = d1 - s*sqrt(T); S*normcdf(d1) - K*exp(-r*T)*normcdf(d2)",
          "S=100", "K=95", "r=0.03", "s=0.2", "T=0.5"]  # fmt: skip


def test_letters_can_be_read_on_a_telephone(opened):
    """A wide figure opens at 8 pixels a letter, its gate in sight, and scrolls; the button shows all of it."""
    page = opened(OPTION, width=390)
    smallest = """Math.min(...Array.from(picture.querySelectorAll("text"), (text) =>
        parseFloat(getComputedStyle(text).fontSize))) * picture.width.baseVal.value / picture.viewBox.baseVal.width"""
    assert page.evaluate(smallest) >= 7.5 and page.is_enabled("#fit")
    in_sight = """(() => {
        const frame = document.getElementById("figure").getBoundingClientRect();
        const gate = document.querySelector(".view:not([hidden]) g[data-node].now text").getBoundingClientRect();
        return gate.left >= frame.left - 1 && gate.right <= frame.right + 1;
    })()"""
    while page.is_enabled("#back"):
        assert page.evaluate(in_sight)
        page.click("#back")
    page.click("#fit")
    assert page.evaluate(
        "document.getElementById('figure').scrollWidth <= document.getElementById('figure').clientWidth"
    )
    assert page.is_disabled("#fit")


def test_no_button_is_too_small_for_its_words(opened):
    page = opened(["gate sig(x) = 1/(1+exp(-x)); f = sig(w*x+b)", "w=2", "x=-1", "b=1"], width=390)
    cut = "Array.from(document.querySelectorAll('button')).filter((b) => b.scrollWidth > b.clientWidth).length"
    for _ in range(2):
        assert page.evaluate(cut) == 0
        page.click("#fold")


def test_a_frame_without_a_width_is_laid_out_when_it_has_one(opened):
    """As notebooks do, where a cell is made before it is shown."""
    page = opened(SEED, width=1280)
    page.evaluate("() => { document.querySelector('main').style.display = 'none' }")
    page.evaluate("() => { layOut() }")
    page.evaluate("() => { document.querySelector('main').style.display = '' }")
    page.wait_for_function("() => picture.width.baseVal.value > 300")
