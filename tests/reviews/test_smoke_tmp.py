from tests.reviews.meetings import *
from tests.factories import *
from portfolio.reviews.outcome import Part

def test_smoke(app, signed_in):
    with at("2026-06-25T13:00"):
        lead=a_person(); leader=a_leader(name="Hilde Baert")
        ended=an_ended_experiment(lead=lead)
        read(ended,"4","2026-05-20")
        r=an_open_review()
        b=signed_in(leader)
        p=b.get(f"/reviews/{r.ref}"); assert p.status_code==200, p.text
        p=b.get(f"/reviews"); assert p.status_code==200, p.text
        p=b.get(f"/reviews/{r.ref}/closing"); assert p.status_code==200, p.text
        p=b.post(f"/reviews/{r.ref}/closing"); assert p.status_code==303, p.text
        p=b.get(f"/reviews/{r.ref}"); assert p.status_code==200, p.text
        print(text_of(p.text))
        print(frozen(r).body)
        assert 0
