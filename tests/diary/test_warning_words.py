"""Which words bring the card, and which ones fill an ordinary diary and do not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diary import warning_words
from bot.diary.warning_words import Found

WARNINGS = """
can't pee
I can’t pee since this morning!
Cannot urinate
having trouble peeing
problems with my bladder
lost control of my bladder
no control over my bowels
lost bladder control
I wet myself
I can't hold my urine
leaking urine
haven't peed since yesterday
numb between my legs
Tingling between the legs
can't feel my private parts
numbness in my groin
both legs are weak
weakness in both legs
my legs gave way
can't move my legs
I can't feel my legs
suddenly cannot walk
the numbness is spreading
numbness moving up my leg
the weakness is worse every day
can't breathe
cant breath
hard to breathe
trouble swallowing
short of breath
breathing is difficult
it hurts when I breathe
chest pain
CHEST PAIN 8
My chest hurts
tightness in chest
burning 4, and a pain in the chest
fever and my foot wound
My foot wound is red. I have fever
ulcer on my toe
open sore on my left foot
my toe turned black
spreading redness
coughing since the needling
cough after dry needling
fever since the session
no chest pain
no puedo orinar
No puedo hacer pis
me cuesta orinar
perdí el control de la vejiga
Me oriné encima
se me escapa la orina
entumecido entre las piernas
hormigueo en la ingle
debilidad en las dos piernas
las piernas no me responden
no siento las piernas
el entumecimiento se extiende
la debilidad avanza
no puedo respirar
Me cuesta tragar
Se me hace difícil tragar
Es difícil respirar
me es dificil respirar
Respiro con mucha dificultad
La respiración se me hace difícil
Me atraganto al tragar
A duras penas puedo orinar
me falta el aire
dolor de pecho
me duele el pecho
opresión en el pecho
fiebre y la herida del pie
tengo una úlcera en el pie
se me puso negro el dedo
la piel está negra
enrojecimiento que se extiende
tos desde la punción
fiebre después de la sesión
"""
ORDINARY = """
burning 4, pain 5
7
slept badly, up to pee twice
can't sleep because I pee 5 times a night
left foot is sore
numb feet all day
hoy fue un día difícil
es difícil ponerme los calcetines
hice el ejercicio de respiración, fue difícil
both feet numb
tingling in both feet
my legs burn
legs tired after walking
can't walk far today
moved the chest of drawers, my back hurts
my breathing exercises were hard, pain is lower
weak coffee, and my legs hurt
pins and needles in my toes
pillow between my legs, less tingling
numbness went away quickly
needles hurt a little, bruise on the calf
the pain is hard to describe
black shoes hurt my toes
suddenly could not sleep
lost the remote control
it was hard, lots of hot air
me levanté a orinar dos veces
no puedo dormir
hormigueo en los pies
no siento dolor en las piernas
este año no siento dolor
salí a tomar el aire
trabajo con aire acondicionado
se me sale el zapato
zapatos negros
sin control de azúcar
la sesión me ayudó mucho
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize("text", lines(WARNINGS))
def test_words_of_the_list_are_found(text: str) -> None:
    assert warning_words.find(text) is Found.WARNING
    assert warning_words.find(f"Good morning. {text.upper()}\nThank you") is Found.WARNING


@pytest.mark.parametrize("text", lines(ORDINARY))
def test_an_ordinary_diary_is_left_alone(text: str) -> None:
    assert warning_words.find(text) is None


@pytest.mark.parametrize("text", ["a new cough", "fever tonight", "tengo tos", "fiebre", "my arm is weak"])
def test_ordinary_words_count_after_a_needling_alone(text: str) -> None:
    assert warning_words.find(text) is Found.AFTER_NEEDLING


def test_words_far_apart_are_not_put_together() -> None:
    far = "My chest of tools stands in the cellar. " + "Nothing new today. " * 20 + "The pain is lower."
    assert warning_words.find(far) is None
    assert warning_words.find("I have a wound on the hand, " + "and so on, " * 20 + "and cold feet") is None


def test_a_sentence_ends_what_belongs_together() -> None:
    assert warning_words.find("The coffee was weak. My legs burn") is not Found.WARNING
    assert warning_words.find("The coffee was fine, weak were my legs") is Found.WARNING


@settings(deadline=None)
@given(st.text(max_size=4096))
def test_any_text_at_all_can_be_searched(text: str) -> None:
    assert warning_words.find(text) in (None, *Found)
