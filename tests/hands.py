"""The two hands a page is worked by: the mouse, and the keyboard alone."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import FilePayload, Locator, Page, expect

MOST_STOPS = 150  #: presses of Tab before something in the page is given up
#: How many stops of Tab surely stand between the focus and an element behind it: seen, in no folded part.
STOPS_BEFORE = """(wanted) => {
  const stops = [...document.querySelectorAll(
    "a[href], button, select, summary, textarea, input:not([type=radio])")];
  const from = stops.indexOf(document.activeElement);
  const to = stops.indexOf(wanted);
  const seen = (one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility() && one.type !== "hidden";
  return to < 0 ? 0 : stops.slice(from + 1, Math.max(to, 0)).filter(seen).length;
}"""


@dataclass(frozen=True)
class Hand:
    """How the page is worked."""

    page: Page
    is_keyboard: bool

    def press(self, what: Locator) -> None:
        """Follow a link, press a button, open what is folded."""
        if not self.is_keyboard:
            what.click()
            return
        self._go_to(what)
        self.page.keyboard.press("Enter")

    def write(self, what: Locator, text: str) -> None:
        """Type into a field, in the place of what stood there."""
        if not self.is_keyboard:
            what.fill(text)
            return
        self._go_to(what)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def choose(self, what: Locator, words: str) -> None:
        """Choose from a list; the keyboard goes up to its beginning and down again."""
        if not self.is_keyboard:
            what.select_option(label=words)
            return
        self._go_to(what)
        self.page.keyboard.press("Home")
        for _ in range(what.locator("option").count()):
            if what.locator("option:checked").inner_text() == words:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the keyboard does not choose {words}")

    def tick(self, what: Locator) -> None:
        """Tick a box, or choose one of several buttons."""
        if not self.is_keyboard:
            what.check()
        elif what.get_attribute("type") == "radio":
            self._go_down_to(what)
        else:
            self._go_to(what)
            if not what.is_checked():
                self.page.keyboard.press("Space")
        expect(what).to_be_checked()

    def give(self, what: Locator, file: FilePayload) -> None:
        """Choose a file in the browser's own window."""
        with self.page.expect_file_chooser() as opened:
            self.press(what)
        opened.value.set_files(file)

    def _go_to(self, what: Locator) -> None:
        """Press Tab until the focus is there; of the stops on the way none is asked for its name."""
        expect(what).to_be_visible()
        pressed = 0
        for _ in range(what.evaluate(STOPS_BEFORE)):
            self.page.keyboard.press("Tab")
            pressed += 1
        while pressed < MOST_STOPS:
            self.page.keyboard.press("Tab")
            pressed += 1
            if what.evaluate("(wanted) => wanted === document.activeElement"):
                return
        raise AssertionError(f"the keyboard does not reach {what}")

    def _go_down_to(self, what: Locator) -> None:
        """Tab stops at the button of the group that is chosen; the arrows go on from there."""
        group = what.locator("xpath=ancestor::fieldset[1]").locator("input[type=radio]")
        chosen = group.and_(self.page.locator(":checked"))
        self._go_to(chosen if chosen.count() else group.first)
        for _ in range(group.count()):
            if what.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
