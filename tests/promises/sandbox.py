"""A real browser that watches what runs in it: documents in frames, each touched as a person could, and whole pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from playwright.sync_api import BrowserContext, Dialog, Page, Request, Route

# What somebody might do: point at everything, type on it, click. What only leads away is held.
TOUCH = r"""async () => {
    const own = here => /^(javascript|data|vbscript):/i.test(here);
    const leaves = event => {
        const link = event.target.closest?.('a, area');
        const form = event.type === 'submit' ? event.submitter?.formAction || event.target.action : null;
        const to = form ?? (link && (link.href?.baseVal ?? link.href));
        if (to !== null && to !== undefined && !own(String(to))) event.preventDefault();
    };
    const pause = ms => new Promise(done => setTimeout(done, ms));
    const documents = [document];
    for (const frame of document.querySelectorAll('iframe')) {
        try { if (frame.contentDocument) documents.push(frame.contentDocument) } catch { /* Not of this site. */ }
    }
    for (const here of documents) {
        here.addEventListener('click', leaves, true);
        here.addEventListener('submit', leaves, true);
        for (const element of here.body?.querySelectorAll('*') ?? []) {
            for (const name of ['pointerenter', 'mouseenter', 'pointerover', 'mouseover', 'mousemove', 'focusin'])
                element.dispatchEvent(new MouseEvent(name, {bubbles: true}));
            try { element.focus?.() } catch { /* Not to be focused. */ }
            for (const name of ['keydown', 'keyup'])
                element.dispatchEvent(new KeyboardEvent(name, {bubbles: true, key: 'a'}));
            const answers = element.matches('summary, a, area, button, input, label, img, [onclick]');
            const click = {bubbles: true, cancelable: true, view: here.defaultView};
            if (answers && element.form?.method !== 'post')
                element.dispatchEvent(new MouseEvent('click', click));
            const to = element.getAttribute('href') ?? element.getAttribute('formaction') ?? element.form?.action ?? '';
            if (answers && !/^(https?:|\/)/.test(to)) await pause(0);  // One such way at a time, or the last one wins.
        }
    }
    await pause(100);
}"""


class Sandbox:
    """One page of a browser, and everything that ran in it without being asked.

    Args:
        site: the address of this site; nothing else is ever reached.
        policy: the content policy that documents carry; none for no second wall.
    """

    def __init__(self, context: BrowserContext, site: str, *, policy: str | None = None) -> None:
        self.site, self.policy = site, policy
        self.hits: set[int] = set()
        self.others: list[str] = []
        self.documents: Mapping[str, str] = {}
        context.expose_function("told", self._hit)
        context.add_init_script("if (top === self) { window.hit = number => { window.told(number) } }")
        self.page: Page = context.new_page()
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)
        self.page.route("**/*", self._answer)

    def try_documents(self, documents: Iterable[str]) -> None:
        """Open documents, each in a frame of its own, and touch everything in them."""
        self.documents = {f"{self.site}/document/{number}": text for number, text in enumerate(documents)}
        frames = "".join(f'<iframe src="{address}"></iframe>' for address in self.documents)
        self.page.goto(f"{self.site}/top", wait_until="commit")
        self.page.set_content(f"<!doctype html><body>{frames}</body>", wait_until="load")
        self.touch()

    def try_page(self, address: str) -> None:
        """Open a page of the app, and touch everything on it."""
        self.page.goto(address, wait_until="load")
        self.touch()

    def touch(self) -> None:
        """Do what a person could."""
        self.page.evaluate(TOUCH)
        if self.page.evaluate("window.name") != "":
            self.others.append("window.name")

    def _hit(self, number: int) -> None:
        self.hits.add(number)

    def _dialog(self, dialog: Dialog) -> None:
        self.others.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if request.is_navigation_request() and not request.url.startswith((self.site, "about:", "blob:")):
            self.others.append(f"a way off: {request.url}")

    def _answer(self, route: Route) -> None:
        url = route.request.url
        if url == f"{self.site}/top":
            route.fulfill(body="<!doctype html>", content_type="text/html; charset=utf-8")
        elif url in self.documents:
            headers = {"Content-Type": "text/html; charset=utf-8"}
            if self.policy:
                headers["Content-Security-Policy"] = self.policy.replace(
                    "frame-ancestors 'none'", "frame-ancestors 'self'"
                )
            body = self.documents[url].encode("utf-8", "surrogatepass")
            route.fulfill(body=b"<!doctype html><body>" + body, headers=headers)
        elif url.startswith(self.site) and not self.documents:
            self._pass_without_policy(route)
        else:
            route.abort()

    def _pass_without_policy(self, route: Route) -> None:
        if route.request.method != "GET" or route.request.resource_type not in ("document", "script"):
            route.abort()  # Neither what a form would send, nor looks.
            return
        if route.request.resource_type == "script":
            route.continue_()
            return
        answer = route.fetch(max_redirects=0)
        headers = {name: value for name, value in answer.headers.items() if name != "content-security-policy"}
        route.fulfill(response=answer, headers=headers)
