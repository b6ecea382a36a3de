"""Kinds of leads: whom the sample company wants, and who comes besides."""

from dataclasses import dataclass

INDUSTRIAL = {
    "manufacturing": "C28",
    "machinery": "C28.9",
    "automotive": "C29",
    "aerospace": "C30.3",
    "chemicals": "C20",
    "electronics": "C26",
    "metals": "C25",
    "plastics": "C22",
    "food processing": "C10",
    "packaging": "C17",
}
LARGE = {
    "banking": "K64",
    "insurance": "K65",
    "energy": "D35",
    "telecommunications": "J61",
    "transport": "H49",
    "retail": "G47",
    "public sector": "O84",
    "pharmaceuticals": "C21",
    "utilities": "E36",
    "aerospace": "C30.3",
}
OTHER = {"construction": "F41", "hospitality": "I55", "software": "J62", "real estate": "L68"}
EUROPE = {"FR": 0.38, "DE": 0.2, "BE": 0.1, "ES": 0.11, "IT": 0.1, "NL": 0.06, "GB": 0.05}
HOME = {"FR": 0.68, "BE": 0.14, "CH": 0.12, "LU": 0.06}
OVERSEAS = {"US": 0.5, "CA": 0.2, "MA": 0.15, "IN": 0.15}

Title = tuple[str, str, str]
"""A job title as people write it, with its function and seniority."""

OPERATIONS: tuple[Title, ...] = (
    ("Directrice des opérations", "operations", "director"),
    ("Directeur des Opérations", "operations", "director"),
    ("VP Ops", "operations", "vp"),
    ("Head of Operations", "operations", "head"),
    ("COO", "operations", "c_level"),
    ("Directeur d'usine", "operations", "director"),
    ("Plant Manager", "operations", "manager"),
    ("Responsable production", "operations", "manager"),
    ("Supply chain manager", "operations", "manager"),
    ("Resp. logistique", "operations", "manager"),
)
PURCHASING: tuple[Title, ...] = (
    ("Resp. achats", "purchasing", "manager"),
    ("Directrice Achats", "purchasing", "director"),
    ("Head of Procurement", "purchasing", "head"),
    ("Acheteuse", "purchasing", "staff"),
    ("Buyer", "purchasing", "staff"),
)
IT: tuple[Title, ...] = (
    ("DSI", "it", "c_level"),
    ("CIO", "it", "c_level"),
    ("IT Manager", "it", "manager"),
    ("Directeur des systèmes d'information", "it", "director"),
    ("Responsable informatique", "it", "manager"),
    ("Head of IT", "it", "head"),
)
INNOVATION: tuple[Title, ...] = (
    ("Innovation Director", "innovation", "director"),
    ("Directrice de l'innovation", "innovation", "director"),
    ("VP Digital Transformation", "innovation", "vp"),
    ("Chief Innovation Officer", "innovation", "c_level"),
    ("Chef de projet innovation", "innovation", "manager"),
)
ELSEWHERE: tuple[Title, ...] = (
    ("Directeur financier", "finance", "director"),
    ("Comptable", "finance", "staff"),
    ("Marketing Manager", "marketing", "manager"),
    ("DRH", "human_resources", "c_level"),
    ("Sales Director", "sales", "director"),
    ("Assistante de direction", "", "staff"),
    ("Consultant", "", "staff"),
    ("PDG", "", "c_level"),
)
STUDENTS: tuple[Title, ...] = (
    ("Student", "", "student"),
    ("Étudiante en master", "", "student"),
    ("Stagiaire achats", "purchasing", "student"),
    ("Intern", "", "student"),
    ("Alternant supply chain", "operations", "student"),
)
TECH = ("SAP", "Microsoft Dynamics", "Sage X3", "Cegid", "Infor", "Excel", "Salesforce", "AWS")
MODERN_TECH = ("AWS", "Azure", "Google Cloud", "Kubernetes", "Data platform", "Salesforce", "SAP")
ISSUES = ("cost reduction", "supply chain", "quality", "traceability", "energy", "hiring")
MODERN_ISSUES = (
    "digital transformation",
    "innovation",
    "artificial intelligence",
    "data",
    "cybersecurity",
    "cloud migration",
)


@dataclass(frozen=True)
class Segment:
    """A kind of leads.

    Attributes:
        profile: the ideal customer profile they truly belong to, if any.
        fit: true fit of someone with none of the wanted functions and seniorities.
        function_fit: what a wanted function adds, and once more a wanted seniority.
        drive: typical sessions a day that interest alone brings at most.
        amount: typical value of a deal, in euros.
    """

    share: float
    industries: dict[str, str]
    employees: tuple[int, int]
    countries: dict[str, float]
    titles: tuple[tuple[Title, ...], ...]
    fit: float
    profile: str = ""
    function_fit: float = 0.1
    functions: tuple[str, ...] = ("operations", "purchasing", "it", "innovation")
    seniorities: tuple[str, ...] = ("head", "director", "vp", "c_level")
    listed: float = 0.0
    tech: tuple[str, ...] = TECH
    issues: tuple[str, ...] = ISSUES
    drive: float = 0.05
    amount: int = 9_000


SEGMENTS = {
    "saas_mid_market": Segment(
        profile="saas_mid_market",
        share=0.30,
        industries=INDUSTRIAL,
        employees=(50, 700),
        countries=EUROPE,
        titles=(OPERATIONS, OPERATIONS, PURCHASING, IT, ELSEWHERE),
        fit=0.45,
        function_fit=0.22,
        functions=("operations", "purchasing", "it"),
        drive=0.09,
        amount=18_000,
    ),
    "it_services_large_accounts": Segment(
        profile="it_services_large_accounts",
        share=0.17,
        industries=LARGE,
        employees=(1_800, 90_000),
        countries=HOME,
        titles=(INNOVATION, IT, INNOVATION, ELSEWHERE),
        fit=0.45,
        function_fit=0.22,
        functions=("innovation", "it"),
        seniorities=("director", "vp", "c_level"),
        listed=0.8,
        tech=MODERN_TECH,
        issues=MODERN_ISSUES,
        drive=0.075,
        amount=85_000,
    ),
    # Right in most ways, but too small.
    "near_miss": Segment(
        share=0.22,
        industries=INDUSTRIAL | OTHER,
        employees=(8, 49),
        countries=EUROPE,
        titles=(OPERATIONS, PURCHASING, IT, ELSEWHERE),
        fit=0.2,
    ),
    "other": Segment(
        share=0.09,
        industries=OTHER,
        employees=(3, 4_000),
        countries=EUROPE,
        titles=(IT, ELSEWHERE),
        fit=0.1,
    ),
    "student": Segment(
        share=0.06,
        industries={"education": "P85"},
        employees=(300, 6_000),
        countries=EUROPE,
        titles=(STUDENTS,),
        fit=0.02,
        function_fit=0.0,
        drive=0.07,
    ),
    "free_mail": Segment(
        share=0.06,
        industries=INDUSTRIAL | OTHER,
        employees=(1, 120),
        countries=EUROPE,
        titles=(OPERATIONS, IT, ELSEWHERE),
        fit=0.15,
    ),
    "competitor": Segment(
        share=0.02,
        industries={"software": "J62"},
        employees=(30, 900),
        countries=EUROPE,
        titles=(IT, ELSEWHERE),
        fit=0.0,
        function_fit=0.0,
    ),
    "outside_europe": Segment(
        share=0.07,
        industries=INDUSTRIAL | LARGE,
        employees=(60, 9_000),
        countries=OVERSEAS,
        titles=(OPERATIONS, IT, ELSEWHERE),
        fit=0.1,
    ),
    "internal": Segment(
        share=0.01,
        industries={"software": "J62"},
        employees=(80, 80),
        countries=HOME,
        titles=(ELSEWHERE,),
        fit=0.0,
        function_fit=0.0,
    ),
}
