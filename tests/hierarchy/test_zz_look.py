from datetime import timedelta
from decimal import Decimal
from tests.factories import *
from tests.factories import at as living
from tests.hierarchy.plans import *
from tests.hierarchy.test_delivering import report, read, embed
from portfolio.hierarchy.state import Colour, Letter
from portfolio.hierarchy.text import *
from portfolio.organisation.change import FormOfChange
from portfolio.people.comment import Comment
from datetime import date
T = date(2026, 11, 23)
def test_look(app, page_of, base_url):
    fin, wh = a_unit("Finance"), a_unit("Warehouse")
    lies, jonas, tom = a_person(name="Lies Maes", unit=fin), an_operations_owner(wh, name="Jonas Vermeulen"), a_person(name="Tom Desmet", unit=wh)
    an_operations_owner(fin, name="Fatima El Amrani")
    def ini(state, days, due, **kw):
        with living(T - timedelta(days=days)):
            today = T - timedelta(days=days)
            kw.setdefault("starts_on", today); kw.setdefault("due_on", T + timedelta(days=due))
            kw.setdefault("milestones", (MilestoneText("Ten accounts live", T - timedelta(days=8)), MilestoneText("All accounts live", T + timedelta(days=due - 2))))
            return state(**kw)
    with living(T):
        pass
    a = ini(an_active_initiative, 45, 30, title="Digital quote tool on the accounts", form=FormOfChange.RENEW, unit=fin, owner=lies, mandate="Decides on the tool's set-up and on 12 hours a week of the team.", roles=(RoleText(tom, Letter.RESPONSIBLE), RoleText(jonas, Letter.CONSULTED)))
    b = ini(an_active_initiative, 50, -15, title="Returned beds cleaned within 48 hours", unit=wh, owner=tom, budget=money("9000"), metric="Hours until clean", unit_of_measure="h", baseline=Decimal(81), target=Decimal(48))
    c = ini(a_planned_initiative, 3, 90, title="Scanner upgrade in both warehouses", form=FormOfChange.RENEW, unit=wh, owner=jonas, budget=money("64000"), starts_on=T+timedelta(days=5), milestones=())
    d = ini(a_suggestion, 2, 60, title="Urgent orders picked first, 06:30", unit=wh, owner=tom, by=jonas, target=None)
    e = ini(an_active_initiative, 60, 20, title="Planner and driver at one table, 15:00", unit=wh, owner=jonas, budget=money("4000"), metric="First-time-right", unit_of_measure="%", baseline=Decimal(71), target=Decimal(85))
    with living(T - timedelta(days=10)):
        report(a, Colour.GREEN, 40, "Ten accounts are live; no complaints."); read(a, "30"); report(b, Colour.AMBER, 50, "Dryer broken."); read(b, "63")
        with working_on(a, by=lies) as (m, by, at_):
            m.reach_milestone(m.milestones[0], house_rules().today, rules=house_rules(), by=by)
            Comment.write(m, "Do the *old* quotes stay readable?", is_question=True, by=by, at=at_)
    with living(T - timedelta(days=2)):
        report(a, Colour.RED, 60, "The supplier delivers **two weeks later**. Jonas decides on Monday whether we wait."); read(a, "24"); read(e, "86")
        embed(e, "86")
    shots = {"list": "/initiatives", "emb": "/initiatives?stage=embedded", "a": f"/initiatives/{a.ref}", "b": f"/initiatives/{b.ref}", "d": f"/initiatives/{d.ref}", "e": f"/initiatives/{e.ref}", "text": f"/initiatives/{c.ref}/text", "new": "/initiatives/new?form=renew&title=One board", "status": f"/initiatives/{b.ref}/status", "embedding": f"/initiatives/{b.ref}/embedding", "measures": "/measures", "measure": f"/measures/{e.measure_id}"}
    from portfolio.foundation import clock
    with clock.set_everywhere(datetime(2026, 11, 23, 11, tzinfo=ZONE)), living(T):
        page = page_of(jonas)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for w in (1440, 390):
                if scheme == "dark" and w == 390: continue
                page.set_viewport_size({"width": w, "height": 900})
                for n, path in shots.items():
                    r = page.goto(base_url + path); assert r.ok, (path, r.status)
                    page.screenshot(path=f"/tmp/look/{n}-{w}-{scheme}.png", full_page=True)
                    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    if over > 0: print("OVERFLOW", n, w, over)
        page.set_viewport_size({"width": 320, "height": 800})
        for n, path in shots.items():
            page.goto(base_url + path); over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if over > 0: print("OVERFLOW320", n, over)
        # script rows
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(base_url + "/initiatives/new"); page.click("button[value=roles]"); page.click("button[value=milestones]")
        assert page.locator("[name='roles-1-person'] option").count() > 3
        page.fill("[name='milestones-1-name']", "Second"); page.screenshot(path="/tmp/look/rows.png", full_page=True)
from portfolio.organisation.house_rules import house_rules
from zoneinfo import ZoneInfo
ZONE = ZoneInfo("Europe/Amsterdam")
