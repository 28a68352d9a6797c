"""Mail where no server is set: it reads on the console as it would have arrived."""

from __future__ import annotations

import dataclasses

import pytest

from config import Settings
from portfolio.foundation import mail


def test_a_link_on_the_console_can_be_copied_whole(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    link = "https://tandem.leiezicht-care-supplies.example/password/" + "a" * 60
    console = dataclasses.replace(settings, smtp_host="")

    body = f"Dag Esmée,\n\n{link}\n"
    mail.send(console, to="esmee@company.example", name="Esmée", subject="A new password", body=body)

    said = capsys.readouterr().err
    assert f"\n{link}\n" in said
    assert "To: Esmée <esmee@company.example>" in said
    assert "Dag Esmée," in said
