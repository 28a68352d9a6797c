"""The experiments of the demonstration: what each says, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from portfolio.foundation.money import Money
from portfolio.network.charter import Charter, CriterionText, GuardrailText, MilestoneText
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.measure import Direction

EURO = 100


@dataclass(frozen=True)
class Bet:
    """An experiment: its text, its people, and the readings and learnings of its weeks.

    Args:
        lead: who leads it, by the first part of the address; team: who joins.
        confidence: percent per week, None where no check-in came.
        readings: per metric, (week, value).
        learnings: (week, author, kind, evidence, title, body).
        expenses: (week, author, euro, what for).
    """

    charter: Charter
    lead: str
    team: tuple[str, ...] = ()
    confidence: tuple[int | None, ...] = ()
    readings: dict[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    learnings: tuple[tuple[int, str, str, str, str, str], ...] = ()
    expenses: tuple[tuple[int, str, int, str], ...] = ()

    def read_in(self, week: int) -> list[tuple[str, str]]:
        """What was read in a week: metric and value."""
        return [(metric, value) for metric, all_ in self.readings.items() for at, value in all_ if at == week]


def criterion(
    metric: str,
    unit: str,
    baseline: str,
    target: str,
    *,
    stop: str | None = None,
    week: int | None = None,
    how: str = "",
) -> CriterionText:
    """A criterion in short."""
    return CriterionText(
        metric=metric,
        unit=unit,
        baseline=Decimal(baseline),
        target=Decimal(target),
        stop_threshold=Decimal(stop) if stop else None,
        due_week=week,
        how=how,
    )


def charter(
    title: str,
    form: FormOfChange,
    hypothesis: str,
    assumption: str,
    weeks: int,
    euro: int,
    criteria: tuple[CriterionText, ...],
    first_step: str,
    *,
    milestones: tuple[tuple[str, int, int], ...] = (),
    guardrail: GuardrailText | None = None,
    problem: str = "",
    hours: int = 0,
) -> Charter:
    """A charter in short; milestones as (name, week, euro)."""
    return Charter(
        title=title,
        form=form,
        problem=problem,
        hypothesis=hypothesis,
        riskiest_assumption=assumption,
        weeks=weeks,
        budget=Money(euro * EURO),
        horizon=form.default_horizon,
        hours_a_week=hours,
        first_step=first_step,
        criteria=criteria,
        guardrails=(guardrail,) if guardrail else (),
        milestones=tuple(MilestoneText(name, week, amount * EURO) for name, week, amount in milestones),
    )


TRANSITION, INNOVATION = FormOfChange.TRANSITION, FormOfChange.INNOVATION
DISCHARGE = GuardrailText("Hospital discharges served within 24 hours", "%", Direction.AT_LEAST, Decimal("98.5"))

# Last quarter -------------------------------------------------------------------------------------------------------

LEGO = Bet(
    charter(
        "Can teams find the one-day route themselves?",
        TRANSITION,
        "We believe that building one delivery together, out of LEGO, with planner, driver, adviser and invoicing at the "
        "table, will bring the lead time from six days to one, because the people who make it go well have never "
        "compared what they do.",
        "The knowledge is already in the house, but not connected. If the teams cannot find what good deliveries share, "
        "we need an outside view.",
        8,
        15_000,
        (
            criterion("Lead time to the door", "days", "6", "1", stop="8", how="Median of the week’s orders, Kortrijk"),
            criterion("First time right", "%", "71", "90", stop="70", how="Deliveries without a second visit"),
            criterion("Customer rating", "", "6.9", "8", week=6, how="Card at the door, 0 to 10"),
        ),
        "Put one order of last week on the table, brick by brick, with everyone who touched it.",
        milestones=(("Process built with three teams", 3, 6_000),),
        guardrail=DISCHARGE,
        problem="An order takes **six days** to reach the door. Everyone works hard; nobody sees the whole.",
        hours=10,
    ),
    lead="volunteer",
    team=("operations", "fatima", "pieter", "lies"),
    confidence=(40, 45, None, 60, 70, 80, 85, 90),
    readings={
        "Lead time to the door": ((1, "6"), (3, "4.2"), (5, "2.1"), (7, "1.2"), (8, "1")),
        "First time right": ((2, "73"), (5, "86"), (8, "91")),
        "Customer rating": ((6, "8.1"),),
        "Hospital discharges served within 24 hours": ((2, "99.0"), (6, "99.1")),
    },
    learnings=(
        (2, "pieter", "obstacle", "anecdote", "Advisers cannot leave home visits on Tuesday",
         "We moved the table to Thursday 8:00. The whole team came, for the first time."),
        (3, "lies", "surprise", "behaviour", "Invoicing knows before anyone when a delivery will go wrong",
         "We put a red brick on every order without a signed advice. **All four** became second visits."),
        (5, "volunteer", "insight", "measured",
         "It goes right when driver and planner see the same route before it is fixed",
         "In 34 of 41 deliveries that went right first time, somebody had phoned the driver before 15:00. "
         "In the other group: 3 of 19.\n\n| | phoned | not phoned |\n| --- | --- | --- |\n| right | 34 | 7 |\n| wrong | 3 | 16 |"),
        (6, "fatima", "quick_win", "anecdote", "The route taped on the floor",
         "We taped the route on the floor and the driver saw in one minute why Wevelgem is always late."),
    ),
    expenses=((1, "volunteer", 1_850, "LEGO, tables, two rooms"), (4, "volunteer", 4_200, "Overtime of drivers at the table"),
              (7, "lies", 2_600, "Measuring at the door, four weeks")),
)  # fmt: skip

QUOTES = Bet(
    charter(
        "Do customers decide sooner on a quote that writes itself?",
        INNOVATION,
        "We believe that quotes linked to the accounts will take 60% less time and bring a yes sooner, because nobody "
        "retypes and nobody waits for a price.",
        "Sales trusts a price that no colleague typed.",
        8,
        18_000,
        (
            criterion("Time per quote", "minutes", "45", "18", stop="40", how="Mean of the week"),
            criterion("Quotes answered within two days", "%", "35", "60"),
        ),
        "Link the price list to the last twenty quotes and show Sales where they differ.",
        milestones=(("Fifty quotes made with it", 4, 8_000),),
        hours=8,
    ),
    lead="bram",
    team=("lies", "koen"),
    confidence=(50, 55, 60, 65, 70, 80, 85, 85),
    readings={
        "Time per quote": ((2, "38"), (4, "27"), (6, "20"), (8, "17.5")),
        "Quotes answered within two days": ((4, "48"), (8, "63")),
    },
    learnings=(
        (3, "koen", "observation", "behaviour", "Customers ask for the price by text message",
         "11 of 26 asked us to send the price in a message, not a document."),
        (6, "lies", "insight", "measured", "A quote linked to the accounts needs no retyping on the invoice",
         "Time per quote fell from 45 to 18 minutes, and the invoice came for free: no line was typed twice in 412 quotes."),
    ),
    expenses=((2, "bram", 5_400, "Link between price list and accounts"), (5, "bram", 7_100, "Forms and two days of help")),
)  # fmt: skip

NIGHT = Bet(
    charter(
        "Would carers collect at night?",
        INNOVATION,
        "We believe that lockers at two care homes will halve urgent trips, because carers need small things after hours.",
        "Carers walk to a locker at two in the morning.",
        6,
        16_000,
        (criterion("Urgent trips a week", "trips", "14", "7", stop="14", how="Both homes together"),),
        "Borrow one locker and put ten items in it.",
        hours=4,
    ),
    lead="koen",
    team=("samira",),
    confidence=(60, 45, 30, 25, 20, 20),
    readings={"Urgent trips a week": ((2, "15"), (4, "14"), (6, "13"))},
    learnings=(
        (4, "koen", "insight", "behaviour", "At night nobody leaves the ward",
         "The door log shows **two** openings between 22:00 and 6:00 in four weeks. One nurse is alone with thirty people."),
    ),
    expenses=((1, "koen", 2_300, "Hire of two lockers"), (3, "koen", 900, "Stock")),
)  # fmt: skip

MESSAGE = Bet(
    charter(
        "Does a message the evening before spare a second visit?",
        TRANSITION,
        "We believe that a message the evening before halves the visits where nobody is home, because people forget.",
        "People read a message from us in the evening.",
        6,
        5_000,
        (criterion("Visits with nobody home", "a week", "24", "12", stop="25", how="All routes of Kortrijk"),),
        "Send ten messages tonight, by hand.",
        hours=3,
    ),
    lead="fatima",
    team=("ilse",),
    confidence=(60, 55, 50, 50, 45, 45),
    readings={"Visits with nobody home": ((2, "22"), (4, "20"), (6, "19"))},
    learnings=(
        (5, "fatima", "insight", "behaviour", "The neighbour is home, not the customer",
         "In 11 of 19 visits the message was read, and somebody else should have opened the door."),
    ),
    expenses=((2, "fatima", 420, "Messages, and an evening of two people"),),
)  # fmt: skip

# This quarter -------------------------------------------------------------------------------------------------------

ORDERS = Bet(
    charter(
        "Will regular customers order in one place?",
        INNOVATION,
        "We believe that one page for orders will cut paperwork by 40%, because regular customers order the same things.",
        "Regular customers leave the telephone.",
        7,
        22_000,
        (
            criterion("Administration per order", "minutes", "30", "18", stop="30", how="Ten orders timed every Friday"),
            criterion("Orders placed on the page", "%", "0", "50", week=6),
        ),
        "Sit beside two customers while they order by telephone.",
        milestones=(("First ten customers order on it", 3, 9_000),),
        hours=9,
    ),
    lead="bram",
    team=("lies", "samira", "eva"),
    confidence=(35, 40, 55, 60, 70, 80, 85),
    readings={
        "Administration per order": ((2, "28"), (4, "22"), (7, "17.5")),
        "Orders placed on the page": ((3, "22"), (6, "48"), (7, "57")),
    },
    learnings=(
        (2, "samira", "surprise", "anecdote", "The order number in the subject line",
         "Two accountants thanked us for it. It costs nothing."),
        (5, "bram", "insight", "measured", "Customers order what they ordered last time",
         "83% of 240 orders repeat an earlier one with at most one change. The page now begins with the last order."),
    ),
    expenses=((1, "bram", 6_800, "The page"), (4, "lies", 5_900, "Link to the stock list")),
)  # fmt: skip

DOOR = Bet(
    charter(
        "Who opens the door when the customer cannot?",
        TRANSITION,
        "We believe that asking at intake who opens the door halves the visits where nobody is home, because the message "
        "then reaches whoever can.",
        "Customers tell us who has the key.",
        5,
        4_000,
        (criterion("Visits with nobody home", "a week", "19", "9", stop="20", how="All routes of Kortrijk"),),
        "Ask it at tomorrow’s first ten intakes.",
        hours=3,
    ),
    lead="fatima",
)

STOCK = Bet(
    charter(
        "What if the care home and we share one stock?",
        INNOVATION,
        "We believe that one shared stock with Ter Linde will free a third of our returns, because both of us keep the "
        "same beds idle.",
        "Ter Linde lets us see what it has in the cellar.",
        12,
        28_000,
        (
            criterion("Beds idle on both sides", "beds", "64", "40", stop="66", how="Counted together every Monday"),
            criterion("Days until a bed is back in use", "days", "19", "10"),
        ),
        "Count both cellars together, with their caretaker.",
        milestones=(("Three care teams on board", 6, 10_000), ("Four weeks of shared counts", 10, 8_000)),
        guardrail=DISCHARGE,
        hours=8,
    ),
    lead="samira",
    team=("operations", "pieter"),
    confidence=(50, 50, 45, 55),
    readings={
        "Beds idle on both sides": ((2, "63"), (4, "58")),
        "Hospital discharges served within 24 hours": ((3, "99.1"),),
    },
    learnings=(
        (3, "samira", "observation", "behaviour", "Care homes pay per ward, we invoice per patient",
         "Ter Linde regroups **140 of our lines** by hand every month. They showed us the sheet."),
        (4, "pieter", "quick_win", "anecdote", "A yellow sticker on every bed that is ours",
         "The caretaker thought of it. Counting his cellar took an hour and now takes ten minutes."),
    ),
    expenses=((2, "samira", 2_150, "Counting with two people"), (4, "operations", 1_400, "Labels and readers")),
)  # fmt: skip

DRAFTS = Bet(
    charter(
        "Can a first draft give advisers an hour back?",
        TRANSITION,
        "We believe that a first draft of the advice report gives advisers an hour a day back, because most of it is "
        "known before the visit.",
        "An adviser signs a text that somebody else began.",
        8,
        9_000,
        (criterion("Reporting per visit", "minutes", "50", "30", stop="55", how="Own count of four advisers"),),
        "Write the draft of tomorrow’s first visit by hand.",
        hours=4,
    ),
    lead="eva",
    confidence=(50, 45, 40),
    readings={"Reporting per visit": ((2, "48"), (3, "56"))},
    expenses=((1, "eva", 600, "Two evenings of writing"),),
)

COUNTER = Bet(
    charter(
        "Do people at the counter miss a customer file?",
        TRANSITION,
        "We believe that asking “what went well last time?” replaces the second customer file, because people remember.",
        "Colleagues at the counter dare to ask.",
        6,
        4_000,
        (criterion("Questions passed on to the back office", "a week", "42", "20", stop="45"),),
        "Ask it ten times on Monday and write down the answers.",
        hours=3,
    ),
    lead="koen",
    team=("fatima",),
    confidence=(60,),
    readings={"Questions passed on to the back office": ((1, "40"),)},
)

INVOICES = Bet(
    charter(
        "Do invoices that follow themselves up get paid sooner?",
        INNOVATION,
        "We believe that an invoice that leaves on delivery and follows itself up with two friendly reminders brings "
        "payment forward by twelve days for our regular customers, because most forget rather than refuse.",
        "Customers see a reminder from a machine as service, not as pressure.",
        12,
        46_000,
        (
            criterion("Days from delivery to payment", "days", "41", "29", stop="43", how="Median of the month"),
            criterion("Invoices touched by hand", "%", "100", "20"),
        ),
        "Send five invoices on the day of delivery, by hand.",
        milestones=(
            ("First invoice leaves on delivery", 3, 14_000),
            ("50 customers, no rise in complaints", 7, 20_000),
        ),
        guardrail=GuardrailText("Complaints about invoices", "a month", Direction.AT_MOST, Decimal(4)),
        hours=12,
    ),
    lead="lies",
    team=("bram", "eva"),
)

MATTRESS = Bet(
    charter(
        "Does a mattress that speaks prevent night visits?",
        INNOVATION,
        "We believe that a pressure sensor will prevent half of the night visits, because most of them find nothing wrong.",
        "A care home wants to know at night what it can also know in the morning.",
        12,
        60_000,
        (criterion("Night visits without cause", "a week", "31", "15"),),
        "Ask one night nurse what she would do with the message.",
        hours=10,
    ),
    lead="tom",
    team=("pieter",),
)

RETURNS = Bet(
    charter(
        "Why do one in five returns come back incomplete?",
        TRANSITION,
        "We believe that a photograph at pick-up halves incomplete returns, because drivers then look once more.",
        "Drivers have half a minute at the door.",
        6,
        6_000,
        (criterion("Returns that come back incomplete", "%", "20", "10", stop="22"),),
        "Take ten photographs on Monday’s first route.",
        hours=4,
    ),
    lead="ilse",
    team=("tom",),
)

ROUNDS = Bet(
    charter(
        "Do drivers who choose their own round come home sooner?",
        TRANSITION,
        "We believe that drivers who choose their round finish half an hour sooner, because they know their streets.",
        "Nobody is left with the rounds that nobody wants.",
        6,
        3_000,
        (criterion("End of the last round", "minutes past 17:00", "40", "10"),),
        "Let two drivers swap on Monday.",
    ),
    lead="ilse",
)

TABLET = Bet(
    charter(
        "Would a tablet at every bed pay for itself?",
        INNOVATION,
        "We believe that a tablet at every bed sells more.",
        "People want to shop from bed.",
        12,
        50_000,
        (criterion("Turnover per bed", "euro", "100", "140"),),
        "Buy one tablet.",
    ),
    lead="koen",
)

WHEELCHAIRS = Bet(
    charter(
        "Can the customer choose the wheelchair before the visit?",
        TRANSITION,
        "We believe that three photographs sent ahead make the visit shorter",
        "",
        6,
        5_000,
        (CriterionText(metric="Length of the visit", unit="minutes"),),
        "",
    ),
    lead="volunteer",
)
