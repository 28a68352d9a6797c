"""Tandem: the experiment portfolio of an organisation that runs two operating systems at once.

Here, and only here, the rooms are joined into one app.
"""

from __future__ import annotations

import secrets

from flask import Flask, g, session
from flask_compress import Compress
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings
from portfolio.audit.refusals import remember_with
from portfolio.audit.sentences import Sentences
from portfolio.bridge import barrier_views as bridge
from portfolio.bridge import library_pieces
from portfolio.bridge import pieces as bridge_pieces
from portfolio.bridge import sentences as bridge_sentences
from portfolio.bridge.api.barriers import api as barriers_api
from portfolio.bridge.api.challenges import api as challenges_api
from portfolio.bridge.api.learnings import api as learnings_api
from portfolio.bridge.api.promotions import api as promotions_api
from portfolio.budgets import sentences as budgets_sentences
from portfolio.budgets import views as budgets
from portfolio.budgets.api import api as envelopes_api
from portfolio.exchange.anchoring import install_anchoring
from portfolio.foundation.acting import RetryingFlask
from portfolio.foundation.api import document_views as api_document
from portfolio.foundation.api.document import Api
from portfolio.foundation.api.problem import is_for_the_api
from portfolio.foundation.database import db
from portfolio.foundation.headers import add_headers, name_by_content
from portfolio.foundation.jobs import Jobs
from portfolio.foundation.languages import speak
from portfolio.foundation.numbering import RowNumber
from portfolio.foundation.refusals import answer_refusals
from portfolio.foundation.slots import Slots
from portfolio.hierarchy import pieces as hierarchy_pieces
from portfolio.hierarchy import sentences as hierarchy_sentences
from portfolio.hierarchy import step_views as hierarchy
from portfolio.hierarchy.api import steps as _steps_api  # noqa: F401 (adds its commands to the initiatives)
from portfolio.hierarchy.api.reading import api as initiatives_api
from portfolio.network import answer_views, deciding_views, picture_views, record_views, running_views
from portfolio.network import pieces as network_pieces
from portfolio.network import sentences as network_sentences
from portfolio.network import views as network
from portfolio.network.api import deciding as _deciding_api  # noqa: F401 (adds its commands to the experiments)
from portfolio.network.api import running as _running_api  # noqa: F401 (the same)
from portfolio.network.api.reading import api as experiments_api
from portfolio.organisation import measure_views as organisation
from portfolio.organisation.api.house_rules import api as house_rules_api
from portfolio.organisation.api.measures import api as measures_api
from portfolio.organisation.api.units import api as units_api
from portfolio.organisation.house_rules import house_rules
from portfolio.overview import views as overview
from portfolio.overview.shell import put_around_every_page
from portfolio.overview.trail_api import api as trail_api
from portfolio.people import own_step_views as own_step
from portfolio.people import personal_data_views as personal_data
from portfolio.people import second_step_views as second_step
from portfolio.people import sentences as people_sentences
from portfolio.people import signing_in_views as signing_in
from portfolio.people import token_views as tokens
from portfolio.people import views as people
from portfolio.people.accounts import current_person, install_accounts, settings_for_accounts
from portfolio.people.api import api as people_api
from portfolio.people.mailing import install_mailing
from portfolio.people.offering import offer_people
from portfolio.people.retention import install_retention
from portfolio.reviews import programme_views as reviews
from portfolio.reviews import sentences as reviews_sentences
from portfolio.reviews.api import programme as _programme_api  # noqa: F401 (adds its commands to the reviews)
from portfolio.reviews.api import running as _reviews_api  # noqa: F401 (likewise)
from portfolio.reviews.api.actions import api as actions_api
from portfolio.reviews.api.reading import api as reviews_api
from portfolio.reviews.queries import reviews_begun
from portfolio.reviews.standing import Agendas
from portfolio.reviews.telling import install_telling
from portfolio.strategy import sentences as strategy_sentences
from portfolio.strategy import views as strategy
from portfolio.strategy.api.phases import api as phases_api
from portfolio.strategy.api.statements import opportunity_api, vision_api

BLUEPRINTS = (
    overview.bp,
    api_document.bp,
    people.bp,
    signing_in.bp,
    own_step.bp,
    second_step.bp,
    tokens.bp,
    personal_data.bp,
    organisation.bp,
    strategy.bp,
    budgets.bp,
    hierarchy.bp,
    network.bp,
    answer_views.bp,
    running_views.bp,
    picture_views.bp,
    deciding_views.bp,
    record_views.bp,
    bridge.bp,
    reviews.bp,
)
BOOKS = (
    people_sentences.SENTENCES,
    strategy_sentences.SENTENCES,
    budgets_sentences.SENTENCES,
    hierarchy_sentences.SENTENCES,
    network_sentences.SENTENCES,
    bridge_sentences.SENTENCES,
    reviews_sentences.SENTENCES,
)
RESOURCES = (
    experiments_api,
    learnings_api,
    promotions_api,
    initiatives_api,
    challenges_api,
    barriers_api,
    envelopes_api,
    reviews_api,
    actions_api,
    opportunity_api,
    vision_api,
    phases_api,
    measures_api,
    people_api,
    units_api,
    house_rules_api,
    trail_api,
)
MOST_SENT = 4 * 1024 * 1024  # Bytes of one form.


def create_app(settings: Settings | None = None, *, serves_pages: bool = True) -> Flask:
    """Make the app.

    Args:
        settings: where it runs; read from the environment when left out.
        serves_pages: commands do without pages, and so without a SECRET_KEY.

    Raises:
        SettingMissing: pages would be served with a key anybody could guess.
        RuntimeError: an endpoint declares no permission.
    """
    settings = settings or Settings.from_environment()
    if serves_pages:
        settings.require_secret_key()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app = RetryingFlask("portfolio", root_path=str(ROOT / "portfolio"), template_folder=str(ROOT / "templates"))
    over_tls = settings.base_url.startswith("https://")
    app.config.update(
        settings_for_accounts(secure_cookies=over_tls),
        SECRET_KEY=settings.secret_key or secrets.token_urlsafe(48),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=dict(settings.engine_options),
        MAX_CONTENT_LENGTH=MOST_SENT,
        MAX_FORM_MEMORY_SIZE=MOST_SENT,
        TESTING=settings.testing,
        TANDEM=settings,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *[settings.proxies] * 4)  # type: ignore[method-assign]
    _join(app, settings, over_tls=over_tls)
    return app


def _join(app: Flask, settings: Settings, *, over_tls: bool) -> None:
    db.init_app(app)
    app.url_map.converters["int"] = RowNumber
    Migrate(app, db, directory=str(ROOT / "migrations"))
    speak(app, _chosen_language)
    app.extensions["currency"] = lambda: house_rules().currency
    app.extensions["reviews_begun"] = reviews_begun
    csrf = CSRFProtect(app)
    gate = install_accounts(app)
    jobs = Jobs(app, settings)
    install_mailing(jobs, settings)
    install_retention(jobs)
    install_telling(jobs, settings)
    Agendas(app)
    install_anchoring(app.extensions["jobs"], settings)
    app.extensions["security"].login_context_processor(offer_people(settings))
    app.extensions["security"].login_context_processor(second_step.offer_a_passkey)
    answer_refusals(app, remember=remember_with(gate))
    add_headers(app, over_tls=over_tls)
    Compress(app)
    name_by_content(app)
    put_around_every_page(app, slots=_filled_slots(), sentences=Sentences(*BOOKS))
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.extensions["api"] = Api(app, RESOURCES)
    for resource in RESOURCES:
        csrf.exempt(resource)  # A token opens it and a cookie does not, so nothing can be forged.
    gate.check(app)


def _filled_slots() -> Slots:
    """What higher rooms put on the pages of lower ones."""
    slots = Slots()
    slots.fill("measures.owner", hierarchy_pieces.owners_of_measures)
    slots.fill("phase.hangs", hierarchy_pieces.initiatives_of_phases)
    slots.fill("phase.hangs", network_pieces.experiments_of_phases)
    slots.fill("ledger.what", network_pieces.experiments_of_entries)
    slots.fill("measure.aside", hierarchy_pieces.initiatives_of_measures)
    slots.fill("measure.aside", network_pieces.limits_of_measures)
    slots.fill("learning.fate", bridge_pieces.fates_of_learnings)
    slots.fill("learning.similar", library_pieces.similar_learnings)
    slots.fill("experiments.needs", bridge_pieces.needs_of_experiments)
    slots.fill("experiment.bridge", bridge_pieces.bridge_of_experiments)
    slots.fill("experiment.bridge", bridge_pieces.barriers_of_experiments)
    slots.fill("initiative.origin", bridge_pieces.origins_of_initiative)
    slots.fill("initiative.promoter", bridge_pieces.promoters_of_initiatives)
    slots.fill("initiatives.origin", bridge_pieces.origins_of_initiatives)
    return slots


def _chosen_language() -> str | None:
    if "person_id" not in g:
        return None
    person = current_person()
    told = None if is_for_the_api() else session.get("language")
    return (person.language if person else None) or told
