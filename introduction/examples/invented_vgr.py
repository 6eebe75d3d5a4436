"""The invented cases of Västra Götaland: at least one in each stage, a few of them late."""

from __future__ import annotations

from datetime import date, timedelta

from introduction.domain.calendar import add_months
from introduction.domain.process.loading import Catalogue
from introduction.examples.routes_vgr import (
    BLOOD,
    BLOOD_CENTRE,
    CANCER,
    CHILDREN,
    FINANCED_MONTHS,
    GUT,
    MEDICINE,
    NERVES,
    NERVES_WEST,
    PROCESS,
    SAS,
    SKIN,
    SU,
    TO_BOARD,
    Told,
)
from introduction.examples.script import (
    Example,
    Route,
    Step,
    days_since,
    do,
    first_of_month,
    granted,
    noted,
    said,
    take,
)


def cases(catalogue: Catalogue, today: date) -> list[Example]:
    """Every invented case of the region, as its script from the day of loading."""
    told = Told(catalogue, today)
    return [
        *_national_phase(told),
        *_nominations(told),
        *_proposals(told),
        *_decided(told, today),
        *_followed_up(told, today),
        *_handed_over(told, today),
        *_ended(told, today),
    ]


def _national_phase(told: Told) -> list[Example]:
    scan = "horizon_scan"
    return [
        told.before(
            "Myravigen",
            [Step(9, "start", scan), do(6, "describe_candidate"), noted(5, "Sara", "Ett centrum i landet är troligt.")],
        ),
        told.before(
            "Judrasoran",
            [Step(96, "start", scan), do(90, "describe_candidate"), take(72, "await_advice")],
        ),
        told.before(
            "Quorasiran",
            [
                Step(70, "start", scan),
                do(66, "describe_candidate"),
                do(58, "estimate_early_cost"),
                take(41, "await_advice"),
                said(40, "Karin", "Trepartsöverläggningen är klar. TLV:s beslut väntas under vintern."),
            ],
        ),
        told.before(
            "Frelonapant",
            [
                Step(150, "start", scan),
                do(141, "describe_candidate"),
                take(120, "await_advice"),
                Step(20, "rest", "benefit/frelonapant"),
                take(12, "note_advice"),
                Step(11, "assign", "inform_operations", by="Karin"),
            ],
        ),
    ]


def _nominations(told: Told) -> list[Example]:
    lungs, nerves = "Lungmedicin, Sahlgrenska", "Neurologi, Kärnsjukhuset"
    return [
        told.before(
            "Vintoretinib",
            [
                Step(5, "start", "nomination"),
                do(4, "describe_need"),
                do(4, "declare_conflicts"),
                said(3, "Johan", "Förankringen med onkologin i Borås är bokad till nästa vecka."),
            ],
            lungs,
        ),
        told.before(
            "Elurizumab",
            [
                Step(13, "start", "nomination"),
                do(12, "describe_need"),
                do(11, "declare_conflicts"),
                do(10, "register"),
                do(7, "anchor_nomination"),
                do(3, "estimate_extra_cost"),
                Step(3, "assign", "check_criteria", by="Anders"),
            ],
            "Hudsjukvård, Sahlgrenska",
        ),
        told.before(
            "Nordivumab",
            [
                Step(33, "start", "nomination"),
                do(31, "describe_need"),
                do(30, "declare_conflicts"),
                do(28, "register"),
                take(
                    10,
                    "return_for_completion",
                    "Merkostnaden saknas, och det framgår inte vilka verksamheter utanför SU som har hörts.",
                ),
                said(9, "Johan", "Vi återkommer när Skaraborg och NU har svarat."),
                noted(8, "Sara", "Jämför med förra årets ärende om samma patientgrupp."),
            ],
            lungs,
        ),
        told.nominated(
            "Bretozanib",
            "Onkologi, Sahlgrenska",
            "qualify",
            18,
            do(11, "assess_severity"),
            do(8, "assess_effect"),
            Step(7, "assign", "assess_evidence", by="Anders"),
            said(6, "Maja", "Vi har åtta patienter som väntar på besked."),
        ),
        told.nominated(
            "Ardelinib",
            "Hematologi, Sahlgrenska",
            "qualify",
            27,
            do(20, "assess_severity"),
            do(18, "assess_effect"),
            do(15, "assess_risk"),
            do(12, "assess_evidence"),
            do(9, "assess_cost_effectiveness"),
            noted(6, "Anders", "En studie utan kontrollgrupp. Jag lutar åt rang 2 trots svårighetsgraden."),
        ),
        told.nominated(
            "Tivorastat",
            "Njurmedicin, Sahlgrenska",
            "rank",
            24,
            noted(20, "Sara", "Stor grupp i primärvården. Vi behöver höra Närhälsan innan analysen."),
            said(6, "Karin", "Rangordningen är klar. Analysen har dragit ut på tiden."),
            Step(5, "link", "vgr/lumarisept", note="Bereds i samma etapp."),
        ),
        told.nominated(
            "Lumarisept",
            nerves,
            "start_analysis",
            20,
            do(7, "check_cost_forecast", extra_cost_year1_ore=280_000_000),
            Step(6, "assign", "write_analysis", by="Sara"),
            noted(4, "Petra", "Sänkte år 1: uppstarten tar ett halvår."),
            advice="hospital/lumarisept",
        ),
    ]


def _proposals(told: Told) -> list[Example]:
    not_prioritised = (*TO_BOARD, ("not_prioritise", 17))
    return [
        told.nominated(
            "Osmerafen",
            "Onkologi, Sahlgrenska",
            "finish_analysis",
            9,
            do(4, "declare_council_conflicts"),
            noted(3, "Ingrid", "Per har anmält jäv och deltar inte."),
            advice="hospital/osmerafen",
        ),
        told.nominated(
            "Pelforaxin",
            "Hematologi, Sahlgrenska",
            "forward_proposal",
            8,
            do(5, "consult_managements"),
            said(4, "Karin", "Sjukhusledningarna är hörda. Tjänsteutlåtandet skrivs i veckan."),
        ),
        told.nominated(
            "Celavedotin",
            "Onkologi, Sahlgrenska",
            "refer_to_board",
            6,
            said(4, "Lars", "Ärendet står på nämndens nästa föredragningslista."),
            advice="hospital/celavedotin",
        ),
        told.nominated(
            "Arvanolimab",
            "Njurmedicin, Sahlgrenska",
            "postpone",
            52,
            said(50, "Karin", "Tas upp igen när TLV:s underlag finns."),
            route=(*TO_BOARD, ("postpone", 17)),
        ),
        told.nominated(
            "Palorexant",
            "Neurologi, Kärnsjukhuset",
            "not_prioritise",
            240,
            said(236, "Eva", "Vi räknar med att nominera på nytt när ettårsdata är publicerade."),
            route=_without_analysis(not_prioritised),
        ),
        Example(
            "vgr/palorexant-2",
            PROCESS,
            "Palorexant",
            (
                Step(6, "grow", "nominate_again", note="vgr/palorexant", by="Eva"),
                do(4, "declare_conflicts"),
                said(4, "Eva", "Ettårsdata visar kvarstående effekt. Ny nomineringstext kommer i veckan."),
            ),
            "Neurologi, Kärnsjukhuset",
        ),
    ]


def _without_analysis(route: Route) -> Route:
    """The way of rank 3: straight from the ranking to the council."""
    kept = [leg for leg in route if leg[0] != "finish_analysis"]
    return [("propose_without_analysis", days) if name == "start_analysis" else (name, days) for name, days in kept]


def _decided(told: Told, today: date) -> list[Example]:
    soon, later = first_of_month(today, 2), first_of_month(today, 3)
    conditional = (*TO_BOARD, ("approve_with_conditions", 17))
    return [
        told.nominated(
            "Korvetamig",
            "Hematologi, Sahlgrenska",
            "approve",
            6,
            do(3, "inform_units"),
            said(3, "Maja", "Vi kan börja i januari. Vårdplatser för upptrappningen är reserverade."),
            advice="hospital/korvetamig",
        ),
        told.nominated(
            "Ormelukast",
            "Hudsjukvård, Sahlgrenska",
            "approve_with_conditions",
            27,
            do(22, "inform_units"),
            do(20, "name_units"),
            do(15, "set_goals"),
            do(9, "set_financed_period"),
            *(granted(6, place, soon.year, ore) for place, ore in ((SU, 124_000_000), (SAS, 50_000_000))),
            route=conditional,
            conditions="UAS7 ska skattas före start och efter tolv veckor. Utan effekt avslutas behandlingen.",
            introduction_start=soon,
            financed_until=add_months(soon, FINANCED_MONTHS) - timedelta(days=1),
            treating_units=tuple(unit for unit, _share in SKIN.values()),
            contact_person_id="Karin Ek",
        ),
        told.nominated(
            "Leptrisomab",
            "Neurologi, Kärnsjukhuset",
            "approve",
            82,
            do(75, "inform_units"),
            do(61, "name_units"),
            do(47, "set_goals"),
            said(12, "Eva", "Vi väntar på besked om startdatum."),
            noted(5, "Karin", "Påmint controllern. Perioden är inte satt."),
            introduction_start=later,
            financed_until=add_months(later, FINANCED_MONTHS) - timedelta(days=1),
            treating_units=tuple(unit for unit, _share in NERVES.values()),
            contact_person_id="Sara Holm",
        ),
    ]


def _followed_up(told: Told, today: date) -> list[Example]:
    began = days_since(today, first_of_month(today, -7))
    unfinanced = (*TO_BOARD, ("introduce_without_financing", 17))
    return [
        told.introduced(
            "Kelvaritid",
            "Barnmedicin, Drottning Silvia",
            CHILDREN,
            7,
            [3],
            noted(9, "Karin", "Rapporten efter sex månader är påmind två gånger."),
            to_year_end=True,
        ),
        told.introduced("Sorvelimab", "Mag- och tarmsjukvård, Östra", GUT, 5, [3], to_year_end=True, money_waits=True),
        told.introduced(
            "Granelimod",
            "Mag- och tarmsjukvård, Östra",
            GUT,
            12,
            [3, 6],
            said(20, "Olof", "NÄL har fått fler patienter än fördelningen räknade med."),
            do(
                12,
                "conclude_early",
                follow_up_outcome="adjust",
                follow_up_conclusion=(
                    "Få patienter har börjat än, och väntetiden är längre än målet på en av enheterna. Remissvägen "
                    "till Östra öppnas för alla, och rapporten efter tolv månader visar om det räcker."
                ),
            ),
            to_year_end=True,
            slow="Medicin, Kärnsjukhuset",
        ),
        told.introduced("Obrinitug", "Hematologi, Sahlgrenska", BLOOD, 2, [], to_year_end=True),
        told.introduced(
            "Rydapersen",
            "Neurologi, Sahlgrenska",
            NERVES,
            11,
            [3, 6],
            noted(8, "Karin", "Rekommendationen har ändrats. Jag kallar beredningsgruppen."),
            to_year_end=True,
            advice="hospital/rydapersen",
        ),
        told.nominated(
            "Bastenkimab",
            "Medicin, NÄL",
            "introduce_without_financing",
            began + 30,
            do(began + 22, "name_units_unfinanced"),
            do(began + 15, "set_goals_unfinanced"),
            do(began + 9, "set_start_unfinanced"),
            *told.reports("Bastenkimab", MEDICINE, first_of_month(today, -7), [3, 6]),
            route=unfinanced,
            introduction_start=first_of_month(today, -7),
            treating_units=tuple(unit for unit, _share in MEDICINE.values()),
            contact_person_id="Anders Berg",
        ),
    ]


def _handed_over(told: Told, today: date) -> list[Example]:
    def since_end(began_months_ago: int) -> int:
        return days_since(today, first_of_month(today, FINANCED_MONTHS - began_months_ago))

    ended, watched = since_end(25), since_end(32)
    too_little = "Utrymmet räcker till fem av de åtta patienter som redan behandlas. Vi tar över om det höjs."
    objection = "Prognosen bygger på fler patienter än vi har. Budgeten för nästa år är redan lagd."
    return [
        told.introduced(
            "Dovantrekin",
            "Neurologi, Kärnsjukhuset",
            NERVES_WEST,
            22,
            [3, 6, 12, 18],
            take(54, "begin_handover"),
            *told.confirmed(31, NERVES_WEST, "Neurologi, Kärnsjukhuset"),
            *told.confirmed(19, NERVES_WEST, "Medicin, NÄL", objection=too_little),
            *told.proposed(38, NERVES_WEST, "Neurologi, Sahlgrenska"),
            do(24, "report_to_budget"),
            said(4, "Eva", "Vi har bekräftat. Från Sahlgrenska har ingen hört något."),
            slow="Neurologi, Kärnsjukhuset",
            advice="benefit/dovantrekin",
        ),
        told.introduced(
            "Hesparglutid",
            "Medicin, NÄL",
            MEDICINE,
            22,
            [3, 6, 12, 18],
            take(60, "begin_handover"),
            *told.confirmed(48, MEDICINE, "Medicin, Kärnsjukhuset"),
            *told.confirmed(39, MEDICINE, "Medicin, NÄL", objection=objection),
            do(30, "conclude_follow_up"),
            take(14, "refer_objection", "Medicin på NÄL invänder mot prognosen."),
        ),
        told.introduced(
            "Talvexinib",
            "Onkologi, Sahlgrenska",
            CANCER,
            25,
            [3, 6, 12, 18, 24],
            take(ended + 120, "begin_handover"),
            *told.confirmed(ended + 95, CANCER),
            do(ended + 60, "conclude_follow_up"),
            do(ended + 50, "report_to_budget"),
            take(ended - 7, "hand_over"),
        ),
        Example(
            "vgr/talvexinib-2",
            PROCESS,
            "Talvexinib",
            (
                Step(16, "grow", "widen_indication", note="vgr/talvexinib", by="Sara"),
                do(12, "describe_candidate", target_population="Vuxna med spridd sjukdom som första behandling."),
            ),
            indication="Bröstcancer, HER2-ultralåg, första linjen",
        ),
        told.introduced(
            "Ulvarogen",
            "Hematologi, Sahlgrenska",
            BLOOD_CENTRE,
            32,
            [3, 6, 12, 18, 24],
            take(watched + 130, "begin_handover"),
            *told.confirmed(watched + 100, BLOOD_CENTRE),
            do(watched + 70, "conclude_follow_up"),
            do(watched + 60, "report_to_budget"),
            take(watched - 7, "hand_over"),
            do(watched - 20, "inform_prescribers"),
            do(watched - 40, "settle_claims"),
            take(watched - 50, "begin_watch"),
        ),
    ]


def _ended(told: Told, today: date) -> list[Example]:
    end = days_since(today, first_of_month(today, FINANCED_MONTHS - 44))
    began = days_since(today, first_of_month(today, -9))
    return [
        told.introduced(
            "Tolvarenib",
            "Hematologi, Sahlgrenska",
            BLOOD,
            44,
            [3, 6, 12, 18, 24],
            take(end + 150, "begin_handover"),
            *told.confirmed(end + 110, BLOOD),
            do(end + 80, "conclude_follow_up"),
            do(end + 70, "report_to_budget"),
            take(end - 7, "hand_over"),
            do(end - 20, "inform_prescribers"),
            take(end - 50, "begin_watch", watch_until=today - timedelta(days=end - 50 - 365)),
            do(end - 330, "check_use_after_handover"),
            take(end - 50 - 365 - 6, "close"),
        ),
        told.before(
            "Vestrakin",
            [
                Step(84, "start", "nomination"),
                do(82, "describe_need"),
                do(81, "declare_conflicts"),
                do(80, "register"),
                take(66, "decline_nomination", "Merkostnaden ligger under väsentlighetsgränsen och effekten är liten."),
            ],
            "Lungmedicin, Sahlgrenska",
        ),
        told.before(
            "Miravolast",
            [
                Step(150, "start", "nomination"),
                do(148, "describe_need"),
                do(147, "declare_conflicts"),
                take(116, "withdraw", "Företaget har återkallat ansökan hos TLV. Vi nominerar på nytt om den kommer."),
            ],
            "Lungmedicin, Sahlgrenska",
        ),
        told.introduced(
            "Cormandesin",
            "Medicin, NÄL",
            MEDICINE,
            9,
            [3, 6],
            take(began - 215, "end_early", "Läkemedelsmyndigheten har begränsat användningen efter nya säkerhetsdata."),
        ),
        told.nominated(
            "Nextersen",
            "Neurologi, Sahlgrenska",
            "qualify",
            60,
            do(52, "assess_severity"),
            take(44, "pause", "Företaget lämnar nya data till den nationella värderingen. Vi väntar in dem."),
        ),
    ]
