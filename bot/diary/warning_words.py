"""Words that may speak of a red flag: those of the card in chat/cards, as English and Spanish patients type it.

Rules:
1. A find says nothing about anybody: it shows a card. So "no chest pain" is a find as well, and nothing is weighed.
2. Missing one is worse than one too many, but a card for every other note would soon be read by nobody: words that fill
   an ordinary diary (numb feet, weak coffee, up at night to pee) are none.
3. Nothing here raises on any text, and looking takes time in proportion to its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Found(StrEnum):
    """What was found in a text."""

    WARNING = "warning"
    AFTER_NEEDLING = "after_needling"
    """Ordinary words, that are none in the days after a needling: a cough, a fever, a new weakness."""


def find(text: str) -> Found | None:
    """Whether a text holds words of the list; None: it does not."""
    whole = _IDLE.sub(" ", _folded(text))
    sentences = [part.strip() for part in whole.split(".") if part.strip()]
    joined = " ".join(sentences)
    if any(_has(rule, [joined] if rule.across else sentences) for rule in _RULES):
        return Found.WARNING
    return Found.AFTER_NEEDLING if _SOON_AFTER.search(joined) else None


# --- how words are looked for

_APOSTROPHES: Final = re.compile("['’‘ʼ`´]")
_END: Final = re.compile(r"[.!?;¡¿…\n]+")
_NO_WORD: Final = re.compile(r"[^a-z0-9.]+")


def _folded(text: str) -> str:
    """In small letters without accents and apostrophes, a space between words, a full stop between sentences."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    seen = "".join(c for c in apart if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return _NO_WORD.sub(" ", _END.sub(" . ", _APOSTROPHES.sub("", seen)))


_BOUND: Final = r"\b"


def _words(alternatives: str) -> str:
    """A pattern for words and phrases with "|" between them; "*" stands for any ending."""
    return rf"{_BOUND}(?:{alternatives.replace('*', '[a-z]*')})\b"


def _after(first: str, between: str, second: str) -> str:
    """`first`, then up to five of the small words `between`, then `second`."""
    return rf"{first if first.startswith(_BOUND) else _words(first)} (?:(?:{between}) ){{0,5}}{_words(second)}"


@dataclass(frozen=True, slots=True)
class _Rule:
    """All of these in any order, at most `reach` characters from first to last; `across`: the ends of sentences."""

    parts: tuple[re.Pattern[str], ...]
    reach: int
    across: bool


def _near(*parts: str, reach: int = 40, across: bool = False) -> _Rule:
    return _Rule(tuple(re.compile(_words(part)) for part in parts), reach, across)


def _phrases(*patterns: str) -> _Rule:
    return _Rule((re.compile("|".join(patterns)),), 0, across=False)


def _has(rule: _Rule, texts: Sequence[str]) -> bool:
    return any(_together(rule, text) for text in texts)


def _together(rule: _Rule, text: str) -> bool:
    """Whether each part is found, and the stretch between them is short enough."""
    if len(rule.parts) == 1:
        return rule.parts[0].search(text) is not None
    found = [[match.span() for match in part.finditer(text)] for part in rule.parts]
    if not all(found):
        return False
    last: dict[int, tuple[int, int]] = {}
    for (begin, end), part in _in_order(found):
        last[part] = (begin, end)
        if len(last) == len(found) and _gap(list(last.values())) <= rule.reach:
            return True
    return False


def _in_order(found: Sequence[Sequence[tuple[int, int]]]) -> Iterator[tuple[tuple[int, int], int]]:
    yield from sorted((span, part) for part, spans in enumerate(found) for span in spans)


def _gap(spans: Sequence[tuple[int, int]]) -> int:
    """From the end of the first to the start of the last."""
    return max(begin for begin, _ in spans) - min(end for _, end in spans)


# --- the words, in small letters, without accents and apostrophes

_IDLE: Final = re.compile(
    _words(
        "breathing exercise*|breathing technique*|ejercicios? de respiracion|respiraciones|"
        "chests? of drawers|chest (?:press|freezer|drawer*|hair)|treasure chest|"
        "weak (?:coffee|tea|signal|wifi|painkiller*|tablet*|dose|spot|point|knee*)|"
        "pillow between (?:my |the )?(?:legs|knees)|almohada entre las (?:piernas|rodillas)|"
        "pins and needles|pins n needles|pill to swallow"
    )
)
"""Phrases of ordinary days that only sound like it. Pins and needles are no needling."""

# English.
_CANT: Final = (
    "cant|cannot|can not|can t|cnt|couldnt|could not|unable|not able|wasnt able|havent been able|have not been able|"
    "not been able|not managed|impossible"
)
_TROUBLE: Final = "trouble*|problem*|difficult*|issues?|hard|struggl*|hardly|barely"
_PEE: Final = (
    "pee|peeing|pees|peed|wee|weeing|urinat*|urine|pass water|pass urine|passing water|passing urine|bladder|bowel|"
    "bowels|poo|pooing|poop|pooping|defecat*|stool|go to the (?:toilet|loo|bathroom)|use the (?:toilet|loo|bathroom)"
)
_LOST: Final = "lost|losing|lose|loss|loose|loosing|no|without|little|lack"
_SMALL: Final = (
    "to|my|the|a|of|in|with|for|me|even|really|seem|properly|fully|completely|always|just|still|start|starting|stop|"
    "hold|holding|control|controlling|empty|emptying|feel|when|i|and|or|any|at|all|now|going|go|get|new|some|over|it|"
    "is|are|has|have|been|pass|passing|movement|movements|no|longer"
)
_NUMB: Final = (
    "numb*|tingl*|prickl*|no feeling|no sensation|(?:cant|cannot|can not|dont|do not) feel|"
    "(?:lost|loss of|losing|no more) (?:feeling|sensation)"
)
_WEAK: Final = (
    "weak|weaker|weakness|weakly|paraly[sz]*|powerless|no (?:strength|power)|(?:lost|losing|lose|loss of) "
    "(?:all )?(?:my )?(?:strength|power)|(?:can ?t|cannot|can not|cant) (?:move|lift)|unable to (?:move|lift)"
)
_FOOT: Final = "foot|feet|toe|toes|heel|heels|sole|soles|ankle|ankles|diabetes|diabetic"
_FEVER: Final = "fever*|high temperature|chills|shiver*"

# Spanish.
_NO_PUEDO: Final = (
    "no (?:puedo|pude|podia|he podido|logro|logre|consigo|consegui|soy capaz de)|me cuesta|me cuestan|me costo|"
    "dificultad|dificultades|problemas?|incapaz|apenas puedo|imposible|dificil|a duras penas(?: puedo)?"
)
_PEQUENAS: Final = (
    "ni|casi|bien|ya|a|la|el|las|los|mi|mis|de|del|nada|para|al|con|en|mucho|muy|un|poco|trabajo|me|por|nuevos?|algo|"
    "cuando|que|se|hacer|ir|vaciar|controlar|aguantar|retener|tener|esta|estan|ha|han|puso|pone|puesto|puesta|volvio|"
    "vuelto|vuelta|volviendo|poniendo|quedo|toda|todo|sobre|control|aun"
)
_ORINAR: Final = (
    "orin*|mear|pis|pipi|miccionar|evacuar|defecar|caca|ir al bano|del bano|vejiga|intestin*|esfinter*|heces|"
    "ir de vientre|obrar"
)
_ENTUMECIDO: Final = (
    "entum*|adormec*|dormid*|hormigue*|cosquille*|acorch*|insensib*|no siento|sin (?:sensibilidad|sentir)|"
    "(?:perdi|perdida de|perdido) (?:la )?sensibilidad"
)
_DEBIL: Final = (
    "debil*|sin fuerzas?|no tengo fuerzas?|(?:perdi|perdido|perdida de|pierdo) (?:la )?fuerzas?|"
    "no me (?:responden|sostienen|aguantan|obedecen)|me (?:fallan|flaquean)|se me doblan|paraliz*|paralisis|"
    "no puedo (?:mover|levantar)"
)
_HERIDA: Final = "heridas?|ulceras?|llagas?"
_DEL_PIE: Final = "pie|pies|dedos? del pie|dedo gordo|talon|talones|plantas?|tobillos?|diabetes|diabetic*"
_FIEBRE: Final = "fiebre|calentura|escalofrios?"

_RULES: Final = (
    # Bladder and bowel.
    _phrases(
        _after(_CANT, _SMALL, _PEE),
        _after("trouble*|problem*|difficult*|issues?|hard|struggl*", _SMALL, _PEE),
        _after("bladder|bowels?", "is|are|has|have|just|now|my|not|does|doesnt|dont|wont|feels?|a|bit|so|very",
               "problem*|trouble*|issues?|leak*|accidents?|work*|empty*|weak*|numb*|incontinen*"),
        _after(_after(_LOST, "of|all|any|my|some", "control"), _SMALL, _PEE),
        _after(_LOST, "my|of|the|all|any", "(?:bladder|bowels?) control"),
        _words("incontinen*|(?:wet|wetting|soiled|soiling|peed|peeing|pee|pissed|pooped|pooed|poo|shat|shit) "
               "(?:myself|my (?:pants|trousers|bed|clothes|underwear)|the bed|in my (?:pants|bed))"),
        _after("leak|leaks|leaking|leaked", "a|some|bit|little|of|my", "urine|pee|stool|poo|wee"),
        _after("urine|pee|stool|wee", "is|was|just|keeps|are", "leak*"),
        _after("havent|have not|hasnt|not|no|didnt|did not", "been|yet|even|properly",
               "peed|pee since|pee all|urinated|urine since|passed urine|passed water"),
    ),
    _phrases(
        _after(_NO_PUEDO, _PEQUENAS, _ORINAR),
        _after("perdi|perdido|perdida|pierdo|perdiendo|sin|falta|no tengo|no controlo|descontrol", _PEQUENAS,
               "vejiga|esfinter*|orina|pis|pipi|intestin*|heces|caca"),
        _words("incontinen*|me (?:orin[oe]|me[oe]|mee|cago|cague|hago (?:pis|pipi|caca)|hice (?:pis|pipi|caca)|"
               "he (?:orinado|meado|hecho (?:pis|pipi|caca))) "
               "(?:encima|en la cama|en los pantalones|sin querer|sola|solo)"),
        _after("se me (?:ha |han |ya )?(?:escap*|sal[ei]*)", "la|el|las|un|poco|de|algo", "orina|pis|pipi|heces|caca"),
        _words("(?:no me sale (?:el |la )?(?:pis|pipi|orina)|(?:perdidas|fugas|escapes) de (?:orina|pis|heces)|"
               "no he orinado|no orin[oe] desde|no orino|sin orinar|no he hecho pis)"),
        _after("vejiga|intestinos?", "no|me|ya|la|el|se|esta", "funciona*|responde*|vacia*|debil*"),
    ),
    # Between the legs.
    _near(_NUMB, "between (?:my |the |both )?(?:legs|thighs)|groin|crotch|saddle|genital*|private parts?|privates|"
          "private area|intimate (?:area|parts?)|down (?:below|there)|vagina*|vulva|penis|testic*|"
          "scrotum|perine*|anus|rectum|both buttocks|inner thighs|when i wipe"),
    _near(_ENTUMECIDO, "entre (?:las |mis |ambas )?piernas|entre los muslos|ingles?|entrepiernas?|genital*|"
          "(?:partes|zona|zonas) (?:intimas?|privadas?)|perine|perineo|perineal|vagina*|vulva|pene|testicul*|escroto|"
          "silla de montar"),
    # Both legs.
    _near(f"{_WEAK}|gave way|give way|gives way|giving way|gave out|give out|giving out|buckl*|"
          "wont (?:hold|carry|support|move|work)|dont (?:hold|carry|support|work)|stopped working|not working",
          "both (?:of )?(?:my )?legs|(?:my |the )?two legs|legs|both (?:of )?my lower limbs"),
    _near("weak|weaker|weakness|paraly[sz]*", "both (?:of )?(?:my )?(?:feet|thighs)"),
    _near(f"{_DEBIL}|floj[ao]s?|flojera", "piernas"),
    _phrases(
        _words("(?:can ?t|cannot|can not|dont|do not|no longer) feel (?:both |my |the |either )?(?:of )?(?:my )?legs?"),
        _words("no siento (?:ya )?(?:las|mis|ninguna de las|ambas) (?:dos )?piernas"),
        _after("suddenly", "i|just|my|legs|both|now|cant|cannot|can|not|couldnt|could|unable|able|to",
               "(?:walk|stand|move)"),
        _after(_CANT, "even|to|really|now", "(?:walk|stand|stand up|get up) (?:at all|any ?more)"),
        _words("de (?:repente|pronto|golpe) (?:ya )?no (?:puedo|pude) (?:caminar|andar|mover|levantar|ponerme de pie)"),
        _words("no puedo (?:ni )?(?:caminar|andar|ponerme de pie|levantarme) (?:nada|en absoluto)"),
    ),
    # What spreads.
    _near("weak*|numb*", "spread*|creeping|creeps|ascending|climb*|"
          "(?:mov|go|ris|creep|travel)[a-z]* up (?:my|the|to|into|towards|from|both)|higher (?:up )?every day|"
          "worse (?:and worse )?(?:so |very |really )?(?:fast|quickly|rapidly|by the hour|every hour|"
          "every day|each day)|(?:fast|quickly|rapidly) (?:getting )?worse"),
    _near("debil*|entum*|adormec*", "extiend*|extend*|avanz*|sube|suben|subiendo|subio|trepa*|propag*|"
          "empeora[a-z]* (?:muy )?(?:rapido|deprisa)|cada (?:dia|hora) (?:mas|peor)|de dia en dia"),
    # Breathing and swallowing.
    _phrases(
        _after(f"{_CANT}|{_TROUBLE}|painful", f"{_SMALL}|take|taking|deep|deeply|catch|catching|enough|getting|proper|"
               "full|on|while|during|breathing|swallowing|it", "breath*|breeth*|brethe|swallow*|swollow*|air"),
        _after("breathing|swallowing|breath", "is|was|has|been|gets|got|getting|became|feels|felt|very|so|really|more|"
               "too|now|a|bit|still|and|with", "heavy|heavily|difficult*|hard|harder|problem*|trouble*|painful|hurts|"
               "laboured|labored|short|shallow|tight|worse"),
        _words("short(?:ness)? of breath|breathless*|out of breath|gasp*|chok(?:e|ed|es|ing)|suffocat*|no air|"
               "(?:fighting|struggling|gasping) for (?:air|breath)|winded"),
        _words("(?:hurts?|pain|painful|pains|stabbing|stabs) (?:me )?(?:when|to|while|as|if|on|with|each time|"
               "every time) (?:i )?(?:breath*|inhal*|swallow*)"),
        _after(_NO_PUEDO, _PEQUENAS, "respirar|respiracion|tragar|deglutir|saliva|"
               "(?:coger|tomar|agarrar|meter) (?:el )?aire"),
        _words("(?:me )?(?:falta|faltaba|falto) (?:mucho )?(?:el |de )?aire|sin aire|me ahog*|ahogo|ahogand*|asfixi*|"
               "sofoc*|disnea|respir[a-z]* (?:muy )?mal|atragant*"),
        _after("respir*|trago|tragar|traga", "es|esta|me|se|hace|muy|con|mucha|mucho|cada vez|mas|un|poco",
               "dificil|dificultad|dificultades|trabajo|agitada|entrecortada"),
        _after("duele|dolia|duelen|dolor|pinchazo", "me|el|la|al|cuando|para|en|pecho|mucho|si",
               "respir*|inspir*|trag*"),
    ),
    # The chest.
    _near("pains?|painful|ach(?:e|es|ing)|hurts?|hurting|tight*|pressure|stabb*|squeez*|crush*", "chest", reach=25),
    _near("dol[oe]r*|duele*|dolio|presion|opresion|oprim*|punzadas?|pinchazos?|apriet*", "pecho|torax", reach=25),
    _phrases(_words("heart attack|collapsed lung|pneumothorax|infarto|neumotorax|ataque al corazon")),
    # Wounds.
    _near("wounds?|ulcers?|open sores?|sores", _FOOT, reach=50, across=True),
    _near(f"{_FEVER}|infect*|pus|spreading|black", "wounds?|ulcers?|sores?|blisters?", reach=80, across=True),
    _near("infect*|gangrene*", _FOOT, reach=30),
    _near(_HERIDA, _DEL_PIE, reach=50, across=True),
    _near(f"{_FIEBRE}|infect*|infecc*|pus|supur*|negr[ao]s?", f"{_HERIDA}|ampollas?", reach=80, across=True),
    _near("infect*|infecc*|gangrena", _DEL_PIE, reach=30),
    _phrases(
        _after("toe|toes|foot|feet|heel|skin", "is|are|was|has|have|all|partly|completely|now|almost|a|bit|on|my|the",
               "(?:turn*|go|goes|going|gone|went|getting|got|looks?|looking) (?:all )?black"),
        _after("toe|toes|heel", "is|are|was|now", "black"),
        _words("black (?:toe|toes|heel)"),
        _after("piel|dedo|dedos|pie|talon", f"{_PEQUENAS}|gordo|pie", "negr[ao]s?"),
        _words("negr[ao]s? (?:el|la|los|mi|un) (?:piel|dedo|dedos|pie|talon)"),
    ),
    _near("redness|red", "spread*|(?:getting|gets|growing|grows|grew) (?:bigger|larger)", reach=25),
    _near("enrojec*|rojez|roj[ao]", "extiend*|extend*|avanz*|crec*", reach=30),
    # After needling.
    _near("needl*|acupunct*|punctur*|(?:after|since) (?:the |my |yesterdays |todays |last )?(?:session|treatment)",
          f"cough*|{_FEVER}|breath*|chest|pus|spreading|weak*|(?:can ?t|cannot|can not) (?:move|lift)",
          reach=60, across=True),
    _near("puncion*|agujas?|acupuntura|(?:desde|despues de|tras) (?:la |mi |el |esa )?(?:sesion|terapia|tratamiento)",
          f"tos|toso|tosiendo|tosi|{_FIEBRE}|respir*|pecho|pus|enrojec*|debil*|no puedo (?:mover|levantar)",
          reach=60, across=True),
)  # fmt: skip

_SOON_AFTER: Final = re.compile(
    _words(
        f"cough*|{_FEVER}|temperature|pus|redness|weak|weaker|weakness|(?:cant|cannot|can not) (?:lift|move)|"
        f"tos|toso|tosiendo|{_FIEBRE}|enrojec*|debil*|no puedo (?:mover|levantar)"
    )
)
